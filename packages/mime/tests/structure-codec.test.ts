import * as fc from "fast-check";
import { test } from "vitest";

import { parseMessage } from "./support/parse-message.ts";
import { StructureFormatError, decodeStructure, encodeStructure } from "../src/structure-codec.ts";
import { message } from "./support/message.ts";

const MESSAGE = message(
  "Content-Type: multipart/mixed; boundary=b",
  "",
  "--b",
  'Content-Type: Text/X-Unusual; charset="KOI8-R"',
  "Content-Disposition: Inline",
  "",
  "x",
  "--b",
  "Content-Type: message/rfc822",
  "",
  "Subject: y",
  "",
  "z",
  "--b",
  "Content-Type: broken",
  "",
  "--b--",
);

test("a tree survives, in few octets", ({ expect }) => {
  const { root } = parseMessage(MESSAGE);
  const bytes = encodeStructure(root);
  expect(decodeStructure(bytes)).toEqual(root);
  expect(bytes.length).toBeLessThan(100);
});

test("offsets beyond 32 bits survive", ({ expect }) => {
  const { root } = parseMessage(message("", "x"));
  const large = { ...root, bodyEnd: 2 ** 45 + 1 };
  expect(decodeStructure(encodeStructure(large))).toEqual(large);
});

test("octets that are no tree are refused, and with nothing but the one error", ({ expect }) => {
  const good = encodeStructure(parseMessage(MESSAGE).root);
  for (let size = 0; size < good.length; size++) expect(() => decodeStructure(good.subarray(0, size))).toThrow(StructureFormatError);
  expect(() => decodeStructure(Uint8Array.of(...good, 0))).toThrow(StructureFormatError);
  expect(() => decodeStructure(Uint8Array.of(2, ...good.subarray(1)))).toThrow("unknown version");

  let refused = 0;
  const mutation = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(mutation, (changes) => {
      const bytes = good.slice();
      for (const [at, octet] of changes) bytes[at] = octet;
      try {
        decodeStructure(bytes);
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(StructureFormatError);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(refused).toBeGreaterThan(100);
});

test("endless nesting and endless numbers are refused", ({ expect }) => {
  const message = [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  expect(() => decodeStructure(Uint8Array.from([1, ...Array.from({ length: 50_000 }, () => message).flat()]))).toThrow("too large");
  expect(() => decodeStructure(new Uint8Array(100_000).fill(0xff))).toThrow(StructureFormatError);
});
