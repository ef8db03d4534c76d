import type { Endpoint } from "./imap-wire.ts";

/** A server that has been started for the benchmark, with nothing in it. */
export interface MailServer {
  /** As it is shown, with its version where that is not of this tree. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly password: string;
  addUser(user: string): Promise<void>;
  /** Seconds of CPU of its processes since its start, also of those that have ended. `undefined` where the system does not tell. */
  cpuSeconds(): number | undefined;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}
