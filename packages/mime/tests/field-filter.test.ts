import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { compileFieldFilter } from "../src/field-filter.ts";
import { message } from "./support/message.ts";

const HEADER = message("From: a", "Subject: one", " folded: not a field", "X-Other: b", "subject : two", "no field", "TO: c", "");

function select(names: string[], not = false, header: Uint8Array = HEADER): string {
  return String.fromCharCode(...compileFieldFilter(names, not).select(header));
}

test("HEADER.FIELDS takes the named fields as they stand, and the empty line", ({ expect }) => {
  expect(select(["SUBJECT", "to"])).toBe("Subject: one\r\n folded: not a field\r\nsubject : two\r\nTO: c\r\n\r\n");
  expect(select(["x"])).toBe("\r\n");
  expect(select([])).toBe("\r\n");
  expect(select([""])).toBe("\r\n");
});

test("HEADER.FIELDS.NOT takes all others, lines that are no field too", ({ expect }) => {
  expect(select(["subject", "x-other"], true)).toBe("From: a\r\nno field\r\nTO: c\r\n\r\n");
  expect(select([], true)).toBe(String.fromCharCode(...HEADER));
});

test("names of one length are told apart", ({ expect }) => {
  const header = message("Date: 1", "From: 2", "Dart: 3", "");
  expect(select(["Date"], false, header)).toBe("Date: 1\r\n\r\n");
  expect(select(["Dart", "From"], false, header)).toBe("From: 2\r\nDart: 3\r\n\r\n");
});

test("a header without its end, and bare line feeds", ({ expect }) => {
  expect(select(["a"], false, toBytes("A: 1\r\nB: 2\r\n"))).toBe("A: 1\r\n\r\n");
  expect(select(["b"], false, toBytes("A: 1\r\nB: 2"))).toBe("B: 2\r\n");
  expect(select(["b"], false, toBytes("A: 1\nB: 2\n x\n\nbody"))).toBe("B: 2\n x\n\r\n");
  expect(select(["a"], false, new Uint8Array(0))).toBe("\r\n");
});

test("one buffer takes many headers one after the other", ({ expect }) => {
  const filter = compileFieldFilter([toBytes("FROM")], false);
  const out = new Uint8Array(200);
  const first = filter.filter(HEADER, out, 3);
  const second = filter.filter(message("From: z", ""), out, first);
  expect(String.fromCharCode(...out.subarray(3, second))).toBe("From: a\r\n\r\nFrom: z\r\n\r\n");
});
