import { LIMITS, type Limits } from "../limits.ts";
import type { Meter } from "../observability/meter.ts";
import { StatusError } from "../protocol/status-error.ts";
import { authenticationFailed, type LoginClient } from "./authenticator.ts";
import type { FailureCounts } from "./login-directory.ts";

export type ThrottleLimits = Pick<Limits, "failedLogins" | "loginDelay" | "loginDelayMax">;

/** How long the n-th failed login waits for its answer, in milliseconds: the first not at all, the second `loginDelay`, each further one twice as long. */
export function failureDelay(n: number, { loginDelay, loginDelayMax }: ThrottleLimits): number {
  return n < 2 ? 0 : Math.min(loginDelayMax, loginDelay * 2 ** (n - 2));
}

/**
 * Slows down whoever guesses passwords.
 *
 * What an account has failed delays only failures: its owner, with the right password, waits for nobody who attacks it
 * from elsewhere. What an address has failed delays, beyond `failedLogins`, also the check itself; otherwise somebody
 * who does not wait for a late answer, since a right password is answered early, would guess at full speed.
 */
export class LoginThrottle {
  readonly #limits: ThrottleLimits;
  readonly #meter: Meter;
  /** Logins that wait for their check, by address. */
  readonly #waiting = new Map<string, number>();

  constructor(limits: ThrottleLimits, meter: Meter) {
    this.#limits = limits;
    this.#meter = meter;
  }

  /**
   * Waits before a password from `address` is checked. Returns the milliseconds that it took.
   *
   * @throws NO with BYE when too many wait already, and NO when the connection ends meanwhile.
   */
  async beforeCheck(address: string, { address: failures }: FailureCounts, client: LoginClient): Promise<number> {
    // At the limit it is as with the second failure.
    const delay = failureDelay(failures - this.#limits.failedLogins + 2, this.#limits);
    if (delay === 0) return 0;
    const before = this.#waiting.get(address) ?? 0;
    if (before >= LIMITS.delayedLogins) {
      this.#meter.record({ kind: "limit", limit: "delayedLogins" });
      throw new StatusError("NO", "Too many logins from your address, please try again later", "UNAVAILABLE", BYE);
    }
    this.#waiting.set(address, before + 1);
    try {
      if (!(await client.pause(delay))) throw authenticationFailed();
    } finally {
      const left = (this.#waiting.get(address) ?? 0) - 1;
      if (left > 0) this.#waiting.set(address, left);
      else this.#waiting.delete(address);
    }
    return delay;
  }

  /**
   * Waits before a failed login is answered: `failures` count it already, and it has waited `waited` milliseconds.
   *
   * @throws NO with BYE when there have been too many.
   */
  async afterFailure(failures: FailureCounts, waited: number, client: LoginClient): Promise<void> {
    const n = Math.max(failures.account, failures.address);
    const delay = failureDelay(n, this.#limits) - waited;
    if (delay > 0) await client.pause(delay);
    if (n <= this.#limits.failedLogins) return;
    this.#meter.record({ kind: "limit", limit: "failedLogins" });
    throw authenticationFailed(BYE);
  }
}

const BYE = "Too many failed logins";
