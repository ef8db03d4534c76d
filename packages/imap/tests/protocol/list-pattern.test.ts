import * as fc from "fast-check";
import { describe, test } from "vitest";

import { ListPattern } from "../../src/protocol/list-pattern.ts";

/** The definition itself, tried in every way: right, and far too slow for a server. */
function matchesByDefinition(pattern: string, name: string): boolean {
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === undefined) return name === "";
  if (first !== "*" && first !== "%") return name.startsWith(first) && matchesByDefinition(rest, name.slice(1));
  if (matchesByDefinition(rest, name)) return true;
  return name !== "" && !(first === "%" && name.startsWith("/")) && matchesByDefinition(pattern, name.slice(1));
}

describe("patterns", () => {
  test.for([
    ["*", "a/b/c", true],
    ["*", "", true],
    ["%", "a", true],
    ["%", "a/b", false],
    ["%/%", "a/b", true],
    ["%/%", "a/b/c", false],
    ["a*c", "a/b/c", true],
    ["a%c", "abc", true],
    ["a%c", "a/c", false],
    ["%*", "a/b", true],
    ["*%", "a/b", true],
    ["%%%", "abc", true],
    ["%a%b", "xa/ab", false],
    ["", "a", false],
    ["a", "A", false],
    ["*b", "ab/b", true],
    ["a%/b*", "abc/bcd/e", true],
  ] as const)("%s and %s: %s", ([pattern, name, matches], { expect }) => {
    expect(new ListPattern(pattern).matches(name)).toBe(matches);
  });

  test.for([
    ["inbox", "INBOX", true],
    ["Inbox/Sub", "INBOX/Sub", true],
    ["inbox/sub", "INBOX/Sub", false],
    ["i%x", "INBOX", true],
    ["inbox*", "INBOXES", false],
    ["*/inbox", "a/INBOX", false],
    ["INBOX", "INBOX", true],
  ] as const)("INBOX has no case: %s and %s: %s", ([pattern, name, matches], { expect }) => {
    expect(new ListPattern(pattern).matches(name)).toBe(matches);
  });

  test("one pattern can be used for many names", ({ expect }) => {
    const pattern = new ListPattern("a%/*b");
    expect(["a/b", "ax/xxb", "x", "a/", "ab", "a/b"].map((name) => pattern.matches(name))).toEqual([true, true, false, false, false, true]);
  });

  test("agree with their definition", ({ expect }) => {
    const pattern = fc.string({ unit: fc.constantFrom(..."ab/*%".split("")), maxLength: 7 });
    const name = fc.string({ unit: fc.constantFrom(..."ab/".split("")), maxLength: 9 });
    fc.assert(
      fc.property(pattern, name, (pattern, name) => {
        expect(new ListPattern(pattern).matches(name)).toBe(matchesByDefinition(pattern, name));
      }),
      { numRuns: 3000 },
    );
  });

  test("a pattern made to be tried in every way is answered all the same", ({ expect }) => {
    // By its definition this takes more steps than there are atoms.
    const name = "a".repeat(400);
    expect(new ListPattern(`${"*a".repeat(200)}b`).matches(name)).toBe(false);
    expect(new ListPattern("%a*a".repeat(100)).matches(name)).toBe(true);
  });
});
