import { test } from "vitest";

import { VanishedReport } from "../../src/fetch/vanished.ts";
import { LIMITS } from "../../src/limits.ts";
import type { Mailbox } from "../../src/mailbox/mailbox-index.ts";
import { parseSequenceSet } from "../../src/protocol/sequence-set.ts";
import { View } from "../../src/session/view.ts";
import { addMessages, createAccount, createSession, openMailbox } from "../session/fixture.ts";
import { bytes, overriding } from "./fixture.ts";

/** A mailbox of `count` messages without those that `gone` names; its history begins `forgotten` or at the start. */
function mailboxWithout(count: number, gone: readonly number[], forgotten: boolean): Mailbox {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, count);
  if (gone.length > 0) mailbox.expunge(Uint32Array.from(gone.flatMap((uid) => [uid, uid])), false);
  const expungedSince = (since: number): Uint32Array | undefined =>
    since < mailbox.record.highestModSeq && forgotten ? undefined : mailbox.expungedSince(since);
  return overriding(mailbox, { expungedSince });
}

function report(mailbox: Mailbox, set: string, since: number): string[] {
  const account = createAccount();
  const client = createSession(account);
  const view = new View(mailbox, false);
  const vanished = new VanishedReport(client.session, view, parseSequenceSet(bytes(set)), since);
  for (let steps = 0; !vanished.step(); steps++) if (steps > 100) throw new Error("The report does not end");
  return client.take().split("\r\n").slice(0, -1);
}

test("the asked UIDs that were expunged since", ({ expect }) => {
  const mailbox = mailboxWithout(9, [2, 3, 8, 9], false);
  expect(report(mailbox, "1:*", 1)).toEqual(["* VANISHED (EARLIER) 2:3,8:9"]);
  expect(report(mailbox, "3:5,9", 1)).toEqual(["* VANISHED (EARLIER) 3,9"]);
  expect(report(mailbox, "1,4:7", 1)).toEqual([]);
  expect(report(mailbox, "1:*", 99)).toEqual([]);
});

test("`*` alone names no UID that is gone", ({ expect }) => {
  expect(report(mailboxWithout(3, [3], false), "*", 1)).toEqual([]);
});

test("without history, every asked UID that no message has", ({ expect }) => {
  const mailbox = mailboxWithout(9, [2, 3, 8, 9], true);
  expect(report(mailbox, "1:*", 1)).toEqual(["* VANISHED (EARLIER) 2:3,8:9"]);
  expect(report(mailbox, "3:4,7:4294967295", 1)).toEqual(["* VANISHED (EARLIER) 3,8:9"]);
});

test("one response names a bounded number of ranges", ({ expect }) => {
  const count = 2 * LIMITS.vanishedRanges + 10;
  const odd = Array.from({ length: count / 2 }, (_, at) => 2 * at + 1);
  const lines = report(mailboxWithout(count, odd, false), "1:*", 1);
  expect(lines).toHaveLength(2);
  expect(lines.flatMap((line) => line.replace("* VANISHED (EARLIER) ", "").split(",")).map(Number)).toEqual(odd);
});
