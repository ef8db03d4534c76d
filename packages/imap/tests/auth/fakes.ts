import { createHmac } from "node:crypto";

import type { AccountDirectory, AccountRecord } from "../../src/auth/account-directory.ts";
import type { PasswordHasher } from "../../src/auth/password.ts";
import { AccountId } from "../../src/mailbox/records.ts";

/** A directory in memory. */
export function createFakeDirectory(): AccountDirectory & { readonly accounts: Map<string, AccountRecord>; lookups: string[] } {
  const accounts = new Map<string, AccountRecord>();
  const lookups: string[] = [];
  return {
    accounts,
    lookups,
    find(name) {
      lookups.push(name);
      return Promise.resolve(accounts.get(name));
    },
    list: () => Promise.resolve([...accounts.values()].map(({ id, name, createdAt }) => ({ id, name, createdAt }))),
    create(name, password) {
      if (accounts.has(name)) return Promise.resolve(undefined);
      const id = AccountId.parse(`01890a5d-ac96-774b-bcce-b302099a${String(8000 + accounts.size)}`);
      accounts.set(name, { id, name, password, createdAt: 1 });
      return Promise.resolve({ id, name, createdAt: 1 });
    },
    setPassword(name, password) {
      const record = accounts.get(name);
      if (record !== undefined) accounts.set(name, { ...record, password });
      return Promise.resolve(record !== undefined);
    },
    remove: (name) => Promise.resolve(accounts.delete(name)),
  };
}

/** A hasher that counts, and is no hasher. */
export function createFakeHasher(): PasswordHasher & { calls: number; running: number; most: number } {
  const hasher = {
    calls: 0,
    running: 0,
    most: 0,
    async scrypt(password: Uint8Array, salt: Uint8Array, _parameters: unknown, length: number): Promise<Uint8Array> {
      hasher.calls++;
      hasher.most = Math.max(hasher.most, ++hasher.running);
      await new Promise((resolve) => setImmediate(resolve));
      hasher.running--;
      return new Uint8Array(createHmac("sha512", salt).update(password).digest()).subarray(0, length);
    },
    hmac: (key: Uint8Array, data: Uint8Array) => new Uint8Array(createHmac("sha256", key).update(data).digest()),
  };
  return hasher;
}
