import type { LoginClient } from "../auth/authenticator.ts";
import type { Clock } from "./ports.ts";

/** One connection as its logins see it. The connection's end cuts a pause short: no timer and no promise outlives it. */
export class WaitingClient implements LoginClient {
  readonly remoteAddress: string;
  readonly #clock: Clock;
  #over = false;
  #cut: (() => void) | undefined;

  constructor(remoteAddress: string, clock: Clock) {
    this.remoteAddress = remoteAddress;
    this.#clock = clock;
  }

  /** One at a time. */
  pause(milliseconds: number): Promise<boolean> {
    if (this.#over) return Promise.resolve(false);
    return new Promise((resolve) => {
      const cancel = this.#clock.timer(milliseconds, () => {
        this.#cut = undefined;
        resolve(true);
      });
      this.#cut = () => {
        cancel();
        resolve(false);
      };
    });
  }

  /** The connection has ended. */
  end(): void {
    this.#over = true;
    this.#cut?.();
    this.#cut = undefined;
  }
}
