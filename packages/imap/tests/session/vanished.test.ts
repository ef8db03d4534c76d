import * as fc from "fast-check";
import { test } from "vitest";

import type { Mailbox } from "../../src/mailbox/mailbox-index.ts";
import { formatRanges, rangesOf, uidsOf } from "../../src/mailbox/uid-ranges.ts";
import { missingUids, vanishedSince } from "../../src/session/vanished.ts";
import { addMessages, createAccount, openMailbox } from "./fixture.ts";

/** A mailbox that has these UIDs and has forgotten its history; counts how often it is asked. */
function mailboxOf(uids: readonly number[]): { readonly mailbox: Mailbox; asked: number } {
  const counted = { asked: 0, mailbox: openMailbox(createAccount()) };
  const firstAtLeast = (uid: number): number => {
    let low = 0;
    let high = uids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((uids[middle] ?? 0) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  counted.mailbox = Object.create(counted.mailbox, {
    rank: { value: (uid: number) => (counted.asked++, firstAtLeast(uid)) },
    uidAt: { value: (at: number) => (counted.asked++, uids[at]) },
    expungedSince: { value: () => undefined },
  });
  return counted;
}

const ascending = (max: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.integer({ min: 1, max }), { maxLength: 40 }).map((numbers) => numbers.sort((a, b) => a - b));

test("missing UIDs are those that are asked for and not there", ({ expect }) => {
  fc.assert(
    fc.property(ascending(60), ascending(70), (there, asked) => {
      const { mailbox } = mailboxOf(there);
      const missing = [...uidsOf(missingUids(mailbox, rangesOf(asked)))];
      expect(missing).toEqual(asked.filter((uid) => !there.includes(uid)));
    }),
  );
});

test("finding them costs the gaps, not the messages", ({ expect }) => {
  const uids = Array.from({ length: 100_000 }, (_, at) => at + 1).filter((uid) => uid !== 70 && uid !== 50_000);
  const counted = mailboxOf(uids);
  expect(formatRanges(vanishedSince(counted.mailbox, 1, Uint32Array.of(1, 100_010)))).toBe("70,50000,100001:100010");
  expect(counted.asked).toBeLessThan(300);
});

test("with the history, only what was expunged since and is known", ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 10);
  mailbox.expunge(Uint32Array.of(1, 2), false);
  const { highestModSeq } = mailbox.record;
  mailbox.expunge(Uint32Array.of(5, 5, 9, 10), false);
  expect(formatRanges(vanishedSince(mailbox, highestModSeq, Uint32Array.of(1, 9)))).toBe("5,9");
  expect(formatRanges(vanishedSince(mailbox, 1, Uint32Array.of(1, 10)))).toBe("1:2,5,9:10");
});
