import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { test } from "vitest";

import { MIME_LIMITS } from "../src/limits.ts";
import { MessageParser } from "../src/message-parser.ts";
import { parseMessage } from "./support/parse-message.ts";
import { type Comparison, compareMessage, readExpected, readMessage } from "./support/corpus.ts";
import { wasmOctets } from "./support/octet-scanners.ts";

/** Another folder of the same form, with the answers of another server as the reference. */
const folder = process.env["SLUICE_CORPUS"] ?? join(import.meta.dirname, "corpus");

/** Where we differ from the reference on purpose. */
const DIFFERENCES: Readonly<Record<string, { items: readonly string[]; reason: string }>> = {
  "legacy__049.eml": {
    items: ["RFC822.SIZE", "BODY", "BODYSTRUCTURE", "BODY[1]", "BODY[TEXT]", "BINARY[1]"],
    reason:
      "The message ends with a CR that no LF follows, and the reference drops that octet when the message is appended. RFC 9051 section 6.3.12 appends the literal, and section 2.3.4 counts its octets.",
  },
};

const comparisons: Comparison[] = readExpected(folder).flatMap((expected) => compareMessage(folder, expected));
const isSame = ({ actual, expected }: Comparison): boolean => isDeepStrictEqual(actual, expected);

/** Matched and all answers, by item. */
function totals(): Map<string, { matched: number; total: number }> {
  const byItem = new Map<string, { matched: number; total: number }>();
  for (const comparison of comparisons) {
    const entry = byItem.get(comparison.item) ?? { matched: 0, total: 0 };
    entry.total++;
    if (isSame(comparison)) entry.matched++;
    byItem.set(comparison.item, entry);
  }
  return byItem;
}

test("at least 97% of the answers of each kind equal the reference", ({ expect }) => {
  const rows = [...totals()].map(([item, { matched, total }]) => `${item.padEnd(36)} ${matched} / ${total}`);
  console.log(rows.join("\n"));
  expect(comparisons.length).toBeGreaterThan(100);
  for (const [item, { matched, total }] of totals()) expect(matched / total, item).toBeGreaterThanOrEqual(0.97);
});

test("every difference from the reference is one that is listed with its reason", ({ expect }) => {
  const listed = Object.entries(DIFFERENCES)
    .filter(([file]) => existsSync(join(folder, "messages", file)))
    .flatMap(([file, { items }]) => items.map((item) => `${file} ${item}`));
  const found = comparisons.filter((comparison) => !isSame(comparison)).map(({ file, item }) => `${file} ${item}`);
  expect(found.toSorted()).toEqual(listed.toSorted());
});

test("with the octets module each message is the same, in chunks of any size", ({ expect }) => {
  for (const expected of readExpected(folder)) {
    const bytes = readMessage(folder, expected);
    const plain = parseMessage(bytes);
    for (const size of [1, 100, 1460, 100_000]) {
      const parser = new MessageParser(MIME_LIMITS, wasmOctets);
      for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
      expect(parser.finish(), `${expected.file} by ${size}`).toEqual(plain);
    }
  }
});

test("the comparison notices a difference", ({ expect }) => {
  const same = comparisons.filter(isSame);
  expect(same.length).toBeGreaterThan(100);
  expect(same.map((comparison) => ({ ...comparison, actual: [comparison.actual] })).filter(isSame)).toEqual([]);
});
