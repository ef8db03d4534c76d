import { test } from "vitest";

import { migrate, MIGRATIONS, SchemaError } from "../../../src/adapters/sqlite/migrations.ts";
import { createSqliteMailboxIndex } from "../../../src/adapters/sqlite/sqlite-mailbox-index.ts";
import { MessagePage } from "../../../src/mailbox/message-page.ts";
import { TextMatch } from "../../../src/mailbox/mailbox-index.ts";
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
