import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import * as fc from "fast-check";
import { test } from "vitest";

import { toBytes, toText } from "../src/ascii.ts";
import { MIME_LIMITS } from "../src/limits.ts";
import { MessageParser } from "../src/message-parser.ts";
import { parseMessage } from "./support/parse-message.ts";
import { plainOctetScanner } from "../src/plain-octet-scanner.ts";
import { createWasmOctetScanner } from "../src/wasm-octet-scanner.ts";
import { octetCases, octetDifference } from "./support/octet-cases.ts";
import { octetsBytes, octetsImports, octetsModule, wasmOctets, WINDOW } from "./support/octet-scanners.ts";

test("the module imports nothing and has at most 5.5 KiB", ({ expect }) => {
  expect(octetsImports).toEqual([]);
  expect(octetsBytes.length).toBeLessThanOrEqual(5.5 * 1024);
});

test("what is no octets module is refused by name", ({ expect }) => {
  // The smallest module there is: magic and version.
  const empty = Reflect.construct(octetsModule.constructor, [Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)]);
  expect(() => createWasmOctetScanner(empty)).toThrow("octets module: no number ABI_VERSION");
});

test("it says what plain TypeScript says", ({ expect }) => {
  fc.assert(
    fc.property(octetCases(WINDOW), (octetCase) => {
      expect(octetDifference(octetCase, wasmOctets)).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

const MESSAGE = toBytes(
  [
    "Subject: a",
    " folded one",
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "preamble",
    "-- ",
    "--b",
    "Content-Type: text/plain",
    "",
    "text --b",
    "-",
    "--",
    "--b \t",
    "Content-Type: message/rfc822",
    "",
    "Subject: inner",
    "",
    "",
    "--b--",
    "end",
    "--",
  ].join("\r\n"),
);

test("a message is the same wherever it is cut, and octet by octet", ({ expect }) => {
  const whole = parseMessage(MESSAGE);
  expect(parseMessage(MESSAGE, wasmOctets)).toEqual(whole);
  for (let first = 0; first <= MESSAGE.length; first++) {
    for (let second = first; second <= MESSAGE.length; second += 31) {
      const parser = new MessageParser(MIME_LIMITS, wasmOctets);
      for (const part of [MESSAGE.subarray(0, first), MESSAGE.subarray(first, second), MESSAGE.subarray(second)]) parser.push(part);
      expect(parser.finish()).toEqual(whole);
    }
  }
  const parser = new MessageParser(MIME_LIMITS, wasmOctets);
  for (const octet of MESSAGE) parser.push(Uint8Array.of(octet));
  expect(parser.finish()).toEqual(whole);
});

test("chunks of several windows are read as one", ({ expect }) => {
  for (let shift = 0; shift < 70; shift++) {
    const filler = `${"x".repeat(61)}\r\n`.repeat(1035) + "y".repeat(shift);
    const bytes = toBytes(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${filler}\r\n--b\r\n\r\n${filler}${filler}\r\n--b--\r\n`,
    );
    expect(parseMessage(bytes, wasmOctets)).toEqual(parseMessage(bytes));
  }
});

test("parsers in turn do not disturb one another, nor does what else the scanner is asked", ({ expect }) => {
  const parsers = [new MessageParser(MIME_LIMITS, wasmOctets), new MessageParser(MIME_LIMITS, wasmOctets)];
  for (let at = 0; at < MESSAGE.length; at += 16) {
    for (const parser of parsers) parser.push(MESSAGE.subarray(at, at + 16));
    wasmOctets.holdsText(MESSAGE, "inner");
  }
  for (const parser of parsers) expect(parser.finish()).toEqual(parseMessage(MESSAGE));
});

test("what else is asked between two lines does not change the second", ({ expect }) => {
  const chunk = toBytes("a\n--b\nc\n--d\n");
  wasmOctets.open(chunk);
  expect(wasmOctets.nextLine(0, false)).toBe(2);
  wasmOctets.holdsText(toBytes("x".repeat(chunk.length)), "y");
  expect([wasmOctets.nextLine(2, false), wasmOctets.lines]).toEqual([8, 2]);
});

test("what was opened is put into the module once, whatever is asked of it; other octets each time", ({ expect }) => {
  const opened = toBytes("A: needle\r\n");
  const other = toBytes("A: thimble\r\n");
  wasmOctets.open(opened);
  expect([wasmOctets.holdsText(opened, "needle"), wasmOctets.holdsText(opened, "thimble")]).toEqual([true, false]);
  expect([wasmOctets.fieldHolds(opened, "a", "needle"), wasmOctets.headerHolds(opened, "a: need")]).toEqual([true, true]);
  // That it may not change is what allows to look at the copy.
  const kept = opened.slice();
  opened.fill(0x20);
  expect(wasmOctets.holdsText(opened, "needle")).toBe(true);
  opened.set(kept);
  expect([wasmOctets.holdsText(other, "needle"), wasmOctets.holdsText(other, "thimble")]).toEqual([false, true]);
  other.set(toBytes("A: needles"));
  expect([wasmOctets.holdsText(other, "needle"), wasmOctets.holdsText(opened, "thimble")]).toEqual([true, false]);
});

test("filters in turn have each its own names", ({ expect }) => {
  const header = toBytes("A: 1\r\nB: 2\r\n\r\n");
  const [a, b, notA] = [wasmOctets.fieldFilter(["a"], false), wasmOctets.fieldFilter(["b"], false), wasmOctets.fieldFilter(["a"], true)];
  const texts = [a, b, notA, a].map((filter) => String.fromCharCode(...filter.select(header)));
  expect(texts).toEqual(["A: 1\r\n\r\n", "B: 2\r\n\r\n", "B: 2\r\n\r\n", "A: 1\r\n\r\n"]);
});

test("filters of as many names as there is room for, and more, empty and repeated ones too", ({ expect }) => {
  const names = Array.from(
    { length: 70 },
    (_, at) => "Xa-Name-Of-A-Field-That-Is-Lo-ng".slice(0, 1 + ((at * 7) % 31)) + (at % 3 === 0 ? "" : at % 10),
  );
  const header = toBytes(`${[...names, "Y", "x-"].map((name) => `${name.toUpperCase()}: ${name}\r\n`).join("")}\r\n`);
  const long = toBytes(`Z: ${"x".repeat(WINDOW)}\r\n${toText(header)}`);
  for (let count = 0; count <= names.length; count++) {
    const wanted = [...names.slice(0, count), "", ...names.slice(0, count % 5)].filter((name) => name.length < 31 || count % 2 === 0);
    for (const octets of [header, long]) {
      const [found, expected] = [wasmOctets, plainOctetScanner].map((scanner) => toText(scanner.fieldFilter(wanted, false).select(octets)));
      expect(found).toBe(expected);
    }
  }
});

test("no call writes beyond the output, however much it copies", ({ expect }) => {
  const header = toBytes(`A: ${"x".repeat(WINDOW - 6)}\r\n `).subarray(0, WINDOW);
  const all = wasmOctets.fieldFilter(["b"], true).select(header);
  expect(all.length).toBe(WINDOW + 2);
  expect(wasmOctets.headerHolds(header, "x a")).toBe(false);
  expect(wasmOctets.headerHolds(header, "a: x")).toBe(true);
});

test("long texts that were looked for are not kept: all accounts of an isolate share the scanner", ({ expect }) => {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  const used = (): number => {
    if (typeof collect === "function") collect();
    return process.memoryUsage().heapUsed;
  };
  const body = toBytes("text");
  const before = used();
  for (let at = 0; at < 30; at++) {
    expect(wasmOctets.holdsText(body, `${at}${"x".repeat(1_000_000)}`)).toBeUndefined();
    expect(wasmOctets.fieldHolds(body, `${at}${"x".repeat(1_000_000)}`, "")).toBeUndefined();
  }
  expect(used() - before).toBeLessThan(10_000_000);
});
