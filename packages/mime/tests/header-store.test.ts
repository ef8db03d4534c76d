import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { HeaderStore } from "../src/header-store.ts";

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

test("a header within a chunk is a view of it", ({ expect }) => {
  const chunk = toBytes("xxA: b\r\nyy");
  const header = new HeaderStore().read(chunk, 100, 102, 108, 1_000);
  expect(text(header)).toBe("A: b\r\n");
  expect(header.buffer).toBe(chunk.buffer);
});

test("a header that chunks cut is put together", ({ expect }) => {
  const store = new HeaderStore();
  store.keep(toBytes("xxA: b"), 0, 2, 1_000);
  store.keep(toBytes("\r\nC"), 6, 2, 1_000);
  expect(text(store.read(toBytes(": d\r\nbody"), 9, 2, 14, 1_000))).toBe("A: b\r\nC: d\r\n");
});

test("of a long header the whole lines within the limit are kept, however it came", ({ expect }) => {
  const header = "A: 1\r\nB: 22\r\nC: 333\r\n";
  for (const step of [1, 5, 100]) {
    const store = new HeaderStore();
    for (let at = 0; at < header.length; at += step) store.keep(toBytes(header.slice(at, at + step)), at, 0, 15);
    expect(text(store.read(toBytes("\r\n"), header.length, 0, header.length, 15))).toBe("A: 1\r\nB: 22\r\n");
  }
  expect(text(new HeaderStore().read(toBytes(header), 0, 0, header.length, 15))).toBe("A: 1\r\nB: 22\r\n");
});
