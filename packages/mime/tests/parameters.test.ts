import { test } from "vitest";

import type { ImapValue } from "./support/imap-value.ts";
import { structureOf } from "./support/message.ts";

const CASES: readonly [string, ImapValue][] = [
  ['; name="a b"; size=3', ["name", "a b", "size", "3"]],
  ["; Name = (comment) x (more)", ["Name", "x"]],
  ['; name="a \\"q\\" \\\\ b"', ["name", 'a "q" \\ b']],
  ["; name=a/b.txt; q=1", ["name", "a", "q", "1"]],
  ["; name==?utf-8?q?x?= ; y=z", ["name", "=?utf-8?q?x?=", "y", "z"]],
  ["; name=", ["name", ""]],
  ["; name", null],
  ['; name="open', null],
  ["; n*1=b; n*0=a; x=y", ["x", "y", "n", "ab"]],
  ["; n*0*=utf-8''%e2%82; n*1*=%ac; n*2=\" 5%\"", ["n*", "utf-8''%e2%82%ac 5%25"]],
  ["; n*0=plain; n*1*=%20", ["n*", "''plain%20"]],
  ["; n*=us-ascii'en'x", ["n*", "us-ascii'en'x"]],
  ["; n*1=a; n*2=b", ["n*1", "a", "n*2", "b"]],
  ["; n*x=a", ["n*x", "a"]],
  ["; a*0=1; a*1=2; t*=u", ["a", "12", "t*", "u"]],
  ['; name="J\xfc"', ["name", "J\xfc"]],
];

test.for(CASES)("application/x%s", ([parameters, expected], { expect }) => {
  expect(structureOf(`Content-Type: application/x${parameters}`, "", "")[2]).toEqual(expected);
});

test("a folded value is one value", ({ expect }) => {
  expect(structureOf('Content-Type: application/x; name="a', ' b";', "\tc=d", "", "")[2]).toEqual(["name", "a b", "c", "d"]);
});

test("the number of parameters is bounded", ({ expect }) => {
  const parameters = Array.from({ length: 3_000 }, (_, i) => `;p${i}=1`).join("");
  expect(structureOf(`Content-Type: application/x${parameters}`, "", "")[2]).toHaveLength(1_000);
});

test("a boundary in pieces is one boundary", ({ expect }) => {
  const structure = structureOf("Content-Type: multipart/mixed; boundary*0=a; boundary*1=b", "", "--ab", "", "x", "--ab--");
  expect(structure).toEqual([
    ["text", "plain", ["charset", "us-ascii"], null, null, "7bit", 1, 0, null, null, null, null],
    "mixed",
    ["boundary", "ab"],
    null,
    null,
    null,
  ]);
});
