import * as fc from "fast-check";
import { test } from "vitest";

import { toBytes, toText } from "../src/ascii.ts";
import { decodeCharset } from "../src/charset.ts";
import { decodeHeaderText } from "../src/header-text.ts";
import { decodeTransfer } from "../src/transfer-decoder.ts";

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

/** The same by a regular expression: neighbours of one charset are octets of one text, all else is one by one. */
function decodeSimply(bytes: Uint8Array): string {
  const runs: { charset: string; octets: string }[] = [];
  let end = 0;
  for (const { 0: whole, 1: charset = "", 2: encoding, 3: text = "", index } of toText(bytes).matchAll(WORD)) {
    const between = toText(bytes.subarray(end, index));
    const octets = encoding?.toLowerCase() === "b" ? toText(decodeTransfer(toBytes(text), "base64")) : decodeQ(text);
    const last = runs.at(-1);
    const follows = end > 0 && /^[ \t\r\n]*$/.test(between);
    if (!follows) runs.push({ charset: "", octets: between.replaceAll(/[\r\n]/g, "") });
    if (follows && last?.charset === charset.toLowerCase()) last.octets += octets;
    else runs.push({ charset: charset.toLowerCase(), octets });
    end = index + whole.length;
  }
  runs.push({ charset: "", octets: toText(bytes.subarray(end)).replaceAll(/[\r\n]/g, "") });
  return runs.map(({ charset, octets }) => decodeCharset(toBytes(octets), charset)).join("");
}

function decodeQ(text: string): string {
  return text.replaceAll(/=([0-9a-f]{2})|[_\r\n]/gi, (found, hex: string | undefined) =>
    hex === undefined ? (found === "_" ? " " : "") : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const WORD = /=\?([^?]{1,100})\?([bq])\?([^?]*)\?=/gi;
const PIECES =
  "=?|?=|=?utf-8?q?|=?UTF-8?Q?|=?utf-8?b?|=C3|=BC|=EF=BB=BF|=EF|\xef\xbb\xbf|\xc3\xbc|\xc3|\xfc|=E2=82|w7w=|/v8=|a|Re: | |\t|\r\n |\n|\r|_|?|=|=0|=0D=0A|\0|+AGE-|~{|x";
const pieces = fc.array(fc.constantFrom(...PIECES.split("|"), "x".repeat(100)), { maxLength: 4 }).map((parts) => parts.join(""));
const word = fc
  .tuple(
    fc.constantFrom("utf-8", "UTF-8", "utf8", "iso-8859-1", "utf-8*en", "iso-2022-jp", "utf-7", "none"),
    fc.constantFrom("q", "Q", "b"),
    pieces,
  )
  .map(([charset, encoding, text]) => `=?${charset}?${encoding}?${text.replaceAll("?", "")}?=`);

test("words, what stands between them and what is broken: as a regular expression reads them, and nothing is left of the value before", ({
  expect,
}) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, word, fc.constantFrom(" ", "\r\n ")), { maxLength: 8 }), (parts) => {
      const value = toBytes(parts.join(""));
      expect(decodeHeaderText(value)).toBe(decodeSimply(value));
    }),
    { numRuns: 5000 },
  );
});
