import { uuidv7 } from "uuidv7";
import { test } from "vitest";

import { migrate, MIGRATIONS, SchemaError } from "../../../src/adapters/sqlite/migrations.ts";
import { createSqliteMailboxIndex } from "../../../src/adapters/sqlite/sqlite-mailbox-index.ts";
import { MessagePage } from "../../../src/mailbox/message-page.ts";
import { TextMatch, type MailboxIndex } from "../../../src/mailbox/mailbox-index.ts";
import { MailboxId } from "../../../src/mailbox/records.ts";
import { GramMatch } from "../../../src/mailbox/text-signature.ts";
import { ALL_UIDS } from "../../../src/mailbox/uid-ranges.ts";
import { Flag } from "../../../src/protocol/flags.ts";
import { openByName } from "../../mailbox/mailbox-index-contract.ts";
import { sampleContent, sampleMessage } from "../../support/content.ts";
import { costOf, openNodeSqlite, type CountingDatabase } from "../../support/node-sqlite.ts";

/** A database of an earlier version of the schema. */
function openVersion(version: number): CountingDatabase {
  const db = openNodeSqlite();
  migrate(db, MIGRATIONS.slice(0, version));
  return db;
}

test("a database that is up to date costs one row", ({ expect }) => {
  const db = openNodeSqlite();
  migrate(db);
  expect(costOf(db, () => migrate(db))).toEqual({ read: 1, written: 0 });
});

test("an older database gets the missing steps only", ({ expect }) => {
  const db = openNodeSqlite();
  const first = ["CREATE TABLE a (x INTEGER)"];
  migrate(db, [first]);
  db.sql.exec("INSERT INTO a VALUES (1)");
  migrate(db, [first, ["ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 5"], ["UPDATE a SET x = x + 1"]]);
  migrate(db, [first, ["ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 5"], ["UPDATE a SET x = x + 1"]]);
  expect([...db.sql.exec("SELECT x, y FROM a").raw()]).toEqual([[2, 5]]);
});

test("a step that fails leaves the database as it was", ({ expect }) => {
  const db = openNodeSqlite();
  migrate(db, [["CREATE TABLE a (x INTEGER)"]]);
  expect(() => migrate(db, [[], ["CREATE TABLE b (x INTEGER)"], ["CREATE TABLE nonsense"]])).toThrow();
  expect(() => db.sql.exec("SELECT * FROM b")).toThrow(/b/);
  expect([...db.sql.exec("SELECT version FROM schema_version").raw()]).toEqual([[1]]);
});

test("a newer database is refused in one clear line", ({ expect }) => {
  const db = openNodeSqlite();
  migrate(db);
  db.sql.exec("UPDATE schema_version SET version = 99");
  expect(() => createSqliteMailboxIndex(db)).toThrow(SchemaError);
  expect(() => createSqliteMailboxIndex(db)).toThrow(
    /^The mailbox database has schema version 99, but this server knows only up to \d+: run a newer server$/,
  );
});

test("mail from before Subjects were kept is not known to the index, what comes later is", ({ expect }) => {
  const db = openVersion(1);
  db.sql.exec(`INSERT INTO content VALUES (1, 'e', 't', 10, 10, NULL, NULL, x'', x'', x'', CAST('Subject: old' AS BLOB))`);
  const index = createSqliteMailboxIndex(db);
  index.create("INBOX");
  const inbox = openByName(index, "INBOX");
  inbox.append([sampleMessage(1), sampleMessage(index.addContent(sampleContent("new")))]);
  const page = new MessagePage(10);
  for (const opened of [index, createSqliteMailboxIndex(db)]) {
    openByName(opened, "INBOX").read(1, 0xffff_ffff, page);
    expect([...opened.matchSubjects(page, 0, 2, "new")]).toEqual([TextMatch.unknown, TextMatch.yes]);
    expect([...opened.matchSubjects(page, 0, 2, "old")]).toEqual([TextMatch.unknown, TextMatch.no]);
  }
});

test("mail from before signatures has none until a search makes it, what comes later has", ({ expect }) => {
  const db = openVersion(3);
  for (const key of [1, 2]) {
    db.sql.exec(`INSERT INTO content VALUES (?, 'e', 't', 10, 10, NULL, NULL, x'', x'', x'', CAST('Subject: old' AS BLOB))`, key);
    db.sql.exec(`INSERT INTO subject VALUES (?, 'old')`, key);
  }
  const index = createSqliteMailboxIndex(db);
  index.create("INBOX");
  const inbox = openByName(index, "INBOX");
  const empty = { body: new Uint8Array(8), header: new Uint8Array(8) };
  inbox.append([sampleMessage(1), sampleMessage(2), sampleMessage(index.addContent(sampleContent("new", { signature: empty })))]);
  const page = new MessagePage(10);
  inbox.read(1, 0xffff_ffff, page);
  const ask = (opened: MailboxIndex, from: number): number[] => [...opened.matchSignatures(page, from, 3, { of: "text", grams: [5] })];
  const { no, unsigned } = GramMatch;
  for (const opened of [index, createSqliteMailboxIndex(db)]) {
    expect(ask(opened, 0)).toEqual([unsigned, unsigned, no]);
    expect(ask(opened, 2)).toEqual([no]);
  }
  index.sign(2, empty);
  for (const opened of [index, createSqliteMailboxIndex(db)]) expect(ask(opened, 0)).toEqual([unsigned, no, no]);
});

test("segments of one column keep every value of every message", ({ expect }) => {
  for (const count of [1, 2, 3, 4, 5, 256]) {
    const db = openVersion(2);
    const index = openFromVersion2(db, count);
    const inbox = openByName(index, "INBOX");
    const page = new MessagePage(256);
    expect(inbox.read(1, 0xffff_ffff, page)).toBe(count);
    for (let at = 0; at < count; at++) {
      expect([page.uid[at], page.flags[at], page.keywordsLow[at], page.keywordsHigh[at], page.modSeq[at]]).toEqual([
        at + 1,
        at % 32,
        0x8000_0000 + at,
        0xffff_ffff - at,
        2 ** 40 + at * 2 ** 30,
      ]);
      expect([page.internalDate[at], page.zoneMinutes[at], page.saveDate[at], page.size[at], page.content[at]]).toEqual([
        1_700_000_000 + at,
        0 - at,
        1_750_000_000 + at,
        1000 + at,
        at + 1,
      ]);
    }
    // And they can be written and read again.
    inbox.store(ALL_UIDS, { mode: "replace", system: Flag.seen, keywords: [] });
    openByName(createSqliteMailboxIndex(db), "INBOX").read(1, 0xffff_ffff, page);
    expect([...page.flags.subarray(0, count)]).toEqual(Array.from({ length: count }, () => Flag.seen));
    expect(page.size[count - 1]).toBe(1000 + count - 1);
  }
});

/** An index on a database whose INBOX was written by version 2, as one segment. */
function openFromVersion2(db: CountingDatabase, count: number): MailboxIndex {
  const records = new ArrayBuffer(48 * count);
  const rows = Array.from({ length: count }, (_, at) => at);
  new Float64Array(records, 0, count).set(rows.map((at) => 2 ** 40 + at * 2 ** 30));
  new Float64Array(records, 8 * count, count).set(rows.map((at) => 1_700_000_000 + at));
  new Float64Array(records, 16 * count, count).set(rows.map((at) => at + 1));
  new Uint32Array(records, 24 * count, count).set(rows.map((at) => at + 1));
  new Uint32Array(records, 28 * count, count).set(rows.map((at) => 0x8000_0000 + at));
  new Uint32Array(records, 32 * count, count).set(rows.map((at) => 0xffff_ffff - at));
  new Uint32Array(records, 36 * count, count).set(rows.map((at) => 1000 + at));
  new Uint32Array(records, 40 * count, count).set(rows.map((at) => 1_750_000_000 + at));
  new Uint16Array(records, 44 * count, count).set(rows.map((at) => at % 32));
  new Int16Array(records, 46 * count, count).set(rows.map((at) => -at));
  const highest = 2 ** 40 + count * 2 ** 30;
  db.sql.exec(
    `INSERT INTO mailbox VALUES (1, ?, 'INBOX', NULL, 1, ?, ?, ?, 0, 0, 0, 1, 0, 0)`,
    MailboxId.parse(uuidv7()),
    count + 1,
    highest,
    count,
  );
  db.sql.exec(`INSERT INTO segment VALUES (?, ?, ?, 0, 0, ?, ?)`, 2 ** 32 + 1, count, count, highest, new Uint8Array(records));
  return createSqliteMailboxIndex(db);
}
