import { describe, test } from "vitest";

import { BodyRef } from "../../src/mailbox/body-store.ts";
import { LIMITS } from "../../src/limits.ts";
import { createAccountMailboxes } from "../../src/mailbox/default-mailboxes.ts";
import {
  TextMatch,
  type ContentKey,
  type FlagChange,
  type Mailbox,
  type MailboxIndex,
  type NewMessage,
} from "../../src/mailbox/mailbox-index.ts";
import { MessagePage } from "../../src/mailbox/message-page.ts";
import { MailboxId } from "../../src/mailbox/records.ts";
import { ANY_GRAM, GramMatch } from "../../src/mailbox/text-signature.ts";
import { ALL_UIDS, formatRanges, rangesOf } from "../../src/mailbox/uid-ranges.ts";
import { Flag } from "../../src/protocol/flags.ts";
import { StatusError } from "../../src/protocol/status-error.ts";
import { sampleContent, sampleMessage } from "../support/content.ts";

/** Milliseconds at which the clock of every index under test stands. */
export const NOW = 1_760_000_000_000;

/** Opens the only mailbox of that name; fails when there is none. */
export function openByName(index: MailboxIndex, name: string): Mailbox {
  const record = index.findByName(name);
  const mailbox = record === undefined ? undefined : index.open(record.id);
  if (mailbox === undefined) throw new Error(`No mailbox ${name}`);
  return mailbox;
}

/** Delivers messages with these flags, each with a content of its own; their UIDs. */
export function deliver(index: MailboxIndex, mailbox: Mailbox, messages: readonly Partial<NewMessage>[]): number[] {
  return index.transaction(() => {
    const keys = messages.map((_, at) => index.addContent(sampleContent(`message ${at}`)));
    const { firstUid } = mailbox.append(messages.map((message, at) => sampleMessage(keys[at] ?? 0, message)));
    return messages.map((_, at) => firstUid + at);
  });
}

/** All messages of a mailbox, a line each: UID, flags, keywords, mod-sequence. */
export function listing(mailbox: Mailbox): string[] {
  const page = new MessagePage(3);
  const lines: string[] = [];
  for (let from = 1; mailbox.read(from, 0xffff_ffff, page) > 0; from = (page.uid[page.count - 1] ?? 0) + 1) {
    for (let at = 0; at < page.count; at++) {
      const keywords = mailbox.keywords.filter(
        (_, bit) => (((bit < 32 ? page.keywordsLow : page.keywordsHigh)[at] ?? 0) >>> (bit % 32)) & 1,
      );
      lines.push([page.uid[at], page.flags[at], keywords.join("+") || "-", page.modSeq[at]].join(" "));
    }
  }
  return lines;
}

function change(mode: FlagChange["mode"], system: number, ...keywords: string[]): FlagChange {
  return { mode, system, keywords };
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof StatusError) return error.code;
    throw error;
  }
  throw new Error("Nothing was thrown");
}

function allPage(mailbox: Mailbox): MessagePage {
  const page = new MessagePage(100);
  mailbox.read(1, 0xffff_ffff, page);
  return page;
}

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}

function snapshot(index: MailboxIndex): unknown {
  return index.mailboxes().map((record) => [record, index.open(record.id)?.keywords, listing(openByName(index, record.name))]);
}

function failing(index: MailboxIndex, work: () => void): void {
  index.transaction(() => {
    work();
    throw new Error("on purpose");
  });
}

/** What every MailboxIndex must do. `make` returns an empty one whose clock stands at NOW. */
export function mailboxIndexContract(make: () => MailboxIndex): void {
  function account(): { index: MailboxIndex; inbox: Mailbox; archive: Mailbox } {
    const index = make();
    createAccountMailboxes(index);
    return { index, inbox: openByName(index, "INBOX"), archive: openByName(index, "Archive") };
  }

  describe("mailboxes", () => {
    test("a new account has the default mailboxes once, INBOX first, all subscribed", ({ expect }) => {
      const { index } = account();
      createAccountMailboxes(index);
      const names = index.mailboxes().map((record) => record.name);
      expect(names).toEqual(["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"]);
      expect(index.subscriptions()).toEqual(names);
      expect(index.findByName("Sent")?.specialUse).toBe("\\Sent");
      expect(index.findByName("INBOX")).toStrictEqual({
        id: index.findByName("INBOX")?.id,
        name: "INBOX",
        uidValidity: NOW / 1000,
        uidNext: 1,
        highestModSeq: 1,
        messages: 0,
        unseen: 0,
        deleted: 0,
        size: 0,
        firstRecentUid: 1,
      });
    });

    test("a name is taken once, and UIDVALIDITY is never used again", ({ expect }) => {
      const { index } = account();
      expect(codeOf(() => index.create("Archive"))).toBe("ALREADYEXISTS");
      const first = index.create("Work");
      index.remove(first.id);
      const second = index.create("Work");
      expect(second.uidValidity).toBeGreaterThan(first.uidValidity);
      expect(second.id).not.toBe(first.id);
    });

    test("renaming moves the whole branch and nothing beside it", ({ expect }) => {
      const { index } = account();
      for (const name of ["a", "a/b", "a/b/c", "a-b", "a0", "ab"]) index.create(name);
      const id = index.findByName("a/b")?.id;
      const mailbox = openByName(index, "a/b");
      index.rename(openByName(index, "a").record.id, "x/y");
      expect(index.mailboxes().map((record) => record.name)).toEqual([
        "INBOX",
        "Archive",
        "Drafts",
        "Junk",
        "Sent",
        "Trash",
        "a-b",
        "a0",
        "ab",
        "x/y",
        "x/y/b",
        "x/y/b/c",
      ]);
      expect(index.findByName("x/y/b")?.id).toBe(id);
      expect(mailbox.record.name).toBe("x/y/b");
    });

    test("renaming onto any existing name changes nothing", ({ expect }) => {
      const { index } = account();
      for (const name of ["a", "a/b", "z/b"]) index.create(name);
      const before = index.mailboxes();
      expect(codeOf(() => index.rename(openByName(index, "a").record.id, "z"))).toBe("ALREADYEXISTS");
      expect(codeOf(() => index.rename(openByName(index, "a").record.id, "a"))).toBe("ALREADYEXISTS");
      expect(index.mailboxes()).toEqual(before);
    });

    test("a mailbox can move below itself", ({ expect }) => {
      const { index } = account();
      index.create("a");
      index.create("a/x");
      index.rename(openByName(index, "a").record.id, "a/b");
      expect(index.findByName("a")).toBeUndefined();
      expect(index.findByName("a/b/x")).toBeDefined();
    });

    test("removing leaves what is below; the object knows that it is gone", ({ expect }) => {
      const { index } = account();
      index.create("a");
      index.create("a/b");
      const mailbox = openByName(index, "a");
      const { id } = mailbox.record;
      deliver(index, mailbox, [{}, {}]);
      index.remove(id);
      expect(mailbox.exists).toBe(false);
      expect(index.open(id)).toBeUndefined();
      expect(index.findByName("a/b")).toBeDefined();
      expect(codeOf(() => mailbox.record)).toBe("NONEXISTENT");
      expect(codeOf(() => mailbox.append([]))).toBe("NONEXISTENT");
      expect(codeOf(() => index.remove(id))).toBe("NONEXISTENT");
      expect(codeOf(() => index.rename(id, "b"))).toBe("NONEXISTENT");
      expect(index.collectUnreferenced(10, () => false)).toEqual({ bodies: [], more: false });
    });

    test("special uses come and go, subscriptions need no mailbox", ({ expect }) => {
      const { index, inbox, archive } = account();
      index.setSpecialUse(archive.record.id, undefined);
      index.setSpecialUse(inbox.record.id, "\\Archive");
      expect(archive.record.specialUse).toBeUndefined();
      expect(inbox.record.specialUse).toBe("\\Archive");
      index.setSubscribed("Nowhere", true);
      index.setSubscribed("Nowhere", true);
      index.setSubscribed("Junk", false);
      expect(index.subscriptions()).toEqual(["INBOX", "Archive", "Drafts", "Nowhere", "Sent", "Trash"]);
    });

    test("an opened mailbox is one object, and its record changes only with it", ({ expect }) => {
      const { index, inbox } = account();
      expect(index.open(inbox.record.id)).toBe(inbox);
      const { record } = inbox;
      expect(inbox.record).toBe(record);
      deliver(index, inbox, [{}]);
      expect(inbox.record).not.toBe(record);
      expect(index.findByName("INBOX")).toEqual(inbox.record);
      expect(index.mailboxes()[0]).toEqual(inbox.record);
      expect(index.open(MailboxId.parse("0199c000-0000-7000-8000-000000000000"))).toBeUndefined();
    });
  });

  describe("messages", () => {
    test("append counts, numbers and dates", ({ expect }) => {
      const { index, inbox } = account();
      const key = index.addContent(sampleContent("one"));
      const appended = inbox.append([
        {
          content: key,
          size: 1000,
          flags: { system: Flag.seen | Flag.draft, keywords: ["$Work"] },
          internalDate: -5,
          zoneMinutes: -720,
          saveDate: 9,
        },
        {
          content: key,
          size: 500,
          flags: { system: Flag.deleted, keywords: [] },
          internalDate: 253_402_300_799,
          zoneMinutes: 840,
          saveDate: 10,
        },
      ]);
      expect(appended).toEqual({ firstUid: 1, modSeq: 2 });
      expect(inbox.record).toMatchObject({ messages: 2, unseen: 1, deleted: 1, size: 1500, uidNext: 3, highestModSeq: 2 });
      const page = allPage(inbox);
      expect(page.count).toBe(2);
      expect([...page.uid.subarray(0, 2)]).toEqual([1, 2]);
      expect([...page.internalDate.subarray(0, 2)]).toEqual([-5, 253_402_300_799]);
      expect([...page.zoneMinutes.subarray(0, 2)]).toEqual([-720, 840]);
      expect([...page.saveDate.subarray(0, 2)]).toEqual([9, 10]);
      expect([...page.size.subarray(0, 2)]).toEqual([1000, 500]);
      expect([...page.content.subarray(0, 2)]).toEqual([key, key]);
      expect(inbox.append([])).toEqual({ firstUid: 3, modSeq: 2 });
    });

    test("a message without content is refused", ({ expect }) => {
      const { inbox } = account();
      expect(() => inbox.append([sampleMessage(77)])).toThrow(/content/);
      expect(inbox.record.messages).toBe(0);
    });

    test("positions and UIDs", ({ expect }) => {
      const { index, inbox } = account();
      deliver(
        index,
        inbox,
        Array.from({ length: 20 }, (_, at) => ({ flags: { system: at < 13 ? Flag.seen : 0, keywords: [] } })),
      );
      inbox.expunge(rangesOf([1, 4, 5, 6, 7, 8, 12]), false);
      // What is left: 2 3 9 10 11 13 ... 20.
      expect([0, 1, 2, 3, 9, 10, 12, 13, 20, 21, 0xffff_ffff].map((uid) => inbox.rank(uid))).toEqual([0, 0, 0, 1, 2, 3, 5, 5, 12, 13, 13]);
      expect([-1, 0, 1, 2, 5, 12, 13, 0.5].map((at) => inbox.uidAt(at))).toEqual([undefined, 2, 3, 9, 13, 20, undefined, undefined]);
      expect(inbox.firstUnseen()).toBe(6);
      inbox.store(ALL_UIDS, change("add", Flag.seen));
      expect(inbox.firstUnseen()).toBeUndefined();
    });

    test("pages hold what fits, from one UID to another", ({ expect }) => {
      const { index, inbox } = account();
      deliver(
        index,
        inbox,
        Array.from({ length: 11 }, () => ({})),
      );
      const page = new MessagePage(4);
      expect(inbox.read(3, 9, page)).toBe(4);
      expect([...page.uid]).toEqual([3, 4, 5, 6]);
      expect(inbox.read(7, 9, page)).toBe(3);
      expect([...page.uid.subarray(0, page.count)]).toEqual([7, 8, 9]);
      expect(inbox.read(10, 9, page)).toBe(0);
      expect(inbox.read(12, 0xffff_ffff, page)).toBe(0);
    });

    test("recent messages are claimed once", ({ expect }) => {
      const { index, inbox } = account();
      deliver(index, inbox, [{}, {}]);
      expect(inbox.claimRecent()).toBe(1);
      expect(inbox.claimRecent()).toBe(3);
      deliver(index, inbox, [{}]);
      expect(inbox.claimRecent()).toBe(3);
      expect(inbox.record).toMatchObject({ firstRecentUid: 4, highestModSeq: 3 });
    });
  });

  describe("flags", () => {
    test("add, remove and replace touch only what differs", ({ expect }) => {
      const { index, inbox } = account();
      deliver(index, inbox, [{}, {}, {}]);
      const added = inbox.store(rangesOf([1, 3, 9]), change("add", Flag.seen | Flag.flagged, "Work"));
      expect([formatRanges(added.changed), formatRanges(added.modified), added.modSeq]).toEqual(["1,3", "", 3]);
      expect(inbox.record).toMatchObject({ unseen: 1, highestModSeq: 3 });
      const removed = inbox.store(ALL_UIDS, change("remove", Flag.flagged, "work", "Unknown"));
      expect([formatRanges(removed.changed), removed.modSeq]).toEqual(["1,3", 4]);
      const replaced = inbox.store(ALL_UIDS, change("replace", Flag.seen));
      expect([formatRanges(replaced.changed), replaced.modSeq]).toEqual(["2", 5]);
      expect(listing(inbox)).toEqual(["1 1 - 4", "2 1 - 5", "3 1 - 4"]);
      const nothing = inbox.store(ALL_UIDS, change("add", Flag.seen));
      expect([formatRanges(nothing.changed), nothing.modSeq, inbox.record.highestModSeq]).toEqual(["", 5, 5]);
      expect(inbox.keywords).toEqual(["Work"]);
    });

    test("UNCHANGEDSINCE leaves newer messages alone and names them", ({ expect }) => {
      const { index, inbox } = account();
      deliver(index, inbox, [{}, {}, {}, {}]);
      inbox.store(rangesOf([2, 3]), change("add", Flag.answered));
      const result = inbox.store(ALL_UIDS, change("add", Flag.deleted), 2);
      expect([formatRanges(result.changed), formatRanges(result.modified), result.modSeq]).toEqual(["1,4", "2:3", 4]);
      expect(inbox.record.deleted).toBe(2);
      const none = inbox.store(ALL_UIDS, change("add", Flag.draft), 0);
      expect([formatRanges(none.changed), formatRanges(none.modified), none.modSeq]).toEqual(["", "1:4", 4]);
    });

    test("keywords keep their first case, in both columns, up to the limit", ({ expect }) => {
      const { index, inbox } = account();
      deliver(index, inbox, [{ flags: { system: 0, keywords: ["First", "first"] } }, {}]);
      const names = Array.from({ length: 63 }, (_, at) => `k${at}`);
      inbox.store(rangesOf([2]), change("add", 0, ...names));
      expect(inbox.keywords).toEqual(["First", ...names]);
      inbox.store(rangesOf([1]), change("add", 0, "K30", "K31", "K62"));
      expect(listing(inbox)[0]).toBe("1 0 First+k30+k31+k62 4");
      expect(codeOf(() => inbox.store(ALL_UIDS, change("add", Flag.seen, "one-more")))).toBe("LIMIT");
      expect(codeOf(() => deliver(index, inbox, [{ flags: { system: 0, keywords: ["one-more"] } }]))).toBe("LIMIT");
      expect(inbox.record).toMatchObject({ messages: 2, unseen: 2, highestModSeq: 4 });
      inbox.store(rangesOf([1]), change("replace", 0, "k62"));
      expect(listing(inbox)[0]).toBe("1 0 k62 5");
    });

    test("a keyword for no message takes no place", ({ expect }) => {
      const { index, inbox } = account();
      deliver(index, inbox, [{}]);
      inbox.store(rangesOf([5]), change("add", 0, "Ghost"));
      expect(inbox.keywords).toEqual([]);
    });

    test("changes since a mod-sequence", ({ expect }) => {
      const { index, inbox } = account();
      deliver(
        index,
        inbox,
        Array.from({ length: 9 }, () => ({})),
      );
      inbox.store(rangesOf([2, 8]), change("add", Flag.seen));
      const page = new MessagePage(1);
      expect([inbox.readChanged(2, 1, 100, page), page.uid[0]]).toEqual([1, 2]);
      expect([inbox.readChanged(2, 3, 100, page), page.uid[0]]).toEqual([1, 8]);
      expect(inbox.readChanged(2, 3, 7, page)).toBe(0);
      expect(inbox.readChanged(3, 1, 100, page)).toBe(0);
      expect(inbox.readChanged(1, 1, 100, new MessagePage(20))).toBe(9);
    });
  });

  describe("expunge", () => {
    test("only what is deleted, or all that is selected", ({ expect }) => {
      const { index, inbox } = account();
      deliver(
        index,
        inbox,
        Array.from({ length: 6 }, () => ({ size: 10 })),
      );
      inbox.store(rangesOf([2, 4, 5]), change("add", Flag.deleted));
      expect([...inbox.expunge(rangesOf([1, 2, 3, 4]), true)]).toEqual([2, 4]);
      expect(inbox.record).toMatchObject({ messages: 4, unseen: 4, deleted: 1, size: 40, highestModSeq: 4 });
      expect([...inbox.expunge(rangesOf([1, 2, 3]), false)]).toEqual([1, 3]);
      expect(inbox.expunge(rangesOf([1, 2, 3]), false)).toHaveLength(0);
      expect(inbox.expunge(ALL_UIDS, true)).toEqual(Uint32Array.of(5));
      expect(inbox.record).toMatchObject({ messages: 1, deleted: 0, highestModSeq: 6, uidNext: 7 });
      expect(listing(inbox)).toEqual(["6 0 - 2"]);
    });

    test("what was expunged since a mod-sequence, ascending", ({ expect }) => {
      const { index, inbox } = account();
      deliver(
        index,
        inbox,
        Array.from({ length: 9 }, () => ({})),
      );
      inbox.expunge(rangesOf([8, 9]), false);
      inbox.expunge(rangesOf([3, 4, 6]), false);
      expect([...(inbox.expungedSince(0) ?? [])]).toEqual([3, 4, 6, 8, 9]);
      expect([...(inbox.expungedSince(3) ?? [])]).toEqual([3, 4, 6]);
      expect(inbox.expungedSince(4)).toHaveLength(0);
      expect(inbox.expungedSince(400)).toHaveLength(0);
    });

    test("what is left after an expunge is still found by its changes", ({ expect }) => {
      const { index, inbox } = account();
      deliver(
        index,
        inbox,
        Array.from({ length: 12 }, () => ({})),
      );
      inbox.store(rangesOf([12]), change("add", Flag.seen));
      inbox.expunge(rangesOf([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), false);
      const page = new MessagePage(5);
      expect([inbox.readChanged(2, 1, 100, page), page.uid[0]]).toEqual([1, 12]);
    });

    test("an emptied mailbox goes on with its numbers", ({ expect }) => {
      const { index, inbox } = account();
      deliver(
        index,
        inbox,
        Array.from({ length: 9 }, () => ({})),
      );
      inbox.expunge(ALL_UIDS, false);
      expect(inbox.uidAt(0)).toBeUndefined();
      expect(inbox.rank(100)).toBe(0);
      expect(deliver(index, inbox, [{}])).toEqual([10]);
      expect(listing(inbox)).toEqual(["10 0 - 4"]);
    });
  });

  describe("copy and move", () => {
    test("copies take flags, keywords and dates along, and a new save date", ({ expect }) => {
      const { index, inbox, archive } = account();
      deliver(index, archive, [{ flags: { system: 0, keywords: ["c", "B"] } }]);
      const [, second] = deliver(index, inbox, [
        { flags: { system: Flag.flagged, keywords: ["a"] } },
        { flags: { system: Flag.seen, keywords: ["b", "c"] }, internalDate: 5, zoneMinutes: 30, size: 7 },
        { flags: { system: 0, keywords: ["unused"] } },
      ]);
      const result = inbox.copyTo(archive, rangesOf([1, 2, 50]));
      expect([formatRanges(result.from), formatRanges(result.to)]).toEqual(["1:2", "2:3"]);
      expect(archive.keywords).toEqual(["c", "B", "a"]);
      expect(listing(archive)).toEqual(["1 0 c+B 2", "2 4 a 3", "3 1 c+B 3"]);
      const page = allPage(archive);
      expect([page.internalDate[2], page.zoneMinutes[2], page.saveDate[2], page.size[2]]).toEqual([5, 30, NOW / 1000, 7]);
      expect(page.content[2]).toBe(allPage(inbox).content[(second ?? 0) - 1]);
      expect(inbox.record).toMatchObject({ messages: 3, highestModSeq: 2 });
      expect(archive.record).toMatchObject({ messages: 3, unseen: 2, highestModSeq: 3, uidNext: 4, firstRecentUid: 1 });
    });

    test("every keyword finds its place in the target, in both columns", ({ expect }) => {
      const { index, inbox, archive } = account();
      const names = Array.from({ length: 64 }, (_, at) => `k${at}`);
      deliver(
        index,
        inbox,
        names.map((name) => ({ flags: { system: 0, keywords: [name] } })),
      );
      deliver(index, archive, [{ flags: { system: 0, keywords: names.toReversed() } }]);
      inbox.copyTo(archive, ALL_UIDS);
      expect(listing(archive).slice(1)).toEqual(names.map((name, at) => `${at + 2} 0 ${name} 3`));
    });

    test("copying nothing changes nothing", ({ expect }) => {
      const { index, inbox, archive } = account();
      deliver(index, inbox, [{}]);
      const result = inbox.copyTo(archive, rangesOf([5]));
      expect([result.from.length, result.to.length, archive.record.highestModSeq]).toEqual([0, 0, 1]);
      expect(inbox.moveTo(archive, rangesOf([5])).from).toHaveLength(0);
      expect(inbox.record.highestModSeq).toBe(2);
    });

    test("a mailbox can be copied into itself, once", ({ expect }) => {
      const { index, inbox } = account();
      deliver(
        index,
        inbox,
        Array.from({ length: 7 }, () => ({})),
      );
      const result = inbox.copyTo(inbox, ALL_UIDS);
      expect([formatRanges(result.from), formatRanges(result.to), inbox.record.messages]).toEqual(["1:7", "8:14", 14]);
    });

    test("a move expunges its sources", ({ expect }) => {
      const { index, inbox, archive } = account();
      deliver(
        index,
        inbox,
        Array.from({ length: 7 }, () => ({})),
      );
      const result = inbox.moveTo(archive, rangesOf([2, 3, 7]));
      expect([formatRanges(result.from), formatRanges(result.to)]).toEqual(["2:3,7", "1:3"]);
      expect(listing(archive)).toEqual(["1 0 - 2", "2 0 - 2", "3 0 - 2"]);
      expect([...(inbox.expungedSince(2) ?? [])]).toEqual([2, 3, 7]);
      expect(inbox.record).toMatchObject({ messages: 4, highestModSeq: 3 });
      expect(index.collectUnreferenced(10, () => false)).toEqual({ bodies: [], more: false });
      expect(formatRanges(inbox.moveTo(inbox, rangesOf([1])).to)).toBe("8");
      expect(inbox.record).toMatchObject({ messages: 4, highestModSeq: 5 });
    });

    test("keywords that do not fit stop the copy before it begins", ({ expect }) => {
      const { index, inbox, archive } = account();
      deliver(index, archive, [{ flags: { system: 0, keywords: Array.from({ length: 64 }, (_, at) => `k${at}`) } }]);
      deliver(index, inbox, [{}, { flags: { system: 0, keywords: ["other"] } }]);
      expect(codeOf(() => inbox.moveTo(archive, ALL_UIDS))).toBe("LIMIT");
      expect([inbox.record.messages, archive.record.messages]).toEqual([2, 1]);
      inbox.moveTo(archive, rangesOf([1]));
      expect(archive.record.messages).toBe(2);
    });
  });

  describe("contents", () => {
    test("columns come back as asked, in the page's order", ({ expect }) => {
      const { index, inbox } = account();
      const body = BodyRef.parse("memory:7");
      const one = index.addContent(sampleContent("one", { body, headerSize: 4242 }));
      const two = index.addContent(sampleContent("two"));
      const three = index.addContent(sampleContent("three"));
      inbox.append([three, one, two, one].map((key) => sampleMessage(key)));
      const page = allPage(inbox);
      const rows = index.readContents(page, 0, page.count, {
        ids: true,
        envelope: true,
        bodyStructure: true,
        structure: true,
        head: true,
        body: true,
      });
      expect(rows.map((row) => row.key)).toEqual([three, one, two, one]);
      expect(rows.map((row) => text(row.envelope))).toEqual(["(envelope three)", "(envelope one)", "(envelope two)", "(envelope one)"]);
      expect(text(rows[1]?.bodyStructure)).toBe("(structure one)");
      expect(text(rows[1]?.structure)).toBe("tree one");
      expect(text(rows[1]?.head)).toBe("Subject: one\r\n\r\n");
      expect([rows[1]?.headerSize, rows[1]?.body, rows[0]?.body]).toEqual([4242, body, undefined]);
      expect(rows[1]?.emailId).toBe(rows[3]?.emailId);
      expect(new Set(rows.map((row) => row.emailId)).size).toBe(3);
      expect(index.readContents(page, 1, 2, { envelope: true }).map((row) => [row.key, text(row.envelope), row.head, row.emailId])).toEqual(
        [[one, "(envelope one)", undefined, undefined]],
      );
      expect(index.readContents(page, 2, 4, {}).map((row) => row.key)).toEqual([two, one]);
    });

    test("Subjects are looked through row by row, whatever stands between their contents", ({ expect }) => {
      const { index, inbox, archive } = account();
      const subjects = ["Lunch?", "lunch at NOON", "noon", `${"x".repeat(LIMITS.indexedSubject)} noon`, "Caf\u00c9", ""];
      const keys = subjects.map((subject) => index.addContent(sampleContent(subject)));
      const headless = index.addContent(sampleContent("", { head: new Uint8Array(0), headerSize: 0 }));
      inbox.append([...keys, headless].map((key) => sampleMessage(key)));
      const matches = (text: string, from = 0, to = 100): number[] => [...index.matchSubjects(allPage(inbox), from, to, text)];
      const { no, yes, unknown } = TextMatch;
      expect(matches("noon")).toEqual([no, yes, yes, unknown, no, no, no]);
      expect(matches("lunch")).toEqual([yes, yes, no, unknown, no, no, no]);
      expect(matches("caf\u00e9", 4, 5)).toEqual([yes]);
      expect(matches("%", 0, 3)).toEqual([no, no, no]);
      expect(matches("noon", 1, 3)).toEqual([yes, yes]);
      // Every other one, and in another order: neighbours here are none in the table.
      for (const at of [5, 3, 1, 1, 2]) archive.append([sampleMessage(keys[at] ?? 0)]);
      expect([...index.matchSubjects(allPage(archive), 0, 100, "noon")]).toEqual([no, unknown, yes, yes, yes]);
      const odd = openByName(index, "Drafts");
      for (const at of [0, 2, 4]) odd.append([sampleMessage(keys[at] ?? 0)]);
      expect([...index.matchSubjects(allPage(odd), 0, 2, "noon")]).toEqual([no, yes]);
    });

    test("signatures are asked row by row, whatever stands between their contents", ({ expect }) => {
      const { index, inbox, archive } = account();
      const set = (...bits: number[]): Uint8Array => {
        const octets = new Uint8Array(8);
        for (const bit of bits) octets[(bit >>> 3) & 7] = (octets[(bit >>> 3) & 7] ?? 0) | (1 << (bit & 7));
        return octets;
      };
      const signatures = [
        { body: set(3, 62), header: set() },
        { body: set(3), header: set(62) },
        { body: set(), header: set(3, 62) },
        { body: ANY_GRAM, header: ANY_GRAM },
        undefined,
        { body: set(3, 62), header: ANY_GRAM },
      ];
      const keys = signatures.map((signature, at) => index.addContent(sampleContent(`${at}`, { signature })));
      inbox.append(keys.map((key) => sampleMessage(key)));
      const ask = (mailbox: Mailbox, of: "body" | "text", grams: number[], from = 0, to = 100): number[] => [
        ...index.matchSignatures(allPage(mailbox), from, to, { of, grams }),
      ];
      const { no, maybe, unsigned } = GramMatch;
      expect(ask(inbox, "body", [3, 62])).toEqual([maybe, no, no, maybe, unsigned, maybe]);
      expect(ask(inbox, "text", [3, 62])).toEqual([maybe, no, maybe, maybe, unsigned, maybe]);
      expect(ask(inbox, "body", [3])).toEqual([maybe, maybe, no, maybe, unsigned, maybe]);
      // The low bits of a gram's number say which bit it is.
      expect(ask(inbox, "body", [32_704 + 3, 62])).toEqual([maybe, no, no, maybe, unsigned, maybe]);
      expect(ask(inbox, "body", [4])).toEqual([no, no, no, maybe, unsigned, no]);
      const all = Array.from({ length: LIMITS.queriedGrams }, (_, at) => 64 * at + 3);
      expect(ask(inbox, "text", all, 1, 4)).toEqual([maybe, maybe, maybe]);
      // In another order and twice: neighbours here are none in the table.
      for (const at of [5, 4, 0, 0, 1]) archive.append([sampleMessage(keys[at] ?? 0)]);
      expect(ask(archive, "body", [62])).toEqual([maybe, unsigned, maybe, maybe, no]);
      const odd = openByName(index, "Drafts");
      for (const at of [0, 2, 4]) odd.append([sampleMessage(keys[at] ?? 0)]);
      expect(ask(odd, "body", [3], 0, 2)).toEqual([maybe, no]);
      index.sign(keys[4] ?? 0, { body: set(1), header: set(2) });
      expect(ask(inbox, "body", [3])).toEqual([maybe, maybe, no, maybe, no, maybe]);
      expect(ask(inbox, "text", [2], 4, 5)).toEqual([maybe]);
    });

    test("a signature goes with its content, and a content that has gone gets none", ({ expect }) => {
      const { index, inbox } = account();
      const key = index.addContent(sampleContent("gone", { signature: { body: new Uint8Array(8), header: new Uint8Array(8) } }));
      const { firstUid } = inbox.append([sampleMessage(key)]);
      const page = allPage(inbox);
      inbox.expunge(Uint32Array.of(firstUid, firstUid), false);
      index.collectUnreferenced(10, () => false);
      index.sign(key, { body: ANY_GRAM, header: ANY_GRAM });
      expect([...index.matchSignatures(page, 0, 1, { of: "body", grams: [1] })]).not.toContain(GramMatch.maybe);
    });

    test("columns may be empty", ({ expect }) => {
      const { index, inbox } = account();
      const empty = new Uint8Array(0);
      inbox.append([
        sampleMessage(
          index.addContent(sampleContent("", { head: empty, headerSize: 0, envelope: empty, bodyStructure: empty, structure: empty })),
        ),
      ]);
      const [row] = index.readContents(allPage(inbox), 0, 1, { envelope: true, bodyStructure: true, structure: true, head: true });
      expect([row?.envelope, row?.bodyStructure, row?.structure, row?.head, row?.headerSize]).toEqual([empty, empty, empty, empty, 0]);
    });

    test("threads follow message ids, whichever comes first", ({ expect }) => {
      const { index, inbox } = account();
      const add = (messageId: string | undefined, ...references: string[]): ContentKey =>
        index.addContent(sampleContent("t", { messageId, references }));
      const keys = [
        add("<reply@x>", "<original@x>"),
        add("<original@x>"),
        add("<sibling@x>", "<unknown@x>", "<original@x>"),
        add("<late@x>", "<unknown@x>"),
        add("<stranger@x>"),
        add(undefined),
        add(undefined, "<stranger@x>"),
        add(""),
        add("<reply@x>"),
        add("x".repeat(2000)),
        add("x".repeat(2000)),
      ];
      inbox.append(keys.map((key) => sampleMessage(key)));
      const page = allPage(inbox);
      const threads = index.readContents(page, 0, page.count, { ids: true }).map((row) => row.threadId);
      const numbers = threads.map((thread) => threads.indexOf(thread));
      expect(numbers).toEqual([0, 0, 0, 0, 4, 5, 4, 7, 0, 9, 10]);
    });

    test("contents go when nothing refers to them, never before", ({ expect }) => {
      const { index, inbox, archive } = account();
      const keys = [1, 2, 3, 4, 5].map((n) => index.addContent(sampleContent(`c${n}`, { body: BodyRef.parse(`memory:${n}`) })));
      inbox.append(keys.slice(0, 4).map((key) => sampleMessage(key)));
      inbox.copyTo(archive, rangesOf([1, 2]));
      inbox.copyTo(inbox, rangesOf([1]));
      inbox.expunge(ALL_UIDS, false);
      // 1 and 2 are in the archive, 3 and 4 were expunged, 5 was never referred to.
      const pinned = (key: number): boolean => key === keys[2];
      expect(index.collectUnreferenced(1, pinned)).toEqual({ bodies: ["memory:4"], more: true });
      expect(index.collectUnreferenced(10, pinned)).toEqual({ bodies: ["memory:5"], more: false });
      expect(index.collectUnreferenced(10, () => false)).toEqual({ bodies: ["memory:3"], more: false });
      archive.expunge(rangesOf([2]), false);
      index.remove(archive.record.id);
      expect(index.collectUnreferenced(10, () => false)).toEqual({ bodies: ["memory:1", "memory:2"], more: false });
      expect(() => inbox.append([sampleMessage(keys[0] ?? 0)])).toThrow(/content/);
    });

    test("a content that was waiting can still be used", ({ expect }) => {
      const { index, inbox } = account();
      const key = index.addContent(sampleContent("late", { body: BodyRef.parse("memory:1") }));
      inbox.append([sampleMessage(key), sampleMessage(key)]);
      inbox.expunge(rangesOf([1]), false);
      expect(index.collectUnreferenced(10, () => false).bodies).toEqual([]);
      inbox.expunge(ALL_UIDS, false);
      expect(index.collectUnreferenced(10, () => false).bodies).toEqual(["memory:1"]);
    });

    test("a thread outlives one of two copies of its message", ({ expect }) => {
      const { index, inbox } = account();
      const draft = index.addContent(sampleContent("draft", { messageId: "<m@x>" }));
      const sent = index.addContent(sampleContent("sent", { messageId: "<m@x>" }));
      inbox.append([sampleMessage(draft), sampleMessage(sent)]);
      inbox.expunge(rangesOf([1]), false);
      index.collectUnreferenced(10, () => false);
      inbox.append([sampleMessage(index.addContent(sampleContent("reply", { messageId: "<r@x>", references: ["<m@x>"] })))]);
      const page = allPage(inbox);
      const [first, second] = index.readContents(page, 0, 2, { ids: true });
      expect(second?.threadId).toBe(first?.threadId);
    });
  });

  describe("transactions", () => {
    test("a thrown error undoes everything, in memory too", ({ expect }) => {
      const { index, inbox, archive } = account();
      deliver(
        index,
        inbox,
        Array.from({ length: 9 }, () => ({ flags: { system: 0, keywords: ["k"] } })),
      );
      const before = snapshot(index);
      let created: MailboxId | undefined;
      expect(() => {
        failing(index, () => {
          inbox.store(ALL_UIDS, change("add", Flag.seen, "new"));
          inbox.copyTo(archive, ALL_UIDS);
          inbox.expunge(rangesOf([3, 4]), false);
          deliver(index, archive, [{}]);
          created = index.create("New").id;
          index.rename(inbox.record.id, "Old inbox");
          index.remove(archive.record.id);
          index.setSubscribed("Zoo", true);
        });
      }).toThrow("on purpose");
      expect(snapshot(index)).toEqual(before);
      expect(index.subscriptions()).not.toContain("Zoo");
      expect(archive.exists).toBe(true);
      expect(index.open(archive.record.id)).toBe(archive);
      expect(created === undefined ? undefined : index.open(created)).toBeUndefined();
      expect(deliver(index, inbox, [{}])).toEqual([10]);
    });

    test("an inner transaction fails alone", ({ expect }) => {
      const { index, inbox } = account();
      index.transaction(() => {
        const key = index.addContent(sampleContent("kept", { body: BodyRef.parse("memory:1") }));
        deliver(index, inbox, [{}]);
        expect(() => {
          failing(index, () => {
            deliver(index, inbox, [{}, {}]);
            index.addContent(sampleContent("dropped", { body: BodyRef.parse("memory:2") }));
          });
        }).toThrow("on purpose");
        inbox.append([sampleMessage(key)]);
      });
      expect(listing(inbox)).toEqual(["1 0 - 2", "2 0 - 3"]);
      expect(index.collectUnreferenced(10, () => false)).toEqual({ bodies: [], more: false });
    });

    test("a refused operation inside a transaction leaves no trace", ({ expect }) => {
      const { index, inbox } = account();
      index.transaction(() => {
        deliver(index, inbox, [{}]);
        expect(codeOf(() => index.create("Archive"))).toBe("ALREADYEXISTS");
        const tooMany = Array.from({ length: 65 }, (_, at) => `k${at}`);
        expect(codeOf(() => inbox.store(ALL_UIDS, change("add", Flag.seen, ...tooMany)))).toBe("LIMIT");
      });
      expect(listing(inbox)).toEqual(["1 0 - 2"]);
      expect(inbox.keywords).toEqual([]);
    });

    test("the value comes through", ({ expect }) => {
      expect(make().transaction(() => 42)).toBe(42);
    });
  });
}
