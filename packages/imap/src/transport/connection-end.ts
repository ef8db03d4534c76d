import type { Limits } from "../limits.ts";
import type { FatalReason } from "../parser/framer.ts";
import type { CloseReason } from "./link-payloads.ts";

/** Whether a connection that ends for this reason ends without another word. */
export function isMute(reason: CloseReason): boolean {
  return reason === "client-lost" || reason === "output-broken" || reason === "fault";
}

/** What a client is told whose input cannot be cut into commands, and which limit that was. */
export const FATAL: Readonly<Record<FatalReason, { readonly text: string; readonly limit?: keyof Limits }>> = {
  "line-too-long": { text: "Command line too long", limit: "lineLength" },
  "literal-too-large": { text: "Literal too large", limit: "appendSize" },
  "bad-literal": { text: "Malformed literal size" },
  "not-imap": { text: "This is an IMAP server" },
  "input-overflow": { text: "Too much input while a literal waited for its go-ahead", limit: "pausedInput" },
};

/** What a client is told that has used up its time. */
export const TIME_OUT = {
  login: { text: "Nobody has logged in for too long", limit: "loginTime" },
  idle: { text: "Nothing was asked for too long", limit: "idleTime" },
  command: { text: "The command took too long to arrive", limit: "commandTime" },
} as const;
