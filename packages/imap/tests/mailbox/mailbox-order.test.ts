import { test } from "vitest";

import { compareMailboxNames } from "../../src/mailbox/mailbox-order.ts";

test("INBOX first, wherever it stands, then by code unit", ({ expect }) => {
  const names = ["b", "A", "INBOX", "a/b", "INBOX/x", "a", "\u00e4"];
  expect(names.toSorted(compareMailboxNames)).toEqual(["INBOX", "A", "INBOX/x", "a", "a/b", "b", "\u00e4"]);
  expect(compareMailboxNames("INBOX", "INBOX")).toBe(0);
});
