import { LIMITS } from "../limits.ts";
import type { AccountRecord } from "./account-directory.ts";
import { constantTimeEqual } from "./constant-time.ts";
import { fromBase64, type PasswordHasher } from "./password.ts";

interface Entry {
  readonly proof: Uint8Array;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Remembers good logins for a short time, so that a client's next connection does not cost scrypt again.
 *
 * What is kept is an HMAC of the password and of its stored hash, under a key that exists only in this
 * memory: worth nothing without it, and void as soon as the password changes.
 */
export class LoginCache {
  readonly #hasher: PasswordHasher;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  #key: Uint8Array | undefined;

  constructor(hasher: PasswordHasher, now: () => number) {
    this.#hasher = hasher;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether this password was right for this record a short time ago. */
  matches(record: AccountRecord, password: Uint8Array): boolean {
    const entry = this.#entries.get(record.id);
    if (entry === undefined) return false;
    if (entry.until <= this.#now()) {
      this.#entries.delete(record.id);
      return false;
    }
    return constantTimeEqual(entry.proof, this.#prove(record, password));
  }

  remember(record: AccountRecord, password: Uint8Array): void {
    this.#entries.delete(record.id);
    if (this.#entries.size >= LIMITS.loginCache) {
      // Entries all live equally long, so the first is the oldest.
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(record.id, { proof: this.#prove(record, password), until: this.#now() + LIMITS.loginCacheTime });
  }

  #prove({ password: { salt, hash } }: AccountRecord, password: Uint8Array): Uint8Array {
    // Made at first use: a Worker has no random numbers while it starts.
    this.#key ??= crypto.getRandomValues(new Uint8Array(32));
    const stored = [fromBase64(salt), fromBase64(hash)] as const;
    const data = new Uint8Array(stored[0].length + stored[1].length + password.length);
    // Both have the same length in every record, so the parts cannot be taken for one another.
    data.set(stored[0]);
    data.set(stored[1], stored[0].length);
    data.set(password, stored[0].length + stored[1].length);
    return this.#hasher.hmac(this.#key, data);
  }
}
