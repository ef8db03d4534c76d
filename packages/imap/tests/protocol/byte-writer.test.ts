import { test } from "vitest";

import { ByteWriter } from "../../src/protocol/byte-writer.ts";

test("what was written is taken with room around it, and the next begins empty", ({ expect }) => {
  const writer = new ByteWriter(4);
  writer.ascii("abcdef");
  expect([...writer.take(2, 1)]).toEqual([0, 0, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0]);
  writer.number(7);
  expect([...writer.take()]).toEqual([0x37]);
});

test("the buffer of a long answer is given back once it was taken, not before", ({ expect }) => {
  const writer = new ByteWriter();
  writer.octets(new Uint8Array(300_000).fill(1));
  writer.shrink();
  expect(writer.take()).toEqual(new Uint8Array(300_000).fill(1));
  writer.shrink();
  expect(writer.bytes.length).toBe(4096);
  writer.ascii("a");
  expect(writer.take()).toHaveLength(1);
});
