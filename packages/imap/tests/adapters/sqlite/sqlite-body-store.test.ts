import { test } from "vitest";

import { createSqliteBodyStore } from "../../../src/adapters/sqlite/sqlite-body-store.ts";
import { createSqliteMailboxIndex } from "../../../src/adapters/sqlite/sqlite-mailbox-index.ts";
import { LIMITS } from "../../../src/limits.ts";
import { BodyRef } from "../../../src/mailbox/body-store.ts";
import { ALL_UIDS } from "../../../src/mailbox/uid-ranges.ts";
import { bodyStoreContract, pattern, writeBody } from "../../mailbox/body-store-contract.ts";
import { sampleContent, sampleMessage } from "../../support/content.ts";
import { costOf, openNodeSqlite, type CountingDatabase } from "../../support/node-sqlite.ts";

bodyStoreContract(() => createSqliteBodyStore(openNodeSqlite(), { chunkSize: 16 }));

function chunksIn(db: CountingDatabase): number {
  return [...db.sql.exec("SELECT key FROM body_chunk").raw()].length;
}

test("everything happens at once, a chunk is one row beside the one of the journal, and a read inside it reads one", ({ expect }) => {
  const db = openNodeSqlite();
  const store = createSqliteBodyStore(db);
  const bytes = pattern(2 * LIMITS.bodyChunk + 5);
  const writer = store.begin(bytes.length);
  expect(costOf(db, () => expect(writer.write(bytes)).toBeUndefined()).written).toBe(3 + 1);
  const ref = writer.commit();
  if (ref instanceof Promise) throw new Error("SQLite never waits");
  expect(ref).toBe("sqlite:1");
  expect(
    costOf(db, () => expect(store.read(ref, LIMITS.bodyChunk - 3, 3)).toEqual(bytes.slice(LIMITS.bodyChunk - 3, LIMITS.bodyChunk))),
  ).toEqual({ read: 1, written: 0 });
  expect(costOf(db, () => expect(store.read(ref, LIMITS.bodyChunk - 3, 6)).toHaveLength(6))).toEqual({ read: 2, written: 0 });
});

test("a start removes what no message names, finished or not, and nothing else", async ({ expect }) => {
  const db = openNodeSqlite();
  const index = createSqliteMailboxIndex(db);
  const options = { chunkSize: 16 };
  const store = createSqliteBodyStore(db, options);
  const named: BodyRef[] = [];
  for (let n = 0; n < 5; n++) {
    const body = await writeBody(store, pattern(40, n));
    index.addContent(sampleContent(`${n}`, { body }));
    index.addContent(sampleContent("without body"));
    named.push(body);
    await writeBody(store, pattern(20));
    const unfinished = store.begin(40);
    await unfinished.write(pattern(20));
  }
  expect(chunksIn(db)).toBe(5 * (3 + 2 + 1));
  const restarted = createSqliteBodyStore(db, options);
  expect(chunksIn(db)).toBe(5 * 3);
  for (const [n, body] of named.entries()) expect(await restarted.read(body, 0, 40)).toEqual(pattern(40, n));
  const next = await writeBody(restarted, pattern(3));
  expect(named).not.toContain(next);
});

test("a body is kept when the contents that were the newest at its time went before its own came", async ({ expect }) => {
  const db = openNodeSqlite();
  createSqliteMailboxIndex(db).addContent(sampleContent("only"));
  const index = createSqliteMailboxIndex(db);
  const store = createSqliteBodyStore(db);
  const body = await writeBody(store, pattern(3));
  expect(index.collectUnreferenced(10, () => false).more).toBe(false);
  index.addContent(sampleContent("late", { body }));
  expect(await createSqliteBodyStore(db).read(body, 0, 3)).toEqual(pattern(3));
});

test("a long body that a crash left unfinished goes, however many were stored behind it", async ({ expect }) => {
  const db = openNodeSqlite();
  const index = createSqliteMailboxIndex(db);
  const options = { chunkSize: 16 };
  const store = createSqliteBodyStore(db, options);
  const long = await writeBody(store, pattern(40));
  index.addContent(sampleContent("long", { body: long }));
  await store.begin(40).write(pattern(20));
  const given = store.begin(40);
  await given.write(pattern(20));
  await given.abort();
  for (let n = 0; n < LIMITS.bodiesCheckedAtStart; n++)
    index.addContent(sampleContent(`${n}`, { body: await writeBody(store, pattern(3)) }));
  const restarted = createSqliteBodyStore(db, options);
  expect(chunksIn(db)).toBe(3 + LIMITS.bodiesCheckedAtStart);
  expect(await restarted.read(long, 0, 40)).toEqual(pattern(40));
  expect([...db.sql.exec("SELECT body FROM pending_body").raw()]).toEqual([]);
});

test("a start looks at a bounded number of bodies, and at one content for each", async ({ expect }) => {
  const db = openNodeSqlite();
  const index = createSqliteMailboxIndex(db);
  const store = createSqliteBodyStore(db);
  for (let n = 0; n < LIMITS.bodiesCheckedAtStart + 20; n++)
    index.addContent(sampleContent(`${n}`, { body: await writeBody(store, pattern(3)) }));
  expect(costOf(db, () => createSqliteBodyStore(db))).toEqual({ read: 2 + 2 * LIMITS.bodiesCheckedAtStart, written: 0 });
});

test("a collected content takes its body along in the same transaction", async ({ expect }) => {
  const db = openNodeSqlite();
  const index = createSqliteMailboxIndex(db);
  const store = createSqliteBodyStore(db, { chunkSize: 16 });
  const inbox = index.open(index.create("INBOX").id);
  const body = await writeBody(store, pattern(40));
  const other = await writeBody(store, pattern(40));
  inbox?.append([sampleMessage(index.addContent(sampleContent("a", { body })))]);
  index.addContent(sampleContent("b", { body: BodyRef.parse(other) }));
  inbox?.expunge(ALL_UIDS, false);
  expect(index.collectUnreferenced(1, () => false)).toEqual({ bodies: [], more: true });
  expect(chunksIn(db)).toBe(3);
  expect(store.read(other, 0, 40)).toEqual(pattern(40));
});

test("a reference of another store, or a broken one, is refused", ({ expect }) => {
  const store = createSqliteBodyStore(openNodeSqlite());
  expect(() => store.read(BodyRef.parse("disk:1"), 0, 1)).toThrow(/disk:1/);
  expect(() => store.remove(BodyRef.parse("sqlite:abc"))).toThrow(/sqlite:abc/);
});

test("bodies of one chunk are read together in one statement, whatever their order", async ({ expect }) => {
  const db = openNodeSqlite();
  const store = createSqliteBodyStore(db, { chunkSize: 16 });
  const refs: BodyRef[] = [];
  for (const length of [16, 40, 3, 7, 0]) refs.push(await writeBody(store, pattern(length, length)));
  const [first, long, short, other, empty] = refs;
  if (!first || !long || !short || !other || !empty) throw new Error("Bodies are missing");
  await store.remove(other);
  const wanted = [
    { body: short, length: 3 },
    { body: long, length: 40 },
    { body: other, length: 7 },
    { body: short, length: 3 },
    { body: first, length: 15 },
    { body: empty, length: 0 },
    { body: first, length: 16 },
  ];
  db.statements.length = 0;
  expect(store.readTogether?.(wanted)).toEqual([
    pattern(3, 3),
    // Several chunks, gone, and of another length: `read` says what is wrong.
    undefined,
    undefined,
    pattern(3, 3),
    undefined,
    new Uint8Array(0),
    pattern(16, 16),
  ]);
  expect(db.statements).toHaveLength(1);
});
