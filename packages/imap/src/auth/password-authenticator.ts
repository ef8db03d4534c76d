import { LIMITS } from "../limits.ts";
import type { AccountDirectory, AccountRecord } from "./account-directory.ts";
import { normalizeAccountName } from "./account-name.ts";
import type { Authenticator, Identity } from "./authenticator.ts";
import { BoundedWork } from "./bounded-work.ts";
import { constantTimeEqual } from "./constant-time.ts";
import { LoginCache } from "./login-cache.ts";
import { fromBase64, passwordOctets, unmatchedRecord, type PasswordHasher, type PasswordRecord } from "./password.ts";

export interface PasswordAuthenticatorOptions {
  readonly directory: AccountDirectory;
  readonly hasher: PasswordHasher;
  readonly defaultDomain: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Checks passwords against the directory. A name that does not exist is looked up and costs a scrypt
 * like any other, so neither text nor time tells whether there is such an account.
 */
export function createPasswordAuthenticator({ directory, hasher, defaultDomain, now }: PasswordAuthenticatorOptions): Authenticator {
  const cache = new LoginCache(hasher, now);
  const work = new BoundedWork(LIMITS.concurrentHashes, LIMITS.waitingHashes);
  let unmatched: PasswordRecord | undefined;

  async function check(record: PasswordRecord, password: Uint8Array): Promise<boolean> {
    const hash = fromBase64(record.hash);
    const result = await work.run(() => hasher.scrypt(password, fromBase64(record.salt), record, hash.length));
    return constantTimeEqual(hash, result);
  }

  return {
    async authenticate({ username, password }) {
      // A name that cannot be is looked up under one that cannot be either: it costs the same.
      const name = normalizeAccountName(username, defaultDomain) ?? IMPOSSIBLE_NAME;
      const record = await directory.find(name);
      const octets = passwordOctets(password);
      if (record !== undefined && octets !== undefined && cache.matches(record, octets)) return identityOf(record);
      unmatched ??= unmatchedRecord();
      const right = await check(record?.password ?? unmatched, octets ?? new Uint8Array(0));
      if (!right || record === undefined || octets === undefined) return undefined;
      cache.remember(record, octets);
      return identityOf(record);
    },
  };
}

function identityOf({ id, name }: AccountRecord): Identity {
  return { accountId: id, name };
}

const IMPOSSIBLE_NAME = "@";
