import { test } from "vitest";

import type { BodyRef, BodyStore, BodyWriter } from "../../src/mailbox/body-store.ts";

/** Octets that tell where they are. */
export function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) + seed) & 0xff);
}

/** Writes a body in pieces of at most `step` octets. */
export async function writeBody(store: BodyStore, bytes: Uint8Array, step: number = bytes.length): Promise<BodyRef> {
  const writer = store.begin(bytes.length);
  for (let at = 0; at < bytes.length; at += step) await writer.write(bytes.subarray(at, at + step));
  return writer.commit();
}

/** A promise or an exception, as a promise. */
async function outcome(work: () => unknown): Promise<unknown> {
  return work();
}

/** What every BodyStore must do. `make` returns an empty one; where its chunk size can be chosen, it is 16 octets. */
export function bodyStoreContract(make: () => BodyStore): void {
  for (const [size, step] of [
    [0, 1],
    [1, 1],
    [15, 4],
    [16, 16],
    [17, 17],
    [32, 5],
    [47, 16],
    [100, 33],
    [100, 1],
  ] as const) {
    test(`${size} octets, written ${step} at a time, come back from everywhere`, async ({ expect }) => {
      const store = make();
      const bytes = pattern(size);
      const ref = await writeBody(store, bytes, step);
      expect(await store.read(ref, 0, size)).toEqual(bytes);
      for (let from = 0; from <= size; from += 7) {
        for (const length of [0, 1, 15, 16, 17, 40]) {
          if (from + length > size) continue;
          expect(await store.read(ref, from, length)).toEqual(bytes.slice(from, from + length));
        }
      }
    });
  }

  test("the writer does not hold on to what it was given", async ({ expect }) => {
    const store = make();
    const writer = store.begin(20);
    const buffer = new Uint8Array(10);
    for (const value of [1, 2]) {
      buffer.fill(value);
      await writer.write(buffer);
    }
    buffer.fill(3);
    expect(await store.read(await writer.commit(), 8, 4)).toEqual(Uint8Array.of(1, 1, 2, 2));
  });

  test("octets that are not there are an error", async ({ expect }) => {
    const store = make();
    const ref = await writeBody(store, pattern(40));
    for (const [offset, length] of [
      [0, 41],
      [40, 1],
      [-1, 2],
      [33, 8],
      [64, 1],
    ] as const) {
      await expect(outcome(() => store.read(ref, offset, length))).rejects.toThrow();
    }
  });

  test("bodies do not mix, and one that was removed is gone", async ({ expect }) => {
    const store = make();
    const writers = [store.begin(50), store.begin(50)] as const;
    for (let at = 0; at < 50; at += 10) {
      await writers[0].write(pattern(50, 1).subarray(at, at + 10));
      await writers[1].write(pattern(50, 2).subarray(at, at + 10));
    }
    const [first, second] = [await writers[0].commit(), await writers[1].commit()];
    expect(first).not.toBe(second);
    await store.remove(first);
    await store.remove(first);
    await expect(outcome(() => store.read(first, 0, 1))).rejects.toThrow();
    expect(await store.read(second, 0, 50)).toEqual(pattern(50, 2));
  });

  test("too much and too little are errors", async ({ expect }) => {
    const store = make();
    const short = store.begin(20);
    await short.write(pattern(19));
    await expect(outcome(() => short.commit())).rejects.toThrow(/19/);
    await expect(outcome(() => store.begin(20).write(pattern(21)))).rejects.toThrow(/20/);
  });

  test("after an abort nothing can be written, after a commit an abort does nothing", async ({ expect }) => {
    const store = make();
    const aborted = store.begin(40);
    await aborted.write(pattern(35));
    await aborted.abort();
    await aborted.abort();
    await expect(outcome(() => aborted.write(pattern(5)))).rejects.toThrow();
    await expect(outcome(() => aborted.commit())).rejects.toThrow();
    const kept: BodyWriter = store.begin(5);
    await kept.write(pattern(5));
    const ref = await kept.commit();
    await kept.abort();
    expect(await store.read(ref, 0, 5)).toEqual(pattern(5));
  });
}
