import type { CommandEnded } from "../observability/events.ts";
import type { LiteralHeader } from "../parser/framer.ts";
import type { Segment } from "../parser/segment.ts";

/** What the framer, here or at the other end of the link, has made of the client's bytes. */
export type Input =
  /** A piece of a command; with `literal` it stops at a literal that waits for {@link DispatcherPort.decideLiteral}. */
  | { readonly kind: "piece"; readonly segment: Segment; readonly literal: LiteralHeader | undefined }
  | { readonly kind: "chunk"; readonly data: Uint8Array }
  | { readonly kind: "literal-end" };

/** What an input counts in {@link DispatcherPort.consumed}. */
export function octetsIn(input: Exclude<Input, { readonly kind: "literal-end" }>): number {
  return input.kind === "piece" ? input.segment.end - input.segment.start : input.data.length;
}

/** One command has ended: for the meter. Never holds an argument's value. */
export type CommandEvent = Readonly<Pick<CommandEnded, "name" | "status" | "milliseconds">>;

/** What the dispatcher needs from where the session lives. */
export interface DispatcherPort {
  /** The word on the literal that the last piece ended with. */
  decideLiteral(accepted: boolean): void;
  /** The session waits in IDLE, or no longer does: keep-alives come from whoever holds the socket. */
  idling(on: boolean): void;
  /** The conversation is over: the output is to be flushed, and nothing more will come. */
  close(): void;
  /** Octets of input that have been worked on. */
  consumed(octets: number): void;
  /** Lets other sessions have a turn. */
  yieldTurn(): Promise<void>;
  /** After each command: others may have something to tell now. */
  commandEnded(event: CommandEvent): void;
  /** A client has run into a limit: its name, or the code with which a command was refused. */
  limitHit(limit: string): void;
  /** What was thrown and not foreseen. */
  fault(error: unknown): void;
  /** Milliseconds since 1970. */
  now(): number;
}
