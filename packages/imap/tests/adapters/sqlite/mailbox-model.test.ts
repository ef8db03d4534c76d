import * as fc from "fast-check";
import { test } from "vitest";

import { createMemoryMailboxIndex } from "../../../src/adapters/memory/memory-mailbox-index.ts";
import { createSqliteMailboxIndex, type SqliteMailboxIndexOptions } from "../../../src/adapters/sqlite/sqlite-mailbox-index.ts";
import { NOW } from "../../mailbox/mailbox-index-contract.ts";
import { openNodeSqlite } from "../../support/node-sqlite.ts";
import { operations, Subject, type Operation } from "./mailbox-model.ts";

const now = (): number => NOW;

/** Does the same to the naive index and to the tested one; the first difference, or undefined. */
function firstDifference(list: readonly Operation[], options: SqliteMailboxIndexOptions): string | undefined {
  const db = openNodeSqlite();
  const naive = new Subject(createMemoryMailboxIndex({ now }), (index) => index);
  const tested = new Subject(createSqliteMailboxIndex(db, { ...options, now }), () => createSqliteMailboxIndex(db, { ...options, now }));
  for (const [step, operation] of list.entries()) {
    const answers = [naive.apply(operation), tested.apply(operation)].map((answer) => JSON.stringify(answer));
    if (answers[0] !== answers[1]) return `Step ${step}: ${operation.kind} should answer ${answers[0]}, answers ${answers[1]}`;
    const states = [naive.observe(), tested.observe()].map((state) => JSON.stringify(state));
    if (states[0] !== states[1]) return `Step ${step}: after ${operation.kind} the state should be\n${states[0]}\nand is\n${states[1]}`;
  }
  db.close();
  return undefined;
}

test("any operations: SQLite answers as plain arrays do, with tiny segments", ({ expect }) => {
  fc.assert(
    fc.property(operations, (list) => {
      expect(firstDifference(list, { segmentRows: 4 })).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test("any operations: SQLite answers as plain arrays do, with hardly any memory", ({ expect }) => {
  const options = { segmentRows: 5, segmentCache: 3000, mailboxCache: 20 };
  fc.assert(
    fc.property(operations, (list) => {
      expect(firstDifference(list, options)).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});
