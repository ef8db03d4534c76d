import type { Limits } from "../limits.ts";
import { StatusError } from "../protocol/status-error.ts";
import type { EdgeLink } from "./edge-link.ts";
import type { Clock } from "./ports.ts";

/** What a {@link LinkRecovery} needs of its connection. */
export interface RecoveringConnection {
  /** Resolves when the client has taken all output, or there is no client any more. */
  drained(): Promise<void>;
  /** From now on it takes attempts: the time for them begins. */
  attempting(): void;
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
  /** When the present link was opened, if it replaced another. */
  #openedAt = -Infinity;
  #lostAt = 0;
  /** Links that were opened and did not last, in a row. */
  #deaths = 0;
  #running = false;
  #stopped = false;
  /** Why there is no link yet. */
  #failure: unknown;
  #endPause: (() => void) | undefined;

  constructor(clock: Clock, limits: Limits, connection: RecoveringConnection) {
    this.#clock = clock;
    this.#limits = limits;
    this.#connection = connection;
  }

  /** The first link. @throws what the last of a few attempts throws, or at once what the account says against it. */
  async first(open: () => Promise<EdgeLink>): Promise<EdgeLink> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await open();
      } catch (error) {
        if (this.#stopped || error instanceof StatusError || attempt >= this.#limits.firstLinkAttempts) throw error;
        await this.#pause(this.#pauseBefore(attempt));
        if (this.#stopped) throw error;
      }
    }
  }

  /** Begins to replace a lost link. One of `recovered` and `failed` is called, unless {@link stop} comes before. */
  start(link: EdgeLink): void {
    // A link that is lost again while it is opened is part of the recovery that is under way.
    if (this.#running || this.#stopped) return;
    this.#lostAt = this.#clock.now();
    this.#deaths = this.#lostAt - this.#openedAt >= this.#limits.relinkTime ? 0 : this.#deaths + 1;
    const endsTooOften = this.#deaths > this.#limits.linkDeaths;
    this.#failure = new Error(endsTooOften ? "The account object ends too often" : "The account object does not answer");
    if (endsTooOften) return this.expire();
    this.#running = true;
    void this.#recover(link);
  }

  /** The time for it is up. */
  expire(): void {
    this.#running = false;
    this.#connection.failed(this.#clock.now() - this.#lostAt, this.#failure);
  }

  /** Gives up without a word: the connection ends. */
  stop(): void {
    this.#running = false;
    this.#stopped = true;
    this.#endPause?.();
  }

  /** Never rejects, and ends with its connection: the time-out bounds it. */
  async #recover(link: EdgeLink): Promise<void> {
    // A client that does not read needs no link, and the new object begins with a whole window.
    await this.#connection.drained();
    if (!this.#running) return;
    this.#connection.attempting();
    for (let attempt = this.#deaths; ; attempt++) {
      try {
        if (attempt > 0) await this.#pause(this.#pauseBefore(attempt));
        if (!this.#running) return;
        await link.reopen();
        if (!this.#running) return;
        if (!link.linked) continue;
        this.#running = false;
        this.#openedAt = this.#clock.now();
        return this.#connection.recovered(this.#openedAt - this.#lostAt);
      } catch (error) {
        if (!this.#running) return;
        this.#failure = error;
        // The account will not have us: it may have been removed.
        if (error instanceof StatusError) return this.expire();
      }
    }
  }

  /** Milliseconds. Connections that were lost together do not come back in one moment. */
  #pauseBefore(attempt: number): number {
    const { relinkDelay, relinkDelayMax } = this.#limits;
    return Math.min(relinkDelayMax, relinkDelay * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
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
