import type { Endpoint } from "./imap-wire.ts";

/** A server that has been started for the benchmark, with nothing in it. */
export interface MailServer {
  /** As it is shown, with its version where that is not of this tree. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly password: string;
  /** The process whose CPU and memory, with that of its children, are the server's. */
  readonly pid: number;
  addUser(user: string): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}
