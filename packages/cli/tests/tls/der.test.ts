import { test } from "vitest";

import { booleanTrue, element, integer, namedBits, objectIdentifier, time, utf8String } from "../../src/tls/der.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("lengths take the shortest form", ({ expect }) => {
  expect(hex(element(4, new Uint8Array(127)).subarray(0, 2))).toBe("047f");
  expect(hex(element(4, new Uint8Array(128)).subarray(0, 3))).toBe("048180");
  expect(hex(element(4, new Uint8Array(256), new Uint8Array(44)).subarray(0, 4))).toBe("0482012c");
  expect(element(4, new Uint8Array(65_536)).subarray(0, 5)).toEqual(Uint8Array.of(4, 0x83, 1, 0, 0));
});

test("integers are positive and minimal", ({ expect }) => {
  expect(hex(integer(Uint8Array.of(0)))).toBe("020100");
  expect(hex(integer(Uint8Array.of()))).toBe("020100");
  expect(hex(integer(Uint8Array.of(0x7f)))).toBe("02017f");
  expect(hex(integer(Uint8Array.of(0x80)))).toBe("02020080");
  expect(hex(integer(Uint8Array.of(0, 0, 1, 2)))).toBe("02020102");
});

test("object identifiers use base 128", ({ expect }) => {
  expect(hex(objectIdentifier("1.2.840.10045.4.3.2"))).toBe("06082a8648ce3d040302");
  expect(hex(objectIdentifier("2.5.29.17"))).toBe("0603551d11");
});

test("named bits leave out trailing zeros", ({ expect }) => {
  expect(hex(namedBits(0))).toBe("03020780");
  expect(hex(namedBits(5, 6))).toBe("03020106");
});

test("times change their form in 2050", ({ expect }) => {
  expect(Buffer.from(time(new Date("2049-12-31T23:59:59.999Z"))).toString("latin1")).toBe("\u0017\r491231235959Z");
  expect(Buffer.from(time(new Date("2050-01-01T00:00:00Z"))).toString("latin1")).toBe("\u0018\u000f20500101000000Z");
});

test("texts and truth", ({ expect }) => {
  expect(hex(utf8String("a\u00e9"))).toBe("0c0361c3a9");
  expect(hex(booleanTrue())).toBe("0101ff");
});
