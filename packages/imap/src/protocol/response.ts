import type { ByteWriter } from "./byte-writer.ts";
import type { ResponseCode } from "./response-code.ts";

/**
 * Responses as data; {@link writeResponse} is the one writer. Hot responses (FETCH, SEARCH) are written
 * into the {@link ByteWriter} by their own rooms in the same form.
 */
export type Response =
  | {
      readonly kind: "status";
      /** undefined: untagged */ readonly tag: Uint8Array | undefined;
      readonly status: "OK" | "NO" | "BAD" | "BYE" | "PREAUTH";
      readonly code?: ResponseCode | undefined;
      readonly text: string;
    }
  /** A command continuation request (RFC 9051 section 7.6). */
  | { readonly kind: "continue"; readonly text: string }
  | { readonly kind: "exists"; readonly count: number }
  | { readonly kind: "recent"; readonly count: number }
  | { readonly kind: "expunge"; readonly sequence: number }
  /** RFC 7162 section 3.2.10; `uids` is a sequence set in text. */
  | { readonly kind: "vanished"; readonly earlier: boolean; readonly uids: string }
  | { readonly kind: "flags"; readonly flags: readonly string[] }
  /** Any other untagged response, its text after `* ` ready as ASCII. */
  | { readonly kind: "data"; readonly text: string };

/** Writes one response as the bytes that go on the wire, CRLF included. */
export function writeResponse(out: ByteWriter, response: Response): void {
  switch (response.kind) {
    case "status":
      if (response.tag === undefined) out.byte(0x2a);
      else out.octets(response.tag);
      // Each text by itself: joined ones would be a new string for each command.
      out.byte(0x20);
      out.ascii(response.status);
      out.byte(0x20);
      if (response.code !== undefined) out.ascii(`[${response.code}] `);
      out.ascii(response.text);
      out.ascii("\r\n");
      return;
    case "continue":
      out.ascii(`+ ${response.text}\r\n`);
      return;
    case "exists":
      writeCount(out, response.count, " EXISTS\r\n");
      return;
    case "recent":
      writeCount(out, response.count, " RECENT\r\n");
      return;
    case "expunge":
      writeCount(out, response.sequence, " EXPUNGE\r\n");
      return;
    case "vanished":
      out.ascii(`* VANISHED ${response.earlier ? "(EARLIER) " : ""}${response.uids}\r\n`);
      return;
    case "flags":
      out.ascii(`* FLAGS (${response.flags.join(" ")})\r\n`);
      return;
    case "data":
      out.utf8(`* ${response.text}\r\n`);
      return;
    default:
      return response satisfies never;
  }
}

function writeCount(out: ByteWriter, count: number, after: string): void {
  out.byte(0x2a);
  out.byte(0x20);
  out.number(count);
  out.ascii(after);
}
