import { describe } from "vitest";

import { createSqliteMailboxIndex } from "../../../src/adapters/sqlite/sqlite-mailbox-index.ts";
import { mailboxIndexContract, NOW } from "../../mailbox/mailbox-index-contract.ts";
import { openNodeSqlite } from "../../support/node-sqlite.ts";

describe("as it runs", () => {
  mailboxIndexContract(() => createSqliteMailboxIndex(openNodeSqlite(), { now: () => NOW }));
});

describe("with segments of four messages and nothing kept in memory", () => {
  mailboxIndexContract(() =>
    createSqliteMailboxIndex(openNodeSqlite(), { now: () => NOW, segmentRows: 4, segmentCache: 1, mailboxCache: 1 }),
  );
});
