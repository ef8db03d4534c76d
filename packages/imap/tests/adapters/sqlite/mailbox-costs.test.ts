import { test } from "vitest";

import { createSqliteBodyStore } from "../../../src/adapters/sqlite/sqlite-body-store.ts";
import { createSqliteMailboxIndex, type SqliteMailboxIndexOptions } from "../../../src/adapters/sqlite/sqlite-mailbox-index.ts";
import { LIMITS } from "../../../src/limits.ts";
import type { FlagChange, Mailbox, MailboxIndex } from "../../../src/mailbox/mailbox-index.ts";
import { MessagePage } from "../../../src/mailbox/message-page.ts";
import { ALL_UIDS, rangesOf } from "../../../src/mailbox/uid-ranges.ts";
import { Flag } from "../../../src/protocol/flags.ts";
import { listing, openByName } from "../../mailbox/mailbox-index-contract.ts";
import { sampleContent, sampleMessage } from "../../support/content.ts";
import { costOf, openNodeSqlite, type CountingDatabase } from "../../support/node-sqlite.ts";

const MESSAGES = 10 * LIMITS.segmentRows;
const SEEN: FlagChange = { mode: "add", system: Flag.seen, keywords: [] };

/** A database with ten full segments in INBOX (all of one content), a message in Other, and an index that was just opened on it. */
function filled(options: SqliteMailboxIndexOptions = {}): {
  db: CountingDatabase;
  index: MailboxIndex;
  inbox: () => Mailbox;
  other: () => Mailbox;
} {
  const db = openNodeSqlite();
  const first = createSqliteMailboxIndex(db, options);
  for (const name of ["INBOX", "Other"]) first.create(name);
  const key = first.addContent(sampleContent("shared"));
  openByName(first, "INBOX").append(Array.from({ length: MESSAGES }, () => sampleMessage(key)));
  openByName(first, "Other").append([sampleMessage(key)]);
  const index = createSqliteMailboxIndex(db, options);
  return { db, index, inbox: () => openByName(index, "INBOX"), other: () => openByName(index, "Other") };
}

test("STATUS reads one row, at any size", ({ expect }) => {
  const { db, index } = filled();
  expect(costOf(db, () => expect(index.findByName("INBOX")?.messages).toBe(MESSAGES))).toEqual({ read: 1, written: 0 });
});

test("an open mailbox is found again by its name for nothing, and only while that is its name", ({ expect }) => {
  const { db, index, inbox } = filled();
  inbox();
  expect(index.findByName("INBOX")?.messages).toBe(MESSAGES);
  const mailbox = inbox();
  expect(costOf(db, () => expect(index.findByName("INBOX")).toEqual(mailbox.record))).toEqual({ read: 0, written: 0 });
  mailbox.append([sampleMessage(1)]);
  expect(index.findByName("INBOX")?.messages).toBe(MESSAGES + 1);
  const { id } = openByName(index, "Other").record;
  expect(index.findByName("Other")?.id).toBe(id);
  const undone = (work: () => void): void =>
    expect(() =>
      index.transaction(() => {
        work();
        throw new Error("undone");
      }),
    ).toThrow("undone");
  undone(() => {
    index.rename(id, "Renamed");
    expect(index.findByName("Other")).toBeUndefined();
    expect(index.findByName("Renamed")?.id).toBe(id);
  });
  expect(index.findByName("Renamed")).toBeUndefined();
  expect(index.findByName("Other")?.id).toBe(id);
  index.remove(id);
  expect(index.findByName("Other")).toBeUndefined();
  const next = index.create("Other");
  expect(index.findByName("Other")?.id).toBe(next.id);
});

test("SELECT reads the mailbox row and one narrow row a segment, and no records", ({ expect }) => {
  const { db, index } = filled();
  const record = index.findByName("INBOX");
  db.statements.length = 0;
  const cost = costOf(db, () => {
    const mailbox = record === undefined ? undefined : index.open(record.id);
    expect(mailbox?.rank(1)).toBe(0);
    expect(mailbox?.record.messages).toBe(MESSAGES);
  });
  expect(cost).toEqual({ read: 1 + MESSAGES / LIMITS.segmentRows, written: 0 });
  expect(db.statements.filter((statement) => /segment_records|flags/.test(statement))).toEqual([]);
});

test("a flag of one message: one segment and the mailbox", ({ expect }) => {
  const { db, inbox } = filled();
  const mailbox = inbox();
  mailbox.rank(1);
  expect(costOf(db, () => mailbox.store(rangesOf([700]), SEEN))).toEqual({ read: 1, written: 2 });
  expect(costOf(db, () => mailbox.store(rangesOf([701]), SEEN))).toEqual({ read: 0, written: 2 });
  expect(costOf(db, () => mailbox.store(rangesOf([701]), SEEN))).toEqual({ read: 0, written: 0 });
});

test("a flag change writes flags only, and no more octets of them than they differ in", ({ expect }) => {
  const { db, inbox } = filled();
  const octets = (table: string, column: string): number =>
    Number([...db.sql.exec(`SELECT sum(length(${column})) FROM ${table} WHERE key < ?`, 2 * 2 ** 32).raw()][0]?.[0]);
  const mailbox = inbox();
  db.statements.length = 0;
  mailbox.store(ALL_UIDS, SEEN);
  expect(db.statements.filter((statement) => /segment_records/.test(statement) && !statement.startsWith("SELECT"))).toEqual([]);
  expect(octets("segment", "flags")).toBe(10 * 4 * 16);
  mailbox.store(rangesOf([1, 300]), { ...SEEN, mode: "remove" });
  expect(octets("segment", "flags")).toBe(10 * 4 * 16 + 2 * 2 * LIMITS.segmentRows);
});

test("a flag of all messages: each segment once, read in few statements", ({ expect }) => {
  const { db, inbox } = filled();
  const mailbox = inbox();
  mailbox.rank(1);
  db.statements.length = 0;
  expect(costOf(db, () => mailbox.store(ALL_UIDS, SEEN))).toEqual({ read: 10, written: 11 });
  expect(db.statements.filter((statement) => statement.includes("FROM segment"))).toHaveLength(1);
});

test("changes since a mod-sequence: only the segments that have one are read", ({ expect }) => {
  const { db, index, inbox } = filled();
  const { highestModSeq } = inbox().record;
  inbox().store(rangesOf([700, 2000]), SEEN);
  const mailbox = openByName(createSqliteMailboxIndex(db), "INBOX");
  mailbox.rank(1);
  const page = new MessagePage(256);
  expect(costOf(db, () => mailbox.readChanged(highestModSeq, 1, 0xffff_ffff, page))).toEqual({ read: 2, written: 0 });
  expect([...page.uid.subarray(0, page.count)]).toEqual([700, 2000]);
  expect(index.findByName("INBOX")?.highestModSeq).toBe(highestModSeq + 1);
});

test("a delivery: content, Subject, signature, body, thread, segment with its records, mailbox", ({ expect }) => {
  const { db, index, other } = filled();
  const store = createSqliteBodyStore(db);
  const mailbox = other();
  listing(mailbox);
  const deliver = (messageId: string | undefined, references: readonly string[] = []): void => {
    const writer = store.begin(10);
    void writer.write(new Uint8Array(10));
    const body = writer.commit();
    if (body instanceof Promise) throw new Error("SQLite never waits");
    index.transaction(() => mailbox.append([sampleMessage(index.addContent(sampleContent("new", { body, messageId, references })))]));
  };
  deliver(undefined);
  expect(costOf(db, () => deliver(undefined)).written).toBe(7);
  expect(costOf(db, () => deliver("<one@x>")).written).toBe(8);
  expect(costOf(db, () => deliver("<two@x>", ["<one@x>"])).written).toBe(8);
  expect(costOf(db, () => deliver("<four@x>", ["<three@x>", "<one@x>"])).written).toBe(9);
});

test("a copy writes a narrow reference row for each content, never the content; a move writes none", ({ expect }) => {
  const { db, index, inbox, other } = filled();
  const [source, target] = [inbox(), other()];
  const keys = Array.from({ length: 1000 }, () => index.addContent(sampleContent("own")));
  const { firstUid } = source.append(keys.map((key) => sampleMessage(key)));
  const selection = Uint32Array.of(firstUid, firstUid + 999);
  // 4 segments of the target (one was begun) in two rows each, its row, and a reference each; a page of 1,024 rows goes over a segment's end once.
  expect(costOf(db, () => source.copyTo(target, selection)).written).toBe(1000 + 8 + 1);
  // 4 segments and the row of the target, 4 segments, the row and the history of the source.
  expect(costOf(db, () => source.moveTo(target, selection)).written).toBeLessThanOrEqual(2 * 5 + 1 + 2 * 5 + 1 + 1);
  expect(db.statements.filter((statement) => statement.startsWith("UPDATE content"))).toEqual([]);
});

test("a copy of many pages into the same mailbox ends", ({ expect }) => {
  const { inbox } = filled();
  const mailbox = inbox();
  const result = mailbox.copyTo(mailbox, ALL_UIDS);
  expect([[...result.from], [...result.to]]).toEqual([
    [1, MESSAGES],
    [MESSAGES + 1, 2 * MESSAGES],
  ]);
  expect(mailbox.record.messages).toBe(2 * MESSAGES);
});

test("an expunge of one message: segment with its records, mailbox, history, and the content that waits to be collected", ({ expect }) => {
  const { db, index, other } = filled();
  const mailbox = other();
  const key = index.addContent(sampleContent("own"));
  const { firstUid } = mailbox.append([sampleMessage(key)]);
  expect(costOf(db, () => mailbox.expunge(rangesOf([firstUid]), false)).written).toBe(5);
});

test("segments that shrink are joined, empty ones go", ({ expect }) => {
  const { db, inbox } = filled();
  const mailbox = inbox();
  const segments = (): number => [...db.sql.exec("SELECT key FROM segment WHERE key < ?", 2 * 2 ** 32).raw()].length;
  // Every eighth message stays: 32 of each 256, four such make half a segment.
  const gone = Array.from({ length: MESSAGES }, (_, at) => at + 1).filter((uid) => uid % 8 !== 0);
  mailbox.expunge(rangesOf(gone), false);
  expect(segments()).toBe(3);
  expect(mailbox.record.messages).toBe(MESSAGES / 8);
  expect([mailbox.rank(801), mailbox.uidAt(100)]).toEqual([100, 808]);
  mailbox.expunge(ALL_UIDS, false);
  expect(segments()).toBe(0);
});

test("contents that stand together are read in one walk, scattered ones one by one", ({ expect }) => {
  const { db, index, other } = filled();
  const mailbox = other();
  const keys = Array.from({ length: 100 }, () => index.addContent(sampleContent("own")));
  mailbox.append([...keys, ...keys.filter((_, at) => at % 10 === 0)].map((key) => sampleMessage(key)));
  const page = new MessagePage(200);
  mailbox.read(2, 0xffff_ffff, page);
  expect(costOf(db, () => index.readContents(page, 0, 100, { envelope: true }))).toEqual({ read: 100, written: 0 });
  expect(costOf(db, () => index.readContents(page, 100, 110, { envelope: true }))).toEqual({ read: 10, written: 0 });
  expect(db.statements.at(-1)).toContain("json_each");
});

test("the history of expunges is bounded; what fell out makes a client start again", ({ expect }) => {
  const { db, inbox } = filled({ expungedHistory: 10 });
  const mailbox = inbox();
  for (let uid = 2; uid <= 40; uid += 2) mailbox.expunge(rangesOf([uid]), false);
  const rows = [...db.sql.exec("SELECT modseq FROM expunged").raw()].length;
  expect(rows).toBeLessThanOrEqual(10);
  const { highestModSeq } = mailbox.record;
  expect(mailbox.expungedSince(1)).toBeUndefined();
  expect([...(mailbox.expungedSince(highestModSeq - rows) ?? [])]).toHaveLength(rows);
  expect(mailbox.expungedSince(highestModSeq - rows - 1)).toBeUndefined();
  // One expunge that alone exceeds the bound is not remembered at all, and says so.
  mailbox.expunge(rangesOf(Array.from({ length: 20 }, (_, at) => 101 + at * 2)), false);
  expect(mailbox.expungedSince(highestModSeq)).toBeUndefined();
  expect(mailbox.expungedSince(highestModSeq + 1)).toHaveLength(0);
});

test("an expunge of many ranges is remembered in small rows and comes back whole", ({ expect }) => {
  const { db, inbox } = filled();
  const mailbox = inbox();
  const odd = Array.from({ length: MESSAGES / 2 }, (_, at) => at * 2 + 1);
  mailbox.expunge(rangesOf(odd), false);
  expect([...db.sql.exec("SELECT max(length(ranges)) FROM expunged").raw()]).toEqual([[4096]]);
  expect([...(mailbox.expungedSince(2) ?? [])]).toEqual(odd);
});

test("UIDs run out with a clear answer, and nothing is lost", ({ expect }) => {
  const { db, index } = filled();
  db.sql.exec("UPDATE mailbox SET uid_next = 4294967294 WHERE name = 'Other'");
  const mailbox = openByName(index, "Other");
  const key = index.addContent(sampleContent("last"));
  expect(mailbox.append([sampleMessage(key)]).firstUid).toBe(4_294_967_294);
  expect(() => mailbox.append([sampleMessage(key)])).toThrow("The mailbox has no UIDs left");
  expect(() => openByName(index, "INBOX").copyTo(mailbox, rangesOf([1]))).toThrow("The mailbox has no UIDs left");
  expect(listing(mailbox)).toHaveLength(2);
  expect(mailbox.rank(0xffff_ffff)).toBe(2);
});

test("names and subscriptions are bounded", ({ expect }) => {
  const { db, index } = filled();
  index.setSubscribed("INBOX", true);
  const numbers = JSON.stringify(Array.from({ length: LIMITS.subscriptions - 1 }, (_, at) => `s${at}`));
  db.sql.exec("INSERT INTO subscription SELECT value FROM json_each(?)", numbers);
  expect(() => index.setSubscribed("one more", true)).toThrow(/subscriptions/);
  index.setSubscribed("INBOX", true);
  db.sql.exec(
    "INSERT INTO mailbox SELECT NULL, value, value, NULL, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0 FROM json_each(?)",
    JSON.stringify(Array.from({ length: LIMITS.mailboxes - 2 }, (_, at) => `m${at}`)),
  );
  expect(() => index.create("one more")).toThrow(/mailboxes/);
});

test("asking signatures: a row a message, in one statement", ({ expect }) => {
  const { db, index, inbox } = filled();
  const { firstUid } = inbox().append(Array.from({ length: 256 }, (_, at) => sampleMessage(index.addContent(sampleContent(`${at}`)))));
  const page = new MessagePage(256);
  inbox().read(firstUid, 0xffff_ffff, page);
  index.matchSignatures(page, 0, 256, { of: "text", grams: [1] });
  db.statements.length = 0;
  expect(costOf(db, () => index.matchSignatures(page, 0, 256, { of: "text", grams: [1, 2, 3] }))).toEqual({ read: 256, written: 0 });
  expect(db.statements).toHaveLength(1);
});
