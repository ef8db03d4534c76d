import type { FailureCounts } from "../../auth/login-directory.ts";
import { LIMITS, type Limits } from "../../limits.ts";
import { firstRowOf, numberOf, type SqlDatabase } from "../sqlite/sql-database.ts";

/**
 * The counts of failed logins in the directory object's SQLite, so that they outlive connections, isolates and the object's sleep.
 *
 * A row counts for an account (its address is empty), for an address (its name is empty), or for both. Each failure writes
 * its rows anew at the end of the table: it is in the order of the last failures, and the oldest are the first.
 */
export class LoginFailureRows {
  readonly #db: SqlDatabase;
  readonly #limits: Pick<Limits, "failedLoginMemory">;
  readonly #now: () => number;

  constructor(db: SqlDatabase, limits: Pick<Limits, "failedLoginMemory">, now: () => number) {
    this.#db = db;
    this.#limits = limits;
    this.#now = now;
    db.sql.exec(
      `CREATE TABLE IF NOT EXISTS login_failure (
        seq INTEGER PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL, failures INTEGER NOT NULL, last INTEGER NOT NULL,
        UNIQUE (name, address))`,
    );
  }

  read(name: string, address: string): FailureCounts {
    const account = this.#count(name, "");
    if (address === "") return { account, address: 0, both: 0 };
    return { account, address: this.#count("", address), both: this.#count(name, address) };
  }

  /** Counts one more, and returns the counts with it. */
  add(name: string, address: string): FailureCounts {
    return this.#db.transactionSync(() => {
      this.#raise(name, "");
      if (address !== "") {
        this.#raise("", address);
        this.#raise(name, address);
      }
      const { sql } = this.#db;
      // Whatever stands before the first that is remembered: only what is removed is read.
      sql.exec(
        `DELETE FROM login_failure WHERE seq < (SELECT seq FROM login_failure WHERE last > ? ORDER BY seq LIMIT 1)`,
        this.#forgottenBefore(),
      );
      sql.exec(`DELETE FROM login_failure WHERE seq <= (SELECT max(seq) FROM login_failure) - ?`, LIMITS.failedLoginCounts);
      return this.read(name, address);
    });
  }

  /** Takes back the failures of this account from this address: from the counts of both, too. */
  forgive(name: string, address: string): void {
    this.#db.transactionSync(() => {
      const { both } = this.read(name, address);
      const { sql } = this.#db;
      for (const [ofName, ofAddress] of [
        [name, ""],
        ["", address],
        [name, address],
      ] as const) {
        sql.exec(`UPDATE login_failure SET failures = failures - ? WHERE name = ? AND address = ?`, both, ofName, ofAddress);
        sql.exec(`DELETE FROM login_failure WHERE name = ? AND address = ? AND failures <= 0`, ofName, ofAddress);
      }
    });
  }

  #count(name: string, address: string): number {
    const row = firstRowOf(
      this.#db.sql.exec(
        `SELECT failures FROM login_failure WHERE name = ? AND address = ? AND last > ?`,
        name,
        address,
        this.#forgottenBefore(),
      ),
    );
    return row === undefined ? 0 : numberOf(row[0]);
  }

  #raise(name: string, address: string): void {
    this.#db.sql.exec(
      `INSERT OR REPLACE INTO login_failure (name, address, failures, last) VALUES (?, ?, ?, ?)`,
      name,
      address,
      this.#count(name, address) + 1,
      this.#now(),
    );
  }

  #forgottenBefore(): number {
    return this.#now() - this.#limits.failedLoginMemory;
  }
}
