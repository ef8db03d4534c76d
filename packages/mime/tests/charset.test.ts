import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { decodeCharset } from "../src/charset.ts";

const CASES: readonly [string | undefined, string, string][] = [
  ["utf-8", "\xc3\xbc\xff", "\u00fc\ufffd"],
  ["UTF-8*de", "\xc3\xbc", "\u00fc"],
  ["iso-8859-1", "\xfc", "\u00fc"],
  ["windows-1252", "\x80", "\u20ac"],
  ["cp1251", "\xcf", "\u041f"],
  ["koi8-r", "\xf0", "\u041f"],
  ["iso-2022-jp", '\x1b$B$"\x1b(B', "\u3042"],
  ["euc-jp", "\xa4\xa2", "\u3042"],
  ["iso-2022-kr", "\x1b$)Ca\x0e0!\x0fb", "a\uac00b"],
  ["hz-gb-2312", "~{<:~}~~x", "\u5df1~x"],
  ["utf-16be", "\0a\0b", "ab"],
  ["us-ascii", "plain", "plain"],
  ["us-ascii", "\xc3\xbc", "\u00fc"],
  ["us-ascii", "\xfc", "\u00fc"],
  [undefined, "\xc3\xbc", "\u00fc"],
  ["no-such-charset", "\xfc", "\u00fc"],
  ["no-such-charset", "\xc3\xbc", "\u00fc"],
  ["", "x", "x"],
  ["utf-7", "Hi Mom -+Jjo--!", "Hi Mom -\u263a-!"],
  ["utf-7", "+2D3eAA-", "\ud83d\ude00"],
  ["utf-7", "1 +- 1 +AOQ", "1 + 1 \u00e4"],
  ["utf-7", "+", ""],
];

test.for(CASES)("%s %j", ([charset, octets, expected], { expect }) => {
  expect(decodeCharset(toBytes(octets), charset)).toBe(expected);
});

test("any number of labels is decoded, and the first again after them", ({ expect }) => {
  for (let i = 0; i < 200; i++) expect(decodeCharset(toBytes("\xc3\xbc"), `made-up-${i}`)).toBe("\u00fc");
  expect(decodeCharset(toBytes("\xf0"), "koi8-r")).toBe("\u041f");
});
