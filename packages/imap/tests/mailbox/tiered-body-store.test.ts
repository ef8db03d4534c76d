import { test } from "vitest";

import { createDiskBodyStore } from "../../src/adapters/disk/disk-body-store.ts";
import { createMemoryBodyStore } from "../../src/adapters/memory/memory-body-store.ts";
import { createSqliteBodyJournal } from "../../src/adapters/sqlite/body-journal.ts";
import { createSqliteBodyStore } from "../../src/adapters/sqlite/sqlite-body-store.ts";
import { BodyRef, type BodyStore, type WholeBody } from "../../src/mailbox/body-store.ts";
import { createTieredBodyStore } from "../../src/mailbox/tiered-body-store.ts";
import { createFakeDisk } from "../support/fake-disk.ts";
import { openNodeSqlite } from "../support/node-sqlite.ts";
import { bodyStoreContract, pattern, writeBody } from "./body-store-contract.ts";

function make(largeFrom?: number): BodyStore {
  const disk = createDiskBodyStore(createFakeDisk(), createSqliteBodyJournal(openNodeSqlite()), { chunkSize: 16 });
  return createTieredBodyStore({ name: "memory", store: createMemoryBodyStore() }, { name: "disk", store: disk }, largeFrom);
}

bodyStoreContract(() => make(20));

test("the size decides where a body goes, its reference where it is read", async ({ expect }) => {
  const store = make(20);
  const refs = [await writeBody(store, pattern(20)), await writeBody(store, pattern(21))] as const;
  expect(refs.map((ref) => ref.split(":")[0])).toEqual(["memory", "disk"]);
  expect(store.read(refs[0], 0, 20)).toEqual(pattern(20));
  expect(await store.read(refs[1], 0, 21)).toEqual(pattern(21));
  await store.remove(refs[1]);
  await expect(store.read(refs[1], 0, 21)).rejects.toThrow();
});

test("without a bound of its own, a megabyte stays small", async ({ expect }) => {
  const store = make();
  expect(await writeBody(store, new Uint8Array(1024 * 1024))).toMatch(/^memory:/);
});

test("a body of a store that is not there is an error that names it", ({ expect }) => {
  expect(() => make().read(BodyRef.parse("r2:a/b"), 0, 1)).toThrow("r2:a/b");
});

test("bodies of the small store are read together, those of the large one by themselves", async ({ expect }) => {
  const small = createSqliteBodyStore(openNodeSqlite());
  const disk = createDiskBodyStore(createFakeDisk(), createSqliteBodyJournal(openNodeSqlite()), { chunkSize: 16 });
  const store = createTieredBodyStore({ name: "sqlite", store: small }, { name: "disk", store: disk }, 20);
  const bodies: WholeBody[] = [];
  for (const length of [20, 21, 5]) bodies.push({ body: await writeBody(store, pattern(length)), length });
  expect(store.readTogether?.(bodies)).toEqual([pattern(20), undefined, pattern(5)]);
  const whole = make(20);
  const body = await writeBody(whole, pattern(3));
  expect(whole.readTogether?.([{ body, length: 3 }])).toEqual([undefined]);
});
