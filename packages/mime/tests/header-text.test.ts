import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { decodeHeaderText } from "../src/header-text.ts";

const CASES: readonly [string, string][] = [
  ["plain", "plain"],
  ["", ""],
  ["=?utf-8?Q?J=C3=BCrgen_M?= x", "J\u00fcrgen M x"],
  ["=?ISO-8859-1?B?/A==?=", "\u00fc"],
  ["=?utf-8*de?q?x?=", "x"],
  ["(=?ISO-8859-1?Q?a?=\r\n  =?ISO-8859-1?Q?b?=)", "(ab)"],
  ["=?ISO-8859-1?Q?a?= =?utf-8?Q?=C3=BC?=", "a\u00fc"],
  ["=?utf-8?q?=E2=82?= =?utf-8?q?=AC?=", "\u20ac"],
  ["=?utf-8?b?4oI=?=\r\n =?utf-8?b?rA==?=", "\u20ac"],
  ["=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"],
  ["=?utf-8?q??= =?utf-8?q?x?=", "x"],
  ["folded\r\n value", "folded value"],
  ["raw \xc3\xbc", "raw \u00fc"],
  ["raw \xfc =?utf-8?q?x?=", "raw \u00fc x"],
  ["=?utf-8?x?abc?= =?utf-8?q?open", "=?utf-8?x?abc?= =?utf-8?q?open"],
  ["=?utf-8?q?=4?= 1=2 =?", "=4 1=2 =?"],
  ["=?iso-2022-jp?B?GyRCJCIbKEI=?=", "\u3042"],
];

test.for(CASES)("%j", ([value, expected], { expect }) => {
  expect(decodeHeaderText(toBytes(value))).toBe(expected);
});

test("fifty thousand beginnings of encoded words are read through once", ({ expect }) => {
  const value = "=?utf-8?q?".repeat(50_000);
  expect(decodeHeaderText(toBytes(value))).toBe(value);
});
