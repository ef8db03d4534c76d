import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { bodyFromBodyStructure } from "../src/body-form.ts";

const asText = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const CASES: readonly [string, string][] = [
  ['("text" "plain" ("charset" "x") NIL NIL "7bit" 3 1 NIL NIL NIL NIL)', '("text" "plain" ("charset" "x") NIL NIL "7bit" 3 1)'],
  [
    '("image" "png" NIL "<(\\"id>" {4}\r\n") ( "base64" 3 "md5" ("inline" ("a" "b")) ("en" "de") "where")',
    '("image" "png" NIL "<(\\"id>" {4}\r\n") ( "base64" 3)',
  ],
  [
    '(("TEXT" "a" NIL NIL NIL "7bit" 3 1 NIL NIL NIL NIL)("x" "y" NIL NIL NIL "7bit" 3 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL)',
    '(("TEXT" "a" NIL NIL NIL "7bit" 3 1)("x" "y" NIL NIL NIL "7bit" 3) "mixed")',
  ],
  [
    '("message" "rfc822" NIL NIL NIL "7bit" 9 (NIL "s" NIL) ("text" "plain" NIL NIL NIL "7bit" 1 0 NIL NIL NIL NIL) 4 NIL NIL NIL NIL)',
    '("message" "rfc822" NIL NIL NIL "7bit" 9 (NIL "s" NIL) ("text" "plain" NIL NIL NIL "7bit" 1 0) 4)',
  ],
  ['("message" "partial" NIL NIL NIL "7bit" 9 NIL NIL NIL NIL)', '("message" "partial" NIL NIL NIL "7bit" 9)'],
];

test.for(CASES)("%s", ([structure, expected], { expect }) => {
  expect(asText(bodyFromBodyStructure(toBytes(structure)))).toBe(expected);
});

test("what is no BODYSTRUCTURE is refused, wherever it breaks", ({ expect }) => {
  for (const [structure] of CASES) {
    for (let size = 0; size < structure.length; size++) {
      expect(() => bodyFromBodyStructure(toBytes(structure.slice(0, size)))).toThrow(RangeError);
    }
    expect(() => bodyFromBodyStructure(toBytes(`${structure} `))).toThrow(RangeError);
  }
  expect(() => bodyFromBodyStructure(toBytes("(".repeat(100_000)))).toThrow(RangeError);
});
