import * as z from "zod";

import { SessionOrigin } from "../session/session-origin.ts";

/** First frame of a link. */
export const Hello = SessionOrigin;
export type Hello = SessionOrigin;

/** Why a link ends: the last frame in either direction. */
export const CloseReason = z.enum([
  /** The session said BYE and all of its output has been sent. */
  "finished",
  /** The client's input ended. */
  "client-closed",
  /** The client's connection was lost. */
  "client-lost",
  /** A time-out at the edge. */
  "timeout",
  /** The server shuts down. */
  "shutdown",
  /** The client sent what is not IMAP. */
  "bad-input",
  /** One end of the link broke its rules. */
  "bad-frame",
  /** A response broke off in the middle: nothing more may be written to the client. */
  "output-broken",
  /** The account object's end of the link is gone. */
  "object-lost",
  /** An error that nobody foresaw. */
  "fault",
]);
export type CloseReason = z.infer<typeof CloseReason>;

export const Close = z.object({ reason: CloseReason });
export type Close = z.infer<typeof Close>;
