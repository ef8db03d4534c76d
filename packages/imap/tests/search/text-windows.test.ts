import * as fc from "fast-check";
import { test } from "vitest";

import { TextWindows } from "../../src/search/text-windows.ts";
import { bytes } from "../fetch/fixture.ts";

function next(windows: TextWindows, octets: Uint8Array, last: boolean): string {
  return windows.decode(windows.cut(octets, last));
}

function readIn(octets: Uint8Array, sizes: readonly number[], charset: string | undefined): string {
  const windows = new TextWindows(charset);
  let text = "";
  let at = 0;
  for (const size of sizes) {
    text += next(windows, octets.subarray(at, at + size), false);
    at += size;
  }
  return text + next(windows, octets.subarray(at), true);
}

const LINES = "Gr\u00fc\u00dfe aus K\u00f6ln \u65e5\u672c\u8a9e\r\n".repeat(5);
const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "utf16le"));
// Three lines in the JIS set, each between its escape sequences (RFC 1468).
const JIS = "\u001b$BF|K\\8l\u001b(B\r\n".repeat(6);

const CASES: readonly (readonly [charset: string | undefined, octets: Uint8Array, text: string])[] = [
  ["utf-8", new TextEncoder().encode(LINES), LINES],
  // Without a label it must not be taken for windows-1252 because a window cuts a character.
  [undefined, new TextEncoder().encode(LINES), LINES],
  ["us-ascii", new TextEncoder().encode("\u65e5".repeat(60)), "\u65e5".repeat(60)],
  ["utf-16le", utf16(LINES), LINES],
  ["iso-2022-jp", bytes(JIS), "\u65e5\u672c\u8a9e\r\n".repeat(6)],
  ["utf-7", bytes("Hi Mom -+Jjo--!\r\n".repeat(6)), "Hi Mom -\u263a-!\r\n".repeat(6)],
];

test.for(CASES)("%s is read the same in pieces as in one", ([charset, octets, text], { expect }) => {
  expect(readIn(octets, [], charset)).toBe(text);
  // Pieces hold a line at least, as the windows of a search do by far.
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 50, max: 90 }), { maxLength: 6 }), (sizes) => {
      expect(readIn(octets, sizes, charset)).toBe(text);
    }),
    { numRuns: 100 },
  );
});

test("what is left over is at most half of what there was", ({ expect }) => {
  const windows = new TextWindows("utf-8");
  expect(next(windows, bytes(`a\n${"x".repeat(100)}`), false)).toBe(`a\n${"x".repeat(100)}`);
  expect(next(windows, bytes(`${"x".repeat(100)}\nb`), false)).toBe(`${"x".repeat(100)}\n`);
  expect(next(windows, bytes(""), true)).toBe("b");
});
