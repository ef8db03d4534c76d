import { setTimeout as delay } from "node:timers/promises";

import { ImapClient } from "../support/imap-client.ts";
import type { StartedServer } from "../support/started-server.ts";
import { passwordOf } from "./accounts.ts";
import type { IdleSession } from "./idle-session.ts";

/** How long a delivery may take to reach an idle session before it counts as lost. Only ends what hangs. */
const PATIENCE = 30_000;

const MESSAGE = Buffer.from("Subject: load\r\nFrom: a@load.test\r\nTo: b@load.test\r\n\r\nHello\r\n");

/** A connection to one account that only delivers. */
export class Deliverer {
  readonly account: string;
  readonly #client: ImapClient;
  readonly #sessions: readonly IdleSession[];

  private constructor(account: string, client: ImapClient, sessions: readonly IdleSession[]) {
    this.account = account;
    this.#client = client;
    this.#sessions = sessions;
  }

  /** One for each account that has sessions. */
  static async forAll(server: StartedServer, sessions: readonly IdleSession[]): Promise<readonly Deliverer[]> {
    const deliverers: Deliverer[] = [];
    for (const [account, own] of Map.groupBy(sessions, (session) => session.account))
      deliverers.push(new Deliverer(account, await ImapClient.login(server.imapPort, account, passwordOf(account)), own));
    return deliverers;
  }

  /**
   * Appends one small message. Returns milliseconds for each idle session of the account, from before the command's octets are
   * written, which is before the last is, to the arrival of its EXISTS. @throws Error when one does not hear of it
   */
  async deliver(): Promise<readonly number[]> {
    const before = this.#sessions.map(({ arrivals }) => arrivals);
    const heard = Promise.all(
      this.#sessions.map(
        (session) => new Promise<void>((resolve) => (session.ended === undefined ? (session.arrived = resolve) : resolve())),
      ),
    );
    const since = performance.now();
    await this.#client.ok("APPEND INBOX", MESSAGE);
    const patience = new AbortController();
    await Promise.race([heard, delay(PATIENCE, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
    for (const [at, session] of this.#sessions.entries())
      if (session.arrivals === before[at])
        throw new Error(`${this.account}: a session in IDLE was not told: ${session.ended ?? "silence"}`);
    return this.#sessions.map(({ lastArrival }) => lastArrival - since);
  }

  close(): void {
    this.#client.destroy();
  }
}
