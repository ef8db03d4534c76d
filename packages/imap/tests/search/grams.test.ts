import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";
import * as fc from "fast-check";
import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { ANY_GRAM, type GramSet, mayHold } from "../../src/mailbox/text-signature.ts";
import { GramCollector, gramsOf } from "../../src/search/grams.ts";

function setOf(...texts: readonly string[]): GramSet {
  const collector = new GramCollector();
  collector.begin(texts.join("").length);
  for (const text of texts) collector.addText(text);
  return collector.end();
}

test("a text may hold every part of itself, in every script", ({ expect }) => {
  const units = fc.constantFrom(
    "a",
    "b",
    " ",
    "\r\n",
    "\u00e9",
    "\u0436",
    "\u4f1a",
    "\u8b70",
    "\u304b",
    "\uac00",
    "\u{1f600}",
    "\ufffd",
    "\u2e7f",
  );
  fc.assert(
    fc.property(fc.array(units, { maxLength: 300 }), fc.nat(300), fc.nat(40), (parts, from, length) => {
      const text = parts.join("");
      const part = text.slice(from, from + length);
      expect(mayHold(setOf(text), gramsOf(part)), part).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("ASCII octets have the grams of their text", ({ expect }) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0x7f }), { maxLength: 200 }), (octets) => {
      const collector = new GramCollector();
      collector.begin(octets.length);
      expect(collector.addOctets(plainOctetScanner, Uint8Array.from(octets), false)).toBe(true);
      expect(collector.end()).toEqual(setOf(String.fromCharCode(...octets).toLowerCase()));
    }),
  );
});

test("what is asked for: four units, or two where scripts write words in so many, and not all of a long string", ({ expect }) => {
  const counts = ["", "a", "abc", "abcd", "\u4f1a", "\u4f1a\u8b70", "a\u4f1a", "\u{1f600}"].map((text) => gramsOf(text).length);
  expect(counts).toEqual([0, 0, 0, 1, 0, 1, 1, 1]);
  const long = Array.from({ length: 100_000 }, (_, at) => at.toString(36)).join("");
  expect(gramsOf(long).length).toBeLessThanOrEqual(LIMITS.queriedGrams);
  expect(gramsOf(long).length).toBeGreaterThan(LIMITS.queriedGrams / 2);
});

test("a set is as large as its grams need; one of too many may hold anything", ({ expect }) => {
  const words = (count: number): string => Array.from({ length: count }, (_, at) => String.fromCharCode(0x4e00 + at)).join("");
  expect([0, 2, 100, 1000, 10_000].map((count) => setOf(words(count)).length)).toEqual([64, 64, 64, 256, 4096]);
  expect(setOf("the same again ".repeat(1000)).length).toBe(64);
  const crowded = setOf(Array.from({ length: 60_000 }, (_, at) => String.fromCodePoint(0x20000 + at)).join(""));
  expect(crowded).toBe(ANY_GRAM);
  expect(mayHold(crowded, gramsOf("anything"))).toBe(true);
  expect(mayHold(setOf(""), gramsOf("anything"))).toBe(false);
});

test("a set holds nothing of the one before", ({ expect }) => {
  const collector = new GramCollector();
  collector.begin(1000);
  collector.addText("quicksilver");
  expect(mayHold(collector.end(), gramsOf("quicksilver"))).toBe(true);
  collector.begin(1000);
  collector.addText("heliotrope");
  expect(mayHold(collector.end(), gramsOf("quicksilver"))).toBe(false);
});
