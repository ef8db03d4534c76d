import { LIMITS } from "../limits.ts";
import type { Meter } from "../observability/meter.ts";
import type { Secret } from "../protocol/secret.ts";
import type { AccountRecord } from "./account-directory.ts";
import { normalizeAccountName } from "./account-name.ts";
import { addressKey } from "./address-key.ts";
import type { Authenticator, Identity } from "./authenticator.ts";
import { BoundedWork } from "./bounded-work.ts";
import { constantTimeEqual } from "./constant-time.ts";
import { LoginCache } from "./login-cache.ts";
import type { LoginDirectory } from "./login-directory.ts";
import { LoginThrottle, type ThrottleLimits } from "./login-throttle.ts";
import { fromBase64, passwordOctets, unmatchedRecord, type PasswordHasher, type PasswordRecord } from "./password.ts";

export interface PasswordAuthenticatorOptions {
  readonly directory: LoginDirectory;
  readonly hasher: PasswordHasher;
  readonly defaultDomain: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly limits: ThrottleLimits;
  readonly meter: Meter;
}

/**
 * Checks passwords against the directory. A name that does not exist is looked up, costs a scrypt and is counted
 * like any other, so neither text nor time tells whether there is such an account.
 */
export function createPasswordAuthenticator(options: PasswordAuthenticatorOptions): Authenticator {
  const { directory, hasher, defaultDomain, now, limits, meter } = options;
  const cache = new LoginCache(hasher, now);
  const work = new BoundedWork(LIMITS.concurrentHashes, LIMITS.waitingHashes);
  const throttle = new LoginThrottle(limits, meter);
  let unmatched: PasswordRecord | undefined;

  async function check(record: PasswordRecord, password: Uint8Array): Promise<boolean> {
    const hash = fromBase64(record.hash);
    const result = await work.run(() => hasher.scrypt(password, fromBase64(record.salt), record, hash.length));
    return constantTimeEqual(hash, result);
  }

  async function verify(record: AccountRecord | undefined, password: Secret): Promise<Identity | undefined> {
    const octets = passwordOctets(password);
    if (record !== undefined && octets !== undefined && cache.matches(record, octets)) return identityOf(record);
    unmatched ??= unmatchedRecord();
    const right = await check(record?.password ?? unmatched, octets ?? new Uint8Array(0));
    if (!right || record === undefined || octets === undefined) return undefined;
    cache.remember(record, octets);
    return identityOf(record);
  }

  return {
    async authenticate({ username, password }, client) {
      // A name that cannot be is looked up under one that cannot be either: it costs the same.
      const name = normalizeAccountName(username, defaultDomain) ?? IMPOSSIBLE_NAME;
      const address = addressKey(client.remoteAddress);
      let facts = await directory.lookUp(name, address);
      const waited = await throttle.beforeCheck(address, facts.failures, client);
      // The password may have changed meanwhile.
      if (waited > 0) facts = await directory.lookUp(name, address);
      const identity = await verify(facts.record, password);
      if (identity === undefined) await throttle.afterFailure(await directory.countFailure(name, address), waited, client);
      // Whoever mistyped knows the password. What the address has failed for other accounts stays: an attacker may have one of his own.
      else if (facts.failures.both > 0) await directory.forgive(name, address);
      return identity;
    },
  };
}

function identityOf({ id, name }: AccountRecord): Identity {
  return { accountId: id, name };
}

const IMPOSSIBLE_NAME = "@";
