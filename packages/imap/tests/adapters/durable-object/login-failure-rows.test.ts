import { test } from "vitest";

import { DirectoryRows } from "../../../src/adapters/durable-object/directory-rows.ts";
import { LoginFailureRows } from "../../../src/adapters/durable-object/login-failure-rows.ts";
import { unmatchedRecord } from "../../../src/auth/password.ts";
import { LIMITS } from "../../../src/limits.ts";
import { costOf, openNodeSqlite } from "../../support/node-sqlite.ts";

function create() {
  const db = openNodeSqlite();
  let now = 1_800_000_000_000;
  const open = (): LoginFailureRows => new LoginFailureRows(db, LIMITS, () => now);
  const rows = (): unknown => db.sql.exec(`SELECT count(*) FROM login_failure`).raw().next().value?.[0];
  return { db, open, rows, failures: open(), advance: (milliseconds: number) => void (now += milliseconds) };
}

test("failures are counted by account, by address, and by both", ({ expect }) => {
  const { failures, open } = create();
  expect(failures.read("a", "x")).toEqual({ account: 0, address: 0, both: 0 });
  expect(failures.add("a", "x")).toEqual({ account: 1, address: 1, both: 1 });
  expect(failures.add("a", "y")).toEqual({ account: 2, address: 1, both: 1 });
  expect(failures.add("b", "x")).toEqual({ account: 1, address: 2, both: 1 });
  expect(failures.add("a", "x")).toEqual({ account: 3, address: 3, both: 2 });
  // In the database, not in memory.
  expect(open().read("a", "x")).toEqual({ account: 3, address: 3, both: 2 });
});

test("the counts join the accounts of a directory that has had none", ({ expect }) => {
  const db = openNodeSqlite();
  const record = unmatchedRecord();
  const created = new DirectoryRows(db, () => 1).create("a", record);
  for (const wakeUp of [1, 2]) {
    const accounts = new DirectoryRows(db, () => 1);
    const failures = new LoginFailureRows(db, LIMITS, () => 1);
    expect(accounts.find("a")).toEqual({ ...created, password: record });
    expect(failures.add("a", "x").account).toBe(wakeUp);
  }
});

test("an unknown address is not counted", ({ expect }) => {
  const { failures } = create();
  expect(failures.add("a", "")).toEqual({ account: 1, address: 0, both: 0 });
  expect(failures.add("a", "")).toEqual({ account: 2, address: 0, both: 0 });
  failures.forgive("a", "");
  expect(failures.read("a", "")).toEqual({ account: 2, address: 0, both: 0 });
});

test("what an account has failed from an address is forgiven, and nothing else", ({ expect }) => {
  const { failures, rows } = create();
  for (const [name, address] of [
    ["a", "x"],
    ["a", "x"],
    ["a", "y"],
    ["b", "x"],
  ] as const)
    failures.add(name, address);
  failures.forgive("a", "x");
  expect(failures.read("a", "x")).toEqual({ account: 1, address: 1, both: 0 });
  expect(failures.read("a", "y")).toEqual({ account: 1, address: 1, both: 1 });
  expect(failures.read("b", "x")).toEqual({ account: 1, address: 1, both: 1 });
  failures.forgive("a", "x");
  expect(failures.read("a", "x")).toEqual({ account: 1, address: 1, both: 0 });
  for (const [name, address] of [
    ["a", "y"],
    ["b", "x"],
  ] as const)
    failures.forgive(name, address);
  expect(rows()).toBe(0);
});

test("a count is forgotten some time after its last failure, and its row with it", ({ expect }) => {
  const { failures, rows, advance } = create();
  failures.add("a", "x");
  advance(LIMITS.failedLoginMemory - 1);
  expect(failures.add("a", "y")).toEqual({ account: 2, address: 1, both: 1 });
  advance(1);
  expect(failures.read("a", "x")).toEqual({ account: 2, address: 0, both: 0 });
  expect(failures.add("b", "z")).toEqual({ account: 1, address: 1, both: 1 });
  // Those of the address x and of a from x are gone; a, y and both are still remembered.
  expect(rows()).toBe(6);
  advance(LIMITS.failedLoginMemory);
  expect(failures.add("a", "x")).toEqual({ account: 1, address: 1, both: 1 });
  expect(rows()).toBe(3);
});

test("the counts are bounded, the oldest go first, and one more costs the same whatever there is", ({ expect }) => {
  const { db, failures, rows } = create();
  failures.add("first", "x");
  const early = costOf(db, () => failures.add("early", "x"));
  for (let at = 0; at * 3 <= LIMITS.failedLoginCounts; at++) failures.add(`guess${at}`, "x");
  expect(rows()).toBeLessThanOrEqual(LIMITS.failedLoginCounts);
  expect(failures.read("first", "x")).toMatchObject({ account: 0, both: 0 });
  expect(failures.read("first", "x").address).toBeGreaterThan(10_000);
  const late = costOf(db, () => failures.add("late", "x"));
  expect(late.read).toBeLessThanOrEqual(early.read + 3);
  expect(late.written).toBeLessThanOrEqual(early.written + 3);
});
