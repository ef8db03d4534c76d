import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { TransferDecoder, decodeTransfer, transferEncoding } from "../src/transfer-decoder.ts";

/** Decodes at once and in every cut, and tells the one result. */
function decode(text: string, encoding: string | undefined): string {
  const bytes = toBytes(text);
  const whole = String.fromCharCode(...decodeTransfer(bytes, encoding));
  for (let step = 1; step <= 7; step++) {
    const decoder = new TransferDecoder(encoding);
    let parts = "";
    for (let at = 0; at < bytes.length; at += step) parts += String.fromCharCode(...decoder.push(bytes.subarray(at, at + step)));
    parts += String.fromCharCode(...decoder.finish());
    if (parts !== whole) throw new Error(`Cut every ${step} octets: ${JSON.stringify(parts)}, not ${JSON.stringify(whole)}`);
  }
  return whole;
}

const BASE64: readonly [string, string][] = [
  ["QUJD\r\nREVG\r\n", "ABCDEF"],
  ["QUI=", "AB"],
  ["QQ==", "A"],
  ["QQ==\r\nQg==\r\n", "AB"],
  ["QUI", "AB"],
  ["QQ", "A"],
  ["Q", ""],
  ["Q!U-J*D", "ABC"],
  ["/+7/", "\xff\xee\xff"],
  ["====", ""],
  ["", ""],
];
test.for(BASE64)("base64 %j", ([encoded, plain], { expect }) => {
  expect(decode(encoded, "BASE64")).toBe(plain);
});

const QUOTED: readonly [string, string][] = [
  ["caf=C3=A9 =e2=82=ac\r\n", "caf\xc3\xa9 \xe2\x82\xac\r\n"],
  ["soft=\r\nbreak= \t\r\n and =\nmore", "softbreak and more"],
  ["trailing blanks \t \r\nkept  inside", "trailing blanks\r\nkept  inside"],
  ["bare\nfeed", "bare\r\nfeed"],
  ["bare\rreturn\r", "bare\rreturn\r"],
  ["not =XY, =4, = x, ==41", "not =XY, =4, = x, =A"],
  ["cut =", "cut "],
  ["cut=", "cut"],
  ["cut=\r", "cut"],
  ["cut=4", "cut=4"],
  [`${" ".repeat(200)}x`, `${" ".repeat(200)}x`],
];
test.for(QUOTED)("quoted-printable %j", ([encoded, plain], { expect }) => {
  expect(decode(encoded, "Quoted-Printable")).toBe(plain);
});

test("uuencode between begin and end, other lines as they are", ({ expect }) => {
  expect(decode("hello\r\nbegin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\nbye\r\n", "x-uuencode")).toBe("hello\r\nCatbye\r\n");
  expect(decode('begin 644 a\n"0V$\nend\n', "uuencode")).toBe("Ca");
  expect(decode(`begin 6 a\n${"x".repeat(1_000)}\nend\n`, "x-uue")).toBe(`${"x".repeat(1_000)}\n`);
});

test("without an encoding, or with an unknown one, the octets stay", ({ expect }) => {
  for (const encoding of [undefined, "7bit", "8BIT", "binary", "x-nobody-knows"])
    expect(decode("a=41 \r\n\0\xff", encoding)).toBe("a=41 \r\n\0\xff");
});

test("what an encoding means", ({ expect }) => {
  expect([undefined, "7BIT", "Base64", "quoted-printable", "x-uue", "gzip", ""].map(transferEncoding)).toEqual([
    "identity",
    "identity",
    "base64",
    "quoted-printable",
    "uuencode",
    "unknown",
    "unknown",
  ]);
});
