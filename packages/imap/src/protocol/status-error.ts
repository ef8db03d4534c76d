import type { ResponseCode } from "./response-code.ts";

/**
 * The one way a command fails on purpose.
 *
 * Thrown by any room, turned into exactly one tagged line by the dispatcher. Whatever else is thrown
 * is a bug of ours and becomes `NO [SERVERBUG]` (RFC 5530).
 */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly status: "NO" | "BAD";
  readonly code: ResponseCode | undefined;
  /** With it the tagged line is the last one but a BYE of this text. */
  readonly bye: string | undefined;

  constructor(status: "NO" | "BAD", text: string, code?: ResponseCode, bye?: string) {
    super(text);
    this.status = status;
    this.code = code;
    this.bye = bye;
  }
}

/** The client asked for something valid that cannot be done. */
export function no(text: string, code?: ResponseCode): StatusError {
  return new StatusError("NO", text, code);
}

/** The client's command breaks the grammar, or is not allowed now. */
export function bad(text: string, code?: ResponseCode): StatusError {
  return new StatusError("BAD", text, code);
}
