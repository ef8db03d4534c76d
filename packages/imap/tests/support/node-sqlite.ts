import { DatabaseSync, type StatementSync } from "node:sqlite";

import type { SqlBinding, SqlCursor, SqlDatabase, SqlValue } from "../../src/adapters/sqlite/sql-database.ts";

/** A database that counts as a Durable Object's does, as far as Node can tell: rows handed out, and rows changed without their indexes. */
export interface CountingDatabase extends SqlDatabase {
  rowsRead: number;
  rowsWritten: number;
  /** Statements that were run, their text without the values. */
  statements: string[];
  close(): void;
}

/** A Durable Object's SQL storage over Node's own SQLite: numbers bound as numbers, BLOBs as ArrayBuffers, transactions as savepoints, and no transaction statements. */
export function openNodeSqlite(path = ":memory:"): CountingDatabase {
  const database = new DatabaseSync(path);
  const prepared = new Map<string, StatementSync>();
  let depth = 0;

  function statementFor(query: string): StatementSync {
    const known = prepared.get(query);
    if (known !== undefined) return known;
    if (/^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA)\b/i.test(query))
      throw new Error(`A Durable Object refuses this statement: ${query}`);
    const statement = database.prepare(query);
    statement.setReturnArrays(true);
    prepared.set(query, statement);
    return statement;
  }

  const storage: CountingDatabase = {
    rowsRead: 0,
    rowsWritten: 0,
    statements: [],
    sql: {
      exec(query: string, ...bindings: SqlBinding[]): SqlCursor {
        if (bindings.length > 100) throw new Error("A Durable Object binds at most 100 values");
        const statement = statementFor(query);
        storage.statements.push(query);
        const before = changes(database);
        const found: unknown[] = statement.all(...bindings.map(bindable));
        const rowsWritten = changes(database) - before;
        const rows = found.map(readRow);
        storage.rowsRead += rows.length;
        storage.rowsWritten += rowsWritten;
        return { raw: () => rows.values(), rowsRead: rows.length, rowsWritten };
      },
    },
    transactionSync<T>(work: () => T): T {
      const name = `s${depth++}`;
      database.exec(`SAVEPOINT ${name}`);
      try {
        const result = work();
        database.exec(`RELEASE ${name}`);
        return result;
      } catch (error) {
        database.exec(`ROLLBACK TO ${name}`);
        database.exec(`RELEASE ${name}`);
        throw error;
      } finally {
        depth--;
      }
    },
    close: () => database.close(),
  };
  return storage;
}

function changes(database: DatabaseSync): number {
  return Number(database.prepare("SELECT total_changes() AS n").get()?.["n"] ?? 0);
}

/** What `work` cost: rows read and written. */
export function costOf(database: CountingDatabase, work: () => void): { readonly read: number; readonly written: number } {
  const before = { read: database.rowsRead, written: database.rowsWritten };
  work();
  return { read: database.rowsRead - before.read, written: database.rowsWritten - before.written };
}

function bindable(value: SqlBinding): string | number | null | NodeJS.ArrayBufferView {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value;
}

function readRow(row: unknown): SqlValue[] {
  if (!Array.isArray(row)) throw new TypeError("Expected a row as an array");
  return row.map(readValue);
}

function readValue(value: unknown): SqlValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (value instanceof Uint8Array) return value.slice().buffer;
  throw new TypeError(`Unexpected value in a row: ${typeof value}`);
}
