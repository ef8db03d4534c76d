import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { BoundarySet } from "../src/boundary-set.ts";

/** Opens the boundaries, outermost first; each is its own owner, numbered when it occurs twice. */
function open(...names: string[]): { set: BoundarySet<string>; match: (line: string) => string | undefined } {
  const set = new BoundarySet<string>();
  names.forEach((name, index) => set.open(toBytes(name), `${name}#${index}`));
  return {
    set,
    match(line) {
      const found = set.match(toBytes(line), 0, line.length);
      return found && `${found.boundary.owner}${found.closing ? " closing" : ""}`;
    },
  };
}

test("a line has to begin with the boundary, no more", ({ expect }) => {
  const { match } = open("b");
  expect(match("--b\r\n")).toBe("b#0");
  expect(match("--b  \r\n")).toBe("b#0");
  expect(match("--bc\n")).toBe("b#0");
  expect(match("--b--")).toBe("b#0 closing");
  expect(match("--a\r\n")).toBeUndefined();
  expect(match("-b\r\n")).toBeUndefined();
  expect(match("--")).toBeUndefined();
});

test("the longest boundary is meant, of equal ones the innermost", ({ expect }) => {
  expect(open("ab", "a").match("--ab\r\n")).toBe("ab#0");
  expect(open("a", "ab").match("--ab--\r\n")).toBe("ab#1 closing");
  expect(open("a", "a").match("--a\r\n")).toBe("a#1");
});

test("`--x--` ends x or continues x--, as the innermost decides", ({ expect }) => {
  expect(open("x--", "x").match("--x--\r\n")).toBe("x#1 closing");
  expect(open("x", "x--").match("--x--\r\n")).toBe("x--#1");
  expect(open("x", "x--").match("--x----\r\n")).toBe("x--#1 closing");
});

test("an empty boundary matches every line that begins with dashes", ({ expect }) => {
  expect(open("").match("--anything\r\n")).toBe("#0");
  expect(open("").match("----\r\n")).toBe("#0 closing");
});

test("closing forgets the inner boundaries and leaves no trace", ({ expect }) => {
  const { match, set } = open("a", "ab", "abc");
  const outer = set.match(toBytes("--a"), 0, 3);
  if (outer === undefined) throw new Error("the boundary is open");
  set.closeInside(outer.boundary, false);
  expect(match("--abc\r\n")).toBe("a#0");
  expect(set.innermost).toBe("a#0");
  set.closeInside(outer.boundary, true);
  expect(set.size).toBe(0);
  expect(match("--a\r\n")).toBeUndefined();
});
