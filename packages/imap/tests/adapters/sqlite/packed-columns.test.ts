import { array, assert, constantFrom, double, integer, oneof, property } from "fast-check";
import { test } from "vitest";

import { packColumns, unpackColumns } from "../../../src/adapters/sqlite/packed-columns.ts";

test("columns come back whatever their values, in no more octets than their spread needs", ({ expect }) => {
  const modSeq = oneof(
    integer({ min: 1, max: 300 }),
    integer({ min: 1, max: 2 ** 31 - 1 }),
    double({ min: 0, max: 2 ** 53, noNaN: true }).map(Math.floor),
  );
  const word = oneof(integer({ min: 0, max: 70_000 }), integer({ min: 0, max: 0xffff_ffff }), constantFrom(0, 0xffff_ffff, 0x8000_0000));
  const row = { modSeq, word, flags: integer({ min: 0, max: 0xffff }) };
  assert(
    property(
      array(row.modSeq, { minLength: 1, maxLength: 20 }),
      array(row.word, { minLength: 20, maxLength: 20 }),
      array(row.flags, { minLength: 20, maxLength: 20 }),
      (first, second, third) => {
        const count = first.length;
        const columns = [Float64Array.from(first), Uint32Array.from(second), Uint16Array.from(third)] as const;
        const packed = packColumns(columns, count);
        expect(packed.length).toBeLessThanOrEqual(3 * 23 + count * 14);
        const back = [new Float64Array(count), new Uint32Array(count), new Uint16Array(count)] as const;
        unpackColumns(packed.buffer, back, count);
        for (const [at, column] of back.entries()) expect([...column]).toEqual([...(columns[at]?.subarray(0, count) ?? [])]);
      },
    ),
    { numRuns: 1000 },
  );
});

test("the width follows the spread, not the values", ({ expect }) => {
  const sizeOf = (...values: number[]): number => packColumns([Float64Array.from(values)], values.length).length;
  expect(sizeOf(2 ** 50, 2 ** 50, 2 ** 50)).toBe(16);
  expect(sizeOf(2 ** 50, 2 ** 50 + 255)).toBe(16 + 8);
  expect(sizeOf(...Array.from({ length: 256 }, (_, at) => 2 ** 50 + at))).toBe(16 + 256);
  expect(sizeOf(...Array.from({ length: 256 }, (_, at) => 2 ** 50 + at * 257))).toBe(16 + 512);
  expect(sizeOf(...Array.from({ length: 256 }, (_, at) => 2 ** 33 + at * 2 ** 24))).toBe(16 + 1024);
  expect(sizeOf(...Array.from({ length: 256 }, (_, at) => at * 2 ** 25))).toBe(16 + 2048);
});

test("what are no columns is refused", ({ expect }) => {
  const column = Uint16Array.of(1, 300, 2);
  const packed = packColumns([column], 3);
  const into = (octets: Uint8Array<ArrayBuffer>, count = 3): (() => void) => {
    const { buffer } = octets.slice();
    return () => unpackColumns(buffer, [new Uint16Array(8)], count);
  };
  expect(into(packed)).not.toThrow();
  for (const octets of [packed.subarray(0, 20), packed.subarray(0, 10), new Uint8Array(0), new Uint8Array([...packed, 0])])
    expect(into(octets)).toThrow(/of 3 messages/);
  packed[8] = 3;
  expect(into(packed)).toThrow(/of 3 messages/);
  packed[8] = 4;
  expect(into(packed)).toThrow(/of 3 messages/);
});
