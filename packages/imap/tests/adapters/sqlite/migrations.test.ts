import { test } from "vitest";

import { migrate, SchemaError } from "../../../src/adapters/sqlite/migrations.ts";
import { createSqliteMailboxIndex } from "../../../src/adapters/sqlite/sqlite-mailbox-index.ts";
import { costOf, openNodeSqlite } from "../../support/node-sqlite.ts";

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
