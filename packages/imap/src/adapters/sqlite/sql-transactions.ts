import { StatusError } from "../../protocol/status-error.ts";
import type { SqlDatabase } from "./sql-database.ts";

/** What the owner of in-memory state does around transactions. */
export interface TransactionHooks {
  /** Writes what is still only in memory: before a commit, and before an inner transaction that may roll back. */
  flush(): void;
  /** The database went back: nothing in memory may be believed any more. */
  rolledBack(): void;
  /** The outermost transaction is kept. */
  committed(): void;
}

/** Transactions of one database that keep its in-memory image honest. */
export class SqlTransactions {
  readonly #db: SqlDatabase;
  readonly #hooks: TransactionHooks;
  #depth = 0;
  /** An error that left a joined operation half done. */
  #broken: { readonly cause: unknown } | undefined;

  constructor(db: SqlDatabase, hooks: TransactionHooks) {
    this.#db = db;
    this.#hooks = hooks;
  }

  get active(): boolean {
    return this.#depth > 0;
  }

  /** Runs `work` as a transaction of its own: a savepoint when one is active. */
  run<T>(work: () => T): T {
    if (this.#depth > 0) this.#hooks.flush();
    const brokenBefore = this.#broken;
    this.#depth++;
    let result: T;
    try {
      result = this.#db.transactionSync(() => {
        const value = work();
        // Somebody caught the error of a half-done operation and went on: keeping that half would be worse than failing.
        if (this.#broken !== undefined)
          throw new Error("The transaction cannot be kept: one of its operations failed halfway", this.#broken);
        this.#hooks.flush();
        return value;
      });
    } catch (error) {
      this.#broken = brokenBefore;
      this.#hooks.rolledBack();
      throw error;
    } finally {
      this.#depth--;
    }
    if (this.#depth === 0) this.#hooks.committed();
    return result;
  }

  /**
   * Runs one operation inside the active transaction, or as its own. Cheaper than a savepoint, and as safe, because an
   * operation throws StatusError only before it has changed anything; any other error makes the whole transaction fail.
   */
  join<T>(operation: () => T): T {
    if (this.#depth === 0) return this.run(operation);
    try {
      return operation();
    } catch (error) {
      if (!(error instanceof StatusError)) this.#broken ??= { cause: error };
      throw error;
    }
  }
}
