import { test } from "vitest";

import { TapeSlab } from "../../src/parser/tape-slab.ts";

test("tapes stand behind each other, and what was added does not change", ({ expect }) => {
  const slab = new TapeSlab();
  const added = Array.from({ length: 40 }, (_, round) => {
    const source = Int32Array.from({ length: 400 }, (_, at) => round * 1000 + at);
    const length = (round + 1) * 8;
    const at = slab.add(source, 4, 4 + length);
    source.fill(-1);
    return { tape: slab.tape, at, length, round };
  });
  expect(new Set(added.map(({ tape }) => tape)).size).toBe(2);
  for (const { tape, at, length, round } of added) {
    expect(Array.from(tape.subarray(at, at + length))).toEqual(Array.from({ length }, (_, next) => round * 1000 + 4 + next));
  }
});

test("a tape that no shared array has room for has one to itself", ({ expect }) => {
  const slab = new TapeSlab();
  slab.add(new Int32Array(8), 0, 8);
  const shared = slab.tape;
  const at = slab.add(new Int32Array(100_000).fill(7), 0, 100_000);
  expect(slab.tape).not.toBe(shared);
  expect([at, slab.tape.length, slab.tape[99_999]]).toEqual([0, 100_000, 7]);
  slab.add(new Int32Array(8), 0, 8);
  expect(slab.tape.length).toBe(shared.length);
});
