import { uuidv7 } from "uuidv7";

import type { AccountRecord, AccountSummary } from "../../auth/account-directory.ts";
import { PasswordRecord } from "../../auth/password.ts";
import { AccountId } from "../../mailbox/records.ts";
import { LIMITS } from "../../limits.ts";
import { firstRowOf, numberOf, rowsOf, textOf, type SqlDatabase, type SqlValue } from "../sqlite/sql-database.ts";

/** The accounts in the directory object's SQLite. */
export class DirectoryRows {
  readonly #db: SqlDatabase;
  readonly #now: () => number;

  constructor(db: SqlDatabase, now: () => number) {
    this.#db = db;
    this.#now = now;
    db.sql.exec(
      `CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, password TEXT NOT NULL) WITHOUT ROWID`,
    );
  }

  find(name: string): AccountRecord | undefined {
    const row = firstRowOf(this.#db.sql.exec(`SELECT id, name, created_at, password FROM account WHERE name = ?`, name));
    if (row === undefined) return undefined;
    return { ...summaryOf(row), password: PasswordRecord.parse(JSON.parse(textOf(row[3]))) };
  }

  list(): AccountSummary[] {
    return rowsOf(this.#db.sql.exec(`SELECT id, name, created_at FROM account ORDER BY name LIMIT ?`, LIMITS.adminAccounts)).map(summaryOf);
  }

  create(name: string, password: PasswordRecord): AccountSummary | undefined {
    if (firstRowOf(this.#db.sql.exec(`SELECT 1 FROM account WHERE name = ?`, name)) !== undefined) return undefined;
    const id = AccountId.parse(uuidv7());
    const createdAt = this.#now();
    this.#db.sql.exec(
      `INSERT INTO account (name, id, created_at, password) VALUES (?, ?, ?, ?)`,
      name,
      id,
      createdAt,
      JSON.stringify(password),
    );
    return { id, name, createdAt };
  }

  setPassword(name: string, password: PasswordRecord): boolean {
    return this.#db.sql.exec(`UPDATE account SET password = ? WHERE name = ?`, JSON.stringify(password), name).rowsWritten > 0;
  }

  remove(name: string): boolean {
    return this.#db.sql.exec(`DELETE FROM account WHERE name = ?`, name).rowsWritten > 0;
  }
}

function summaryOf(row: SqlValue[]): AccountSummary {
  return { id: AccountId.parse(row[0]), name: textOf(row[1]), createdAt: numberOf(row[2]) };
}
