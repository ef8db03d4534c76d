import { test } from "vitest";

import type { AccountRecord } from "../../src/auth/account-directory.ts";
import { LoginCache } from "../../src/auth/login-cache.ts";
import { unmatchedRecord } from "../../src/auth/password.ts";
import { LIMITS } from "../../src/limits.ts";
import { AccountId } from "../../src/mailbox/records.ts";
import { createFakeHasher } from "./fakes.ts";

const password = new TextEncoder().encode("pass");

function record(number: number): AccountRecord {
  const id = AccountId.parse(`01890a5d-ac96-774b-bcce-${String(number).padStart(12, "0")}`);
  return { id, name: `user${number}@sluice.test`, password: unmatchedRecord(), createdAt: 0 };
}

test("the cache is bounded and drops the oldest", ({ expect }) => {
  const cache = new LoginCache(createFakeHasher(), () => 0);
  const records = Array.from({ length: LIMITS.loginCache + 1 }, (_, at) => record(at));
  for (const entry of records) cache.remember(entry, password);
  expect(cache.size).toBe(LIMITS.loginCache);
  expect([records[0], records[1], records.at(-1)].map((entry) => entry !== undefined && cache.matches(entry, password))).toEqual([
    false,
    true,
    true,
  ]);
});

test("an entry is good for its password, its record and its time", ({ expect }) => {
  let now = 0;
  const cache = new LoginCache(createFakeHasher(), () => now);
  const entry = record(1);
  cache.remember(entry, password);
  expect(cache.matches(entry, password)).toBe(true);
  expect(cache.matches(entry, new TextEncoder().encode("pasS"))).toBe(false);
  expect(cache.matches({ ...entry, password: unmatchedRecord() }, password)).toBe(false);
  now = LIMITS.loginCacheTime;
  expect(cache.matches(entry, password)).toBe(false);
  expect(cache.size).toBe(0);
});
