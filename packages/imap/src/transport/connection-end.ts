import type { FatalReason } from "../parser/framer.ts";
import type { CloseReason } from "./link-payloads.ts";

/** Whether a connection that ends for this reason ends without another word. */
export function isMute(reason: CloseReason): boolean {
  return reason === "client-lost" || reason === "output-broken" || reason === "fault";
}

/** What a client is told whose input cannot be cut into commands. */
export const FATAL_TEXT: Record<FatalReason, string> = {
  "line-too-long": "Command line too long",
  "literal-too-large": "Literal too large",
  "bad-literal": "Malformed literal size",
  "not-imap": "This is an IMAP server",
  "input-overflow": "Too much input while a literal waited for its go-ahead",
};
