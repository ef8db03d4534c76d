import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { ArgumentReader } from "../../src/parser/argument-reader.ts";
import { Framer } from "../../src/parser/framer.ts";
import type { Section } from "../../src/parser/section-reader.ts";
import { RecordingSink } from "./recording-sink.ts";
import { latin1, octets, wasm } from "./tokenizers.ts";

/** Reads `text` as the one item of a FETCH's list. */
function section(text: string): Section {
  const sink = new RecordingSink();
  new Framer(wasm, LIMITS).push(octets(`a FETCH 1 (${text})\r\n`), sink);
  const [segment] = sink.segments;
  if (segment === undefined) throw new Error("no command");
  const args = new ArgumentReader(segment, 4);
  args.space();
  args.open();
  const read = args.section();
  args.close();
  args.end();
  return read;
}

const WHOLE = { kind: "BODY", peek: false, partPath: [], text: undefined, fields: undefined, rawFields: undefined, partial: undefined };

test.for<[string, object]>([
  ["BODY[]", {}],
  ["body.peek[]<0.2048>", { peek: true, partial: { offset: 0, count: 2048 } }],
  ["BODY[]<5000000000.1>", { partial: { offset: 5000000000, count: 1 } }],
  ["BODY[TEXT]", { text: "TEXT" }],
  ["BODY.PEEK[Header]", { peek: true, text: "HEADER" }],
  ["BODY[1]", { partPath: [1] }],
  ["BODY[1.2.4294967295]<1.2>", { partPath: [1, 2, 4294967295], partial: { offset: 1, count: 2 } }],
  ["BODY[1.mime]", { partPath: [1], text: "MIME" }],
  ["BODY[2.1.HEADER]", { partPath: [2, 1], text: "HEADER" }],
  ["BINARY[1]", { kind: "BINARY", partPath: [1] }],
  ["BINARY.PEEK[1.2]<0.1>", { kind: "BINARY", peek: true, partPath: [1, 2], partial: { offset: 0, count: 1 } }],
  ["BINARY[]", { kind: "BINARY" }],
  ["BINARY.SIZE[1]", { kind: "BINARY.SIZE", peek: true, partPath: [1] }],
])("%s", ([text, expected], { expect }) => {
  expect(section(text)).toEqual({ ...WHOLE, ...expected });
});

test.for<[string, string, readonly string[], object]>([
  [
    "BODY.PEEK[HEADER.FIELDS (From tO X-Mozilla)]",
    "(From tO X-Mozilla)",
    ["From", "tO", "X-Mozilla"],
    { peek: true, text: "HEADER.FIELDS" },
  ],
  ["BODY[header.fields.not (A)]<0.5>", "(A)", ["A"], { text: "HEADER.FIELDS.NOT", partial: { offset: 0, count: 5 } }],
  ["BODY[1.HEADER.FIELDS (A 12)]", "(A 12)", ["A", "12"], { text: "HEADER.FIELDS", partPath: [1] }],
  ['BODY[HEADER.FIELDS ("From" "a b")]', '("From" "a b")', ["From", "a b"], { text: "HEADER.FIELDS" }],
  ['BODY[HEADER.FIELDS (A {4+}\r\nFrom {3+}\r\nx"y {0+}\r\n)]', '(A From "x\\"y" "")', ["A", "From", 'x"y', ""], { text: "HEADER.FIELDS" }],
])("%j", ([text, raw, fields, expected], { expect }) => {
  const read = section(text);
  expect(latin1(read.rawFields ?? octets(""))).toBe(raw);
  expect(read.fields?.map(latin1)).toEqual(fields);
  expect({ ...read, rawFields: undefined, fields: undefined }).toEqual({ ...WHOLE, ...expected });
});

test.for([
  ["BODY", "Expected BODY["],
  ["FLAGS[]", "Expected BODY["],
  ["BODY[", "Expected a closing bracket"],
  ["BODY[TEXT", "Expected a closing bracket"],
  ["BODY[HEADER.FIELDS]", "Expected a list of fields after HEADER.FIELDS"],
  ["BODY[HEADER.FIELDS ()]", "Expected a field name"],
  ["BODY[HEADER.FIELDS(A)]", "Expected a space"],
  ["BODY[HEADER.FIELDS (A )]", "Expected a field name, found a closing parenthesis"],
  ["BODY[HEADER.FIELDS (A  B)]", "Expected a field name, found a space"],
  ["BODY[HEADER.FIELDS (A)", "Expected the closing bracket"],
  ["BODY[HEADER.FIELDS (A) ]", "Expected the closing bracket"],
  ["BODY[HEADER.FIELDS (A)x]", "Expected the closing bracket"],
  ["BODY[HEADER.FIELDS (A)]<0>", "Expected the end of the section"],
  ["BODY[HEADER.FIELDS ({3+}\r\na\r\n)]", "Expected a field name of printable"],
  ["BODY[0]", "Expected a part number"],
  ["BODY[4294967296]", "Expected a part number"],
  ["BODY[1.]", "Expected a dot and a part number"],
  ["BODY[1..2]", "Expected HEADER"],
  ["BODY[1x]", "Expected a dot"],
  ["BODY[MIME]", "Expected HEADER"],
  ["BODY[FOO]", "Expected HEADER"],
  ["BODY[]x", "Expected the end of the section"],
  ["BODY[]<0.0>", "Expected a count"],
  ["BODY[]<.1>", "Expected the end of the section"],
  ["BODY[]<1>", "Expected the end of the section"],
  ["BINARY[1.TEXT]", "Expected only part numbers"],
  ["BINARY.SIZE[1]<0.5>", "Expected the end of the section"],
  [`BODY[${"1.".repeat(LIMITS.sectionDepth)}1]`, "More than 100 part numbers"],
  [`BODY[${"1".repeat(5000)}]`, "Section is too long"],
  [`BODY[HEADER.FIELDS (${"a ".repeat(LIMITS.headerFields)}a)]`, "More than 256 fields"],
  ['"BODY[]"', "Expected a section, found a quoted string"],
])("%j is refused", ([text = "", message = ""], { expect }) => {
  expect(() => section(text)).toThrow(new RegExp(message.replace(/[[\].]/g, "\\$&")));
});

test("a section can be told from other items", ({ expect }) => {
  const sink = new RecordingSink();
  new Framer(wasm, LIMITS).push(octets("a FETCH BODY BODY[] (\r\nb FETCH BODY BODY[] 1\r\n"), sink);
  const segment = sink.segments[1];
  if (segment === undefined) throw new Error("no command");
  const args = new ArgumentReader(segment, 3);
  args.space();
  expect(args.peekSection()).toBe(false);
  args.atom("an item");
  args.space();
  expect(args.peekSection()).toBe(true);
  args.section();
  args.space();
  expect(args.peekSection()).toBe(false);
});
