import { decodeHeaderText } from "@sluice/mime/header-text";
import { test } from "vitest";

import { asciiEnvelope } from "../../src/fetch/ascii-envelope.ts";
import { bytes } from "./fixture.ts";

const utf8 = (text: string): string => Buffer.from(text).toString("latin1");
const literal = (text: string): string => `{${text.length}}\r\n${text}`;
const convert = (envelope: string): string => Buffer.from(asciiEnvelope(bytes(envelope))).toString("latin1");

test("what is ASCII stays as it is, the same octets", ({ expect }) => {
  const envelope = bytes('("Mon, 1 Jan 2024" "a {5} \\"b\\\\" NIL NIL)');
  expect(asciiEnvelope(envelope)).toBe(envelope);
});

test("raw UTF-8 becomes encoded words", ({ expect }) => {
  expect(convert(`(NIL ${literal(utf8("Gr\u00fc\u00dfe"))} (("a {3}" NIL "u\\"{1}" "h")) ${literal(utf8("\u00e9"))})`)).toBe(
    '(NIL "=?utf-8?B?R3LDvMOfZQ==?=" (("a {3}" NIL "u\\"{1}" "h")) "=?utf-8?B?w6k=?=")',
  );
});

test("octets of another charset stay in their literal", ({ expect }) => {
  const envelope = `(NIL ${literal("Gr\xfc\xdfe")} NIL)`;
  expect(convert(envelope)).toBe(envelope);
});

test("long text is cut into words between two characters, and reads the same", ({ expect }) => {
  const text = "\u65e5\u672c\u{1f600}x".repeat(30);
  const converted = convert(`(${literal(utf8(text))})`).slice(2, -2);
  for (const word of converted.split(" ")) expect(word.length).toBeLessThanOrEqual(75);
  expect(decodeHeaderText(bytes(converted))).toBe(text);
});
