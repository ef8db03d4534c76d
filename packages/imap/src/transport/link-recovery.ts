import type { Limits } from "../limits.ts";
import { StatusError } from "../protocol/status-error.ts";
import type { EdgeLink } from "./edge-link.ts";
import type { Clock } from "./ports.ts";

/** What a {@link LinkRecovery} needs of its connection. */
export interface RecoveringConnection {
  /** Resolves when the client has taken all output, or there is no client any more. */
  drained(): Promise<void>;
  /** The session goes on. `milliseconds`: how long it had no link. */
  recovered(milliseconds: number): void;
  /** It cannot: there will be no link. */
  failed(milliseconds: number, error: unknown): void;
}

/** Opens the links of one connection where the object may be restarting: at once, and then after growing pauses. */
export class LinkRecovery {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #connection: RecoveringConnection;
  /** Attempts since a link has lasted. */
  #attempts = 0;
  #openedAt: number;
  #running = false;
  #endPause: (() => void) | undefined;

  constructor(clock: Clock, limits: Limits, connection: RecoveringConnection) {
    this.#clock = clock;
    this.#limits = limits;
    this.#connection = connection;
    this.#openedAt = clock.now();
  }

  /** The first link. @throws what the last of a few attempts throws, or at once what the account says against it. */
  async first(open: () => Promise<EdgeLink>): Promise<EdgeLink> {
    this.#running = true;
    for (let attempt = 1; ; attempt++) {
      try {
        const link = await open();
        this.#openedAt = this.#clock.now();
        return link;
      } catch (error) {
        if (error instanceof StatusError || attempt >= this.#limits.firstLinkAttempts) throw error;
        await this.#pause(this.#limits.relinkDelay * attempt);
        if (!this.#running) throw error;
      }
    }
  }

  /** Begins to replace a lost link. One of `recovered` and `failed` is called, unless {@link stop} comes before. */
  start(link: EdgeLink): void {
    const now = this.#clock.now();
    if (now - this.#openedAt >= this.#limits.relinkTime) this.#attempts = 0;
    this.#running = true;
    void this.#recover(link, now);
  }

  /** Gives up without a word. */
  stop(): void {
    this.#running = false;
    this.#endPause?.();
  }

  /** Never rejects. */
  async #recover(link: EdgeLink, lostAt: number): Promise<void> {
    let failure: unknown = new Error("The account object ends too often");
    while (this.#attempts < this.#limits.relinkAttempts) {
      const pause = this.#nextPause();
      try {
        if (pause > 0) await this.#pause(pause);
        // A client that does not read needs no link, and the new object begins with a whole window.
        await this.#connection.drained();
        if (!this.#running) return;
        await link.reopen();
        if (!this.#running) return;
        this.#running = false;
        this.#openedAt = this.#clock.now();
        return this.#connection.recovered(this.#openedAt - lostAt);
      } catch (error) {
        failure = error;
        // The account will not have us: it may have been removed.
        if (error instanceof StatusError) break;
      }
    }
    if (!this.#running) return;
    this.#running = false;
    this.#connection.failed(this.#clock.now() - lostAt, failure);
  }

  /** Milliseconds before the next attempt. Connections that were lost together do not come back in one moment. */
  #nextPause(): number {
    const { relinkDelay, relinkDelayMax } = this.#limits;
    const attempt = this.#attempts++;
    return attempt === 0 ? 0 : Math.min(relinkDelayMax, relinkDelay * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.timer(milliseconds, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}
