import { test } from "vitest";

import { crashLoop } from "../crash/crash-loop.ts";
import { messageOf } from "../crash/message.ts";
import { appended, created, difference, EMPTY, renamed, type AccountState, type Entry } from "../crash/model.ts";

const ROUNDS = 4;
const SEED = 20_261_102;

test("kill -9 in the middle of mixed writes loses nothing that was acknowledged", { timeout: 180_000 }, async ({ expect }) => {
  const rounds: string[] = [];
  const { acknowledged, lost } = await crashLoop(ROUNDS, SEED, (line) => rounds.push(line));
  expect(lost).toEqual([]);
  expect(rounds).toHaveLength(ROUNDS);
  expect(acknowledged, rounds.join("; ")).toBeGreaterThan(0);
});

function entry(content: string, uid: number | undefined, ...flags: string[]): Entry {
  return { message: { content, uid }, flags: new Set(flags) };
}

test("the comparison sees a message that is lost, doubled, moved by halves, renumbered or flagged otherwise", ({ expect }) => {
  const state: AccountState = appended(created(new Map(), "a/b"), "a", [entry("w0-1s", 1, "\\Seen"), entry("w0-2s", undefined)]);
  const found = (...entries: Entry[]): AccountState => new Map([...state, ["a", { entries }]]);
  const first = entry("w0-1s", 1, "\\Seen");
  expect(difference(state, found(first, entry("w0-2s", 7)))).toBeUndefined();
  expect(difference(state, found(first))).toBe("a, message 2: w0-2s (UID unknown, ) expected, nothing found");
  expect(difference(state, found(first, entry("w0-2s", 2), entry("w0-2s", 3)))).toBe("a: w0-2s (UID 3, ) found beyond the end");
  expect(difference(state, found(entry("w0-1s", 2, "\\Seen"), entry("w0-2s", 3)))).toMatch(/^a, message 1: /);
  expect(difference(state, found(entry("w0-1s", 1), entry("w0-2s", 3)))).toMatch(/^a, message 1: /);
  expect(difference(state, new Map([["a", EMPTY]]))).toMatch(/^a, message 1: /);
  expect(difference(new Map([["a", EMPTY]]), renamed(new Map([["a", EMPTY]]), "a", "c"))).toBe("mailbox a is missing, with 0 messages");
  expect(difference(new Map(), new Map([["a", EMPTY]]))).toBe("mailbox a should not exist");
});

test("a message of the crash test is made again from its name", ({ expect }) => {
  expect(messageOf("w0-1s").equals(messageOf("w0-1s"))).toBe(true);
  expect(messageOf("w0-1s").equals(messageOf("w0-2s"))).toBe(false);
  expect(messageOf("w0-3d").length).toBeGreaterThan(1024 * 1024);
  expect(messageOf("w0-3m").length).toBeGreaterThan(16 * 1024);
});
