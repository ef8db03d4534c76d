import { test } from "vitest";

import { createDiskBodyStore, type DiskBodyStore } from "../../../src/adapters/disk/disk-body-store.ts";
import { createSqliteBodyJournal } from "../../../src/adapters/sqlite/body-journal.ts";
import { createSqliteMailboxIndex } from "../../../src/adapters/sqlite/sqlite-mailbox-index.ts";
import type { BodyJournal } from "../../../src/mailbox/body-journal.ts";
import { bodyStoreContract, pattern, writeBody } from "../../mailbox/body-store-contract.ts";
import { sampleContent } from "../../support/content.ts";
import { createFakeDisk, type FakeDisk } from "../../support/fake-disk.ts";
import { openNodeSqlite } from "../../support/node-sqlite.ts";

function open(disk: FakeDisk, journal: BodyJournal): DiskBodyStore {
  return createDiskBodyStore(disk, journal, { chunkSize: 16 });
}

bodyStoreContract(() => open(createFakeDisk(), createSqliteBodyJournal(openNodeSqlite())));

test("one file a chunk, in a folder of its own", async ({ expect }) => {
  const disk = createFakeDisk();
  const ref = await writeBody(open(disk, createSqliteBodyJournal(openNodeSqlite())), pattern(40), 7);
  const folder = `/${ref.slice(-2)}/${ref.slice("disk:".length)}`;
  expect([...disk.files].map(([name, bytes]) => [name, bytes.length])).toEqual([
    [`${folder}/0`, 16],
    [`${folder}/1`, 16],
    [`${folder}/2`, 8],
  ]);
});

test("a start removes what a crash left, and keeps what a message names", async ({ expect }) => {
  const db = openNodeSqlite();
  const index = createSqliteMailboxIndex(db);
  const journal = createSqliteBodyJournal(db);
  const disk = createFakeDisk();
  const store = open(disk, journal);
  const named = await writeBody(store, pattern(40));
  index.addContent(sampleContent("named", { body: named }));
  await writeBody(store, pattern(40));
  await store.begin(40).write(pattern(20));
  await expect(store.begin(40).abort()).resolves.toBeUndefined();

  const restarted = open(disk, journal);
  const current = restarted.begin(20);
  await current.write(pattern(20));
  expect(await restarted.removeAbandoned()).toBe(2);
  expect(await restarted.removeAbandoned()).toBe(0);
  expect(disk.files.size).toBe(3 + 1);
  expect(await restarted.read(named, 0, 40)).toEqual(pattern(40));
  expect(await restarted.read(await current.commit(), 0, 20)).toEqual(pattern(20));
});

test("a collected body that could not be removed is removed by the next start", async ({ expect }) => {
  const db = openNodeSqlite();
  const index = createSqliteMailboxIndex(db);
  const journal = createSqliteBodyJournal(db);
  const disk = createFakeDisk();
  const store = open(disk, journal);
  const body = await writeBody(store, pattern(40));
  index.addContent(sampleContent("unwanted", { body }));
  expect(journal.pending("disk")).toEqual([]);
  expect(index.collectUnreferenced(10, () => false).bodies).toEqual([body]);
  disk.failures.push("DELETE");
  await expect(store.remove(body)).rejects.toThrow("500");
  expect(await open(disk, journal).removeAbandoned()).toBe(1);
  expect(disk.files.size).toBe(0);
  expect(journal.pending("disk")).toEqual([]);
});

test("a failed write is an exception, the body cannot be committed, and an abort cleans up", async ({ expect }) => {
  const disk = createFakeDisk();
  const journal = createSqliteBodyJournal(openNodeSqlite());
  const writer = open(disk, journal).begin(48);
  await writer.write(pattern(16));
  disk.failures.push("PUT");
  await expect(writer.write(pattern(16))).rejects.toThrow("500");
  expect(() => writer.write(pattern(16))).toThrow(/failed/);
  await expect(writer.commit()).rejects.toThrow(/failed/);
  await writer.abort();
  expect(disk.files.size).toBe(0);
  expect(journal.pending("disk")).toEqual([]);
});

test("an abort while a chunk is on its way leaves no file", async ({ expect }) => {
  const disk = createFakeDisk();
  const writer = open(disk, createSqliteBodyJournal(openNodeSqlite())).begin(48);
  const gate = Promise.withResolvers<void>();
  disk.gate = gate.promise;
  const writing = writer.write(pattern(48));
  expect(() => writer.write(pattern(1))).toThrow(/still/);
  const aborting = writer.abort();
  gate.resolve();
  await expect(writing).rejects.toThrow(/given up/);
  await aborting;
  expect(disk.files.size).toBe(0);
});

test("an abort while the last chunk is on its way leaves no body that could be named", async ({ expect }) => {
  const disk = createFakeDisk();
  const journal = createSqliteBodyJournal(openNodeSqlite());
  const writer = open(disk, journal).begin(20);
  await writer.write(pattern(20));
  const gate = Promise.withResolvers<void>();
  disk.gate = gate.promise;
  const committing = writer.commit();
  const aborting = writer.abort();
  gate.resolve();
  await expect(committing).rejects.toThrow(/ended/);
  await aborting;
  expect(disk.files.size).toBe(0);
  expect(journal.pending("disk")).toEqual([]);
});

test("an abandoned body that cannot be removed does not keep the others", async ({ expect }) => {
  const disk = createFakeDisk();
  const journal = createSqliteBodyJournal(openNodeSqlite());
  const store = open(disk, journal);
  for (let n = 0; n < 3; n++) await writeBody(store, pattern(5));
  disk.failures.push("DELETE");
  const restarted = open(disk, journal);
  await expect(restarted.removeAbandoned()).rejects.toThrow(/500/);
  expect(disk.files.size).toBe(1);
  expect(journal.pending("disk")).toHaveLength(1);
  expect(await open(disk, journal).removeAbandoned()).toBe(1);
});

test("a file that lost its end is an error, not a shorter message", async ({ expect }) => {
  const disk = createFakeDisk();
  const store = open(disk, createSqliteBodyJournal(openNodeSqlite()));
  const ref = await writeBody(store, pattern(40));
  const [, middle = ""] = disk.files.keys();
  disk.files.set(middle, pattern(10));
  await expect(store.read(ref, 0, 40)).rejects.toThrow(/ends before octet 16/);
  disk.files.delete(middle);
  await expect(store.read(ref, 0, 40)).rejects.toThrow("404");
});
