import type { CopyResult, FlagChange, Mailbox, NewMessage, StoreResult } from "../../mailbox/mailbox-index.ts";
import type { MessagePage } from "../../mailbox/message-page.ts";
import type { MailboxId, MailboxRecord } from "../../mailbox/records.ts";
import { clipRanges, MAX_UID, NO_UIDS, RangeBuilder, uidsOf, type UidRanges } from "../../mailbox/uid-ranges.ts";
import { no } from "../../protocol/status-error.ts";
import type { ContentReferences } from "./content-references.ts";
import type { ExpungedHistory } from "./expunged-history.ts";
import { keywordMap, mapKeywords, usedKeywords, type KeywordMap } from "./keyword-map.ts";
import { KeywordTable } from "./keyword-table.ts";
import { recordOf, type MailboxRow, type MailboxRows } from "./mailbox-rows.ts";
import { SegmentList, SelectionReader } from "./segment-list.ts";
import type { SegmentStore } from "./segment-store.ts";
import { fillPage, masksOf } from "./message-columns.ts";
import { appendRows, changeFlags, type CounterDeltas } from "./segment-writes.ts";
import { removeRows } from "./segment-removal.ts";
import type { SqlDatabase } from "./sql-database.ts";

/** What the mailboxes of one account share. */
export interface SqliteMailboxHost {
  readonly db: SqlDatabase;
  readonly rows: MailboxRows;
  readonly segments: SegmentStore;
  readonly history: ExpungedHistory;
  readonly references: ContentReferences;
  /** Rows on their way from one place to another inside one operation. */
  readonly scratch: MessagePage;
  join<T>(operation: () => T): T;
  /** Notes that a mailbox's image is in use; `segments` says how large it is. */
  touch(mailbox: SqliteMailbox, segments: number): void;
  nowSeconds(): number;
}

/** What is in memory of a mailbox: never more than what is in the database. */
interface MailboxImage {
  readonly row: MailboxRow;
  record: MailboxRecord | undefined;
  keywords: KeywordTable | undefined;
  segments: SegmentList | undefined;
}

/**
 * The messages of one mailbox. The object stays the same for the mailbox's life and holds next to nothing; its image is
 * loaded when needed, dropped when it was used longest ago or when a transaction is rolled back, and loaded again.
 * After the mailbox was removed everything but `exists` throws `NO [NONEXISTENT]`.
 */
export class SqliteMailbox implements Mailbox {
  readonly key: number;
  readonly id: MailboxId;
  readonly #host: SqliteMailboxHost;
  #image: MailboxImage | undefined;

  constructor(host: SqliteMailboxHost, row: MailboxRow) {
    this.#host = host;
    this.key = row.key;
    this.id = row.id;
    this.#image = imageOf(row);
  }

  /** Forgets all that is in memory. */
  dropImage(): void {
    if (this.#image?.segments !== undefined) this.#host.segments.forget(this.#image.segments.segments);
    this.#image = undefined;
  }

  #load(): MailboxImage | undefined {
    if (this.#image === undefined) {
      const row = this.#host.rows.byId(this.id);
      if (row === undefined) return undefined;
      this.#image = imageOf(row);
    }
    this.#host.touch(this, this.#image.segments?.segments.length ?? 0);
    return this.#image;
  }

  #need(): MailboxImage {
    const image = this.#load();
    if (image === undefined) throw no("The mailbox was removed", "NONEXISTENT");
    return image;
  }

  #segments(): SegmentList {
    const image = this.#need();
    if (image.segments === undefined) {
      image.segments = new SegmentList(this.key, this.#host.segments);
      this.#host.touch(this, image.segments.segments.length);
    }
    return image.segments;
  }

  #keywords(): KeywordTable {
    const image = this.#need();
    image.keywords ??= new KeywordTable(this.#host.db, this.key);
    return image.keywords;
  }

  get record(): MailboxRecord {
    const image = this.#need();
    image.record ??= recordOf(image.row);
    return image.record;
  }

  get keywords(): readonly string[] {
    return this.#keywords().names;
  }

  get exists(): boolean {
    return this.#load() !== undefined;
  }

  rank(uid: number): number {
    return this.#segments().rank(uid);
  }

  uidAt(index: number): number | undefined {
    return this.#segments().uidAt(index);
  }

  firstUnseen(): number | undefined {
    return this.#need().row.unseen === 0 ? undefined : this.#segments().firstUnseen();
  }

  read(from: number, to: number, page: MessagePage): number {
    page.count = 0;
    this.#segments().read(from, to, page);
    return page.count;
  }

  readChanged(since: number, from: number, to: number, page: MessagePage): number {
    page.count = 0;
    if (since < this.#need().row.highestModSeq) this.#segments().readChanged(since, from, to, page);
    return page.count;
  }

  expungedSince(since: number): Uint32Array | undefined {
    return this.#host.history.since(this.#need().row, since);
  }

  append(messages: readonly NewMessage[]): { readonly firstUid: number; readonly modSeq: number } {
    return this.#host.join(() => {
      const { row } = this.#need();
      const firstUid = row.uidNext;
      if (messages.length === 0) return { firstUid, modSeq: row.highestModSeq };
      const keywords = this.#keywords();
      const missing = keywords.missing(messages.flatMap((message) => message.flags.keywords));
      this.#needUids(messages.length);
      this.#host.references.add(messages.map((message) => message.content));
      keywords.add(missing);
      const page = this.#host.scratch;
      const segments = this.#segments();
      const modSeq = row.highestModSeq + 1;
      for (let at = 0; at < messages.length; at += page.capacity) {
        fillPage(page, messages.slice(at, at + page.capacity), keywords);
        addRows(row, segments, page, modSeq);
      }
      this.#write(row, modSeq);
      return { firstUid, modSeq };
    });
  }

  #needUids(count: number): void {
    if (this.#need().row.uidNext + count > MAX_UID) throw no("The mailbox has no UIDs left", "LIMIT");
  }

  /** Writes the row after a change. */
  #write(row: MailboxRow, modSeq: number): void {
    row.highestModSeq = modSeq;
    this.#host.rows.update(row);
    const image = this.#need();
    image.record = undefined;
  }

  store(selection: UidRanges, change: FlagChange, unchangedSince?: number): StoreResult {
    return this.#host.join(() => {
      const { row } = this.#need();
      const segments = this.#segments();
      const keywords = this.#keywords();
      const missing = change.mode === "remove" ? [] : keywords.missing(change.keywords);
      if (missing.length > 0) {
        if (segments.countIn(selection) === 0) return { changed: NO_UIDS, modified: NO_UIDS, modSeq: row.highestModSeq };
        keywords.add(missing);
      }
      const masks = masksOf(change, keywords.bitsOf(change.keywords));
      const modSeq = row.highestModSeq + 1;
      const { deltas, changed, modified } = changeFlags(segments, selection, masks, modSeq, unchangedSince ?? Infinity);
      if (changed.count > 0) {
        count(row, deltas);
        this.#write(row, modSeq);
      }
      return { changed: changed.build(), modified: modified.build(), modSeq: row.highestModSeq };
    });
  }

  expunge(selection: UidRanges, onlyDeleted: boolean): Uint32Array {
    return this.#host.join(() => this.#remove(selection, onlyDeleted, (contents) => this.#host.references.release(contents)));
  }

  #remove(selection: UidRanges, onlyDeleted: boolean, release: (contents: readonly number[]) => void): Uint32Array {
    const { row } = this.#need();
    if (onlyDeleted && row.deleted === 0) return new Uint32Array(0);
    const { deltas, removed } = removeRows(this.#segments(), selection, onlyDeleted, release);
    if (removed.count === 0) return new Uint32Array(0);
    const ranges = removed.build();
    const modSeq = row.highestModSeq + 1;
    count(row, deltas);
    this.#host.history.add(row, modSeq, ranges);
    this.#write(row, modSeq);
    return uidsOf(ranges);
  }

  copyTo(target: Mailbox, selection: UidRanges): CopyResult {
    const to = sqliteMailbox(target);
    return this.#host.join(() => this.#copy(to, selection, (page) => this.#host.references.share(page.content.subarray(0, page.count))));
  }

  moveTo(target: Mailbox, selection: UidRanges): CopyResult {
    const to = sqliteMailbox(target);
    return this.#host.join(() => {
      // Each content has as many references afterwards as before: none is counted.
      const result = this.#copy(to, selection, () => undefined);
      this.#remove(result.from, false, () => undefined);
      return result;
    });
  }

  #copy(target: SqliteMailbox, selection: UidRanges, refer: (page: MessagePage) => void): CopyResult {
    // What the copy itself adds to this mailbox is not part of the selection.
    const selected = clipRanges(selection, this.#need().row.uidNext - 1);
    const total = this.#segments().countIn(selected);
    if (total === 0) {
      target.#need();
      return { from: NO_UIDS, to: NO_UIDS };
    }
    target.#needUids(total);
    const map = this.#keywordMap(target, selected);
    // From here on only what is in hand: asking again might drop the other image, and the row is not written until the end.
    const source = this.#segments();
    const segments = target.#segments();
    const { row } = target.#need();
    const firstUid = row.uidNext;
    const modSeq = row.highestModSeq + 1;
    const saveDate = this.#host.nowSeconds();
    const from = new RangeBuilder();
    const page = this.#host.scratch;
    const reader = new SelectionReader(source, selected);
    while (reader.next(page) > 0) {
      for (let at = 0; at < page.count; at++) from.add(page.uid[at] ?? 0);
      if (map !== undefined) mapKeywords(page, map);
      page.saveDate.fill(saveDate, 0, page.count);
      refer(page);
      addRows(row, segments, page, modSeq);
    }
    target.#write(row, modSeq);
    return { from: from.build(), to: Uint32Array.of(firstUid, firstUid + total - 1) };
  }

  /** What turns the keyword columns of this mailbox into the target's; gives the target the keywords that it lacks and the selection uses. */
  #keywordMap(target: SqliteMailbox, selected: UidRanges): KeywordMap | undefined {
    const own = this.#keywords();
    const segments = this.#segments();
    const theirs = target.#keywords();
    if (own === theirs) return undefined;
    if (own.names.some((name) => theirs.bitOf(name) === undefined)) {
      theirs.add(theirs.missing(own.namesOf(usedKeywords(new SelectionReader(segments, selected), this.#host.scratch))));
    }
    return keywordMap(own, theirs);
  }

  claimRecent(): number {
    return this.#host.join(() => {
      const { row } = this.#need();
      const first = row.firstRecentUid;
      if (first !== row.uidNext) {
        row.firstRecentUid = row.uidNext;
        this.#write(row, row.highestModSeq);
      }
      return first;
    });
  }

  /** Takes all messages away, as the removal of the mailbox does: nothing is remembered of them. */
  releaseAll(): void {
    removeRows(this.#segments(), Uint32Array.of(1, MAX_UID), false, (contents) => this.#host.references.release(contents));
    this.#host.history.removeAll(this.key);
    KeywordTable.removeAll(this.#host.db, this.key);
  }
}

function imageOf(row: MailboxRow): MailboxImage {
  return { row, record: undefined, keywords: undefined, segments: undefined };
}

function sqliteMailbox(mailbox: Mailbox): SqliteMailbox {
  if (!(mailbox instanceof SqliteMailbox)) throw new TypeError("The target is a mailbox of another store");
  return mailbox;
}

/** Adds the rows of a page to a mailbox and its counters, with the next UIDs. */
function addRows(row: MailboxRow, segments: SegmentList, page: MessagePage, modSeq: number): void {
  count(row, appendRows(segments, page, row.uidNext, modSeq));
  row.uidNext += page.count;
}

function count(row: MailboxRow, deltas: CounterDeltas): void {
  row.messages += deltas.messages;
  row.unseen += deltas.unseen;
  row.deleted += deltas.deleted;
  row.size += deltas.size;
}
