import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { messageIds } from "../src/message-id.ts";

function ids(value: string, limit = 50): string[] {
  const bytes = toBytes(value);
  return messageIds(bytes, 0, bytes.length, limit);
}

const CASES: readonly [string, string[]][] = [
  ["<a@b>", ["a@b"]],
  ["<a@b>\r\n\t<c@d>text<e@f>", ["a@b", "c@d", "e@f"]],
  ["< a@b\r\n c >", ["a@bc"]],
  ['<"a.b"@c> <a.b@c>', ["a.b@c", "a.b@c"]],
  ["<a@[192.0.2.1]>", ["a@[192.0.2.1]"]],
  ["<a(comment)@b>", ["a@b"]],
  ["<no-at> <a@b>", ["a@b"]],
  ["<open@b <a@b>", ["a@b"]],
  ["a@b", []],
  ["<", []],
  ['<"open', []],
  ["", []],
];

test.for(CASES)("%j", ([value, expected], { expect }) => {
  expect(ids(value)).toEqual(expected);
});

test("of too many the first and the last are kept", ({ expect }) => {
  expect(ids(Array.from({ length: 9 }, (_, i) => `<${i}@x>`).join(" "), 4)).toEqual(["0@x", "6@x", "7@x", "8@x"]);
});

test("a quarter of a megabyte of beginnings is read through once", ({ expect }) => {
  expect(ids(`${"<".repeat(256 * 1024)}("`)).toEqual([]);
});
