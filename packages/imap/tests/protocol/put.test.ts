import { test } from "vitest";

import { putNumber, putOctets, putText, putWords, SLACK, wordsOf } from "../../src/protocol/put.ts";
import { bytes } from "../fetch/fixture.ts";

test("numbers of every length", ({ expect }) => {
  const numbers = Array.from({ length: 16 }, (_, power) => 10 ** power).flatMap((power) => [power - 1, power, power + 7]);
  for (const number of [...numbers, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    const octets = new Uint8Array(20);
    const end = putNumber(new DataView(octets.buffer), 1, number);
    expect(new TextDecoder().decode(octets.subarray(1, end))).toBe(String(number));
  }
});

test("octets that are put by words, of every length", ({ expect }) => {
  for (let length = 0; length < 10; length++) {
    const octets = new Uint8Array(20).fill(0x2e);
    const end = putWords(new DataView(octets.buffer), 1, wordsOf(bytes("abcdefghi").subarray(0, length)));
    expect(end).toBe(1 + length);
    expect(new TextDecoder().decode(octets.subarray(0, end))).toBe(`.${"abcdefghi".slice(0, length)}`);
    expect([...octets.subarray(end + SLACK)].every((octet) => octet === 0x2e)).toBe(true);
  }
});

test("octets and text go behind each other", ({ expect }) => {
  const octets = new Uint8Array(8);
  const end = putText(octets, putOctets(octets, 1, bytes("xab"), 1), "c\u00e9");
  expect(end).toBe(5);
  expect([...octets]).toEqual([0, 0x61, 0x62, 0x63, 0xe9, 0, 0, 0]);
});
