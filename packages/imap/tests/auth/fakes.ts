import { createHmac } from "node:crypto";

import { LoginFailureRows } from "../../src/adapters/durable-object/login-failure-rows.ts";
import type { AccountDirectory, AccountRecord } from "../../src/auth/account-directory.ts";
import type { LoginClient } from "../../src/auth/authenticator.ts";
import type { LoginDirectory } from "../../src/auth/login-directory.ts";
import type { PasswordHasher } from "../../src/auth/password.ts";
import { LIMITS } from "../../src/limits.ts";
import { AccountId } from "../../src/mailbox/records.ts";
import { openNodeSqlite } from "../support/node-sqlite.ts";

/** A client whose address nobody knows, and for whom no time passes. */
export const unknownClient: LoginClient = { remoteAddress: "", pause: () => Promise.resolve(true) };

export interface FakeDirectory extends AccountDirectory, LoginDirectory {
  readonly accounts: Map<string, AccountRecord>;
  /** What logins have asked of it, in order. */
  readonly asked: ("lookUp" | "countFailure" | "forgive")[];
}

/** A directory in memory, with the real counts of failures. */
export function createFakeDirectory(now: () => number = () => 0): FakeDirectory {
  const accounts = new Map<string, AccountRecord>();
  const asked: FakeDirectory["asked"] = [];
  const failures = new LoginFailureRows(openNodeSqlite(), LIMITS, now);
  return {
    accounts,
    asked,
    lookUp(name, address) {
      asked.push("lookUp");
      return Promise.resolve({ record: accounts.get(name), failures: failures.read(name, address) });
    },
    countFailure(name, address) {
      asked.push("countFailure");
      return Promise.resolve(failures.add(name, address));
    },
    forgive(name, address) {
      asked.push("forgive");
      return Promise.resolve(failures.forgive(name, address));
    },
    find: (name) => Promise.resolve(accounts.get(name)),
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
