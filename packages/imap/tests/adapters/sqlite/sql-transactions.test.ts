import { test } from "vitest";

import { SqlTransactions } from "../../../src/adapters/sqlite/sql-transactions.ts";
import { no } from "../../../src/protocol/status-error.ts";
import { openNodeSqlite, type CountingDatabase } from "../../support/node-sqlite.ts";

function setUp(): { db: CountingDatabase; transactions: SqlTransactions; log: string[]; put: (n: number) => void; values: () => number[] } {
  const db = openNodeSqlite();
  db.sql.exec("CREATE TABLE t (n INTEGER)");
  const log: string[] = [];
  const transactions = new SqlTransactions(db, {
    flush: () => log.push("flush"),
    rolledBack: () => log.push("rolled back"),
    committed: () => log.push("committed"),
  });
  return {
    db,
    transactions,
    log,
    put: (n) => void db.sql.exec("INSERT INTO t VALUES (?)", n),
    values: () => [...db.sql.exec("SELECT n FROM t").raw()].map(([n]) => Number(n)),
  };
}

test("joined operations share one transaction", ({ expect }) => {
  const { transactions, log, put, values } = setUp();
  transactions.run(() => {
    transactions.join(() => put(1));
    transactions.join(() => put(2));
  });
  transactions.join(() => put(3));
  expect(values()).toEqual([1, 2, 3]);
  expect(log).toEqual(["flush", "committed", "flush", "committed"]);
});

test("a refusal inside a transaction may be caught", ({ expect }) => {
  const { transactions, put, values } = setUp();
  transactions.run(() => {
    put(1);
    expect(() =>
      transactions.join(() => {
        throw no("refused");
      }),
    ).toThrow("refused");
  });
  expect(values()).toEqual([1]);
});

test("an operation that broke halfway spoils the transaction, even when its error is caught", ({ expect }) => {
  const { transactions, log, put, values } = setUp();
  const halfway = (): void => {
    transactions.join(() => {
      put(2);
      throw new Error("disk full");
    });
  };
  expect(() =>
    transactions.run(() => {
      put(1);
      expect(halfway).toThrow("disk full");
    }),
  ).toThrow(/halfway/);
  expect(values()).toEqual([]);
  expect(log).toEqual(["rolled back"]);
  transactions.run(() => put(4));
  expect(values()).toEqual([4]);
});

test("an inner transaction that breaks spoils only itself", ({ expect }) => {
  const { transactions, log, put, values } = setUp();
  transactions.run(() => {
    put(1);
    expect(() =>
      transactions.run(() => {
        transactions.join(() => {
          put(2);
          throw new Error("inner");
        });
      }),
    ).toThrow("inner");
    put(3);
  });
  expect(values()).toEqual([1, 3]);
  expect(log).toEqual(["flush", "rolled back", "flush", "committed"]);
});
