import { test } from "vitest";

import { createMemoryMailboxIndex } from "../../src/adapters/memory/memory-mailbox-index.ts";
import { createAccountMailboxes } from "../../src/mailbox/default-mailboxes.ts";

test("an account that has any mailbox is left alone", ({ expect }) => {
  const index = createMemoryMailboxIndex();
  index.create("Imported");
  createAccountMailboxes(index);
  expect(index.mailboxes().map((record) => record.name)).toEqual(["Imported"]);
  expect(index.subscriptions()).toEqual([]);
});

test("the special uses are all there", ({ expect }) => {
  const index = createMemoryMailboxIndex();
  createAccountMailboxes(index);
  const uses = index.mailboxes().map((record) => record.specialUse);
  expect(uses).toEqual([undefined, "\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash"]);
});
