import { LIMITS } from "../limits.ts";
import type { MailboxRecord } from "../mailbox/records.ts";
import type { MessagePage } from "../mailbox/message-page.ts";
import { includesUid, NO_UIDS, RangeBuilder, type UidRanges } from "../mailbox/uid-ranges.ts";
import { Flag } from "../protocol/flags.ts";
import { normalizeRanges } from "../protocol/sequence-set.ts";
import type { Session } from "../session/session.ts";
import { tellChanges, tellKeywords } from "../session/tell-changes.ts";
import type { View } from "../session/view.ts";
import { ViewLostError } from "../session/view-lost-error.ts";

export interface CursorOptions {
  /** Only messages with a mod-sequence above this. */
  readonly since: number | undefined;
  /** Sets `\Seen` before a message is answered. */
  readonly setsSeen: boolean;
  /** The answers hold flags: keywords that are new in the mailbox are announced before. */
  readonly tellsFlags: boolean;
}

const ADD_SEEN = { mode: "add", system: Flag.seen, keywords: [] } as const;

/**
 * Goes through the selected messages in UID order, a page of the index at a time.
 *
 * Other sessions may change the mailbox between two steps; the page is then read again from the next
 * message on, so that nothing stale is answered. Messages that were expunged are passed over.
 */
export class MessageCursor {
  readonly page: MessagePage;
  row = -1;
  /** Sequence number of the present message in the view. */
  sequence = 0;

  readonly #session: Session;
  readonly #view: View;
  readonly #selection: UidRanges;
  readonly #since: number | undefined;
  readonly #setsSeen: boolean;
  readonly #tellsFlags: boolean;
  /** The mailbox as it was when the page was read. */
  #record: MailboxRecord | undefined;
  #stale = true;
  #range = 0;
  #nextUid = 0;
  /** The page holds all that is left of the range. */
  #rangeEnds = false;
  /** The rows are neighbours in the view: sequence numbers go up by one. */
  #stepwise = false;
  #firstSequence = 0;
  #seen: UidRanges = NO_UIDS;
  #toldBefore: number | undefined;

  /** `page` is the cursor's until it is let go. */
  constructor(session: Session, view: View, selection: UidRanges, page: MessagePage, options: CursorOptions) {
    this.#session = session;
    this.#view = view;
    this.#selection = selection;
    this.page = page;
    this.#since = options.since;
    this.#setsSeen = options.setsSeen && !view.readOnly;
    this.#tellsFlags = options.tellsFlags || this.#setsSeen;
  }

  /** Others may have had a turn since the last call. */
  resume(): void {
    const { mailbox } = this.#view;
    this.#stale = !mailbox.exists || mailbox.record !== this.#record;
  }

  /**
   * Goes on: `message` to the next one; `page` when the next page was read (or found empty), and its first
   * message comes with the next call; `end` after the last. @throws ViewLostError when the mailbox is gone
   */
  next(): "message" | "page" | "end" {
    if (this.row + 1 >= this.page.count || this.#stale) return this.#load();
    this.row++;
    const uid = this.page.uid[this.row] ?? 0;
    this.#nextUid = uid + 1;
    this.sequence = this.#stepwise ? this.#firstSequence + this.row : this.#view.rank(uid) + 1;
    return "message";
  }

  /** This FETCH has set `\Seen` on the present message. */
  get newlySeen(): boolean {
    return this.#seen.length > 0 && includesUid(this.#seen, this.page.uid[this.row] ?? 0);
  }

  /** The present message is not answered after all: what this FETCH changed in it counts as not told. */
  untell(): void {
    if (this.#toldBefore !== undefined) this.#view.flagsModSeq = Math.min(this.#view.flagsModSeq, this.#toldBefore);
  }

  #load(): "page" | "end" {
    if (!this.#view.mailbox.exists) throw new ViewLostError("The selected mailbox was deleted");
    this.row = -1;
    if (this.#rangeEnds && !this.#stale) this.#range += 2;
    this.#rangeEnds = false;
    this.#stale = false;
    while ((this.#selection[this.#range + 1] ?? Infinity) < this.#nextUid) this.#range += 2;
    if (this.#range >= this.#selection.length) {
      this.page.count = 0;
      return "end";
    }
    const from = Math.max(this.#nextUid, this.#selection[this.#range] ?? 0);
    const to = this.#selection[this.#range + 1] ?? 0;
    this.#read(from, to);
    let whole = this.page.count < this.page.capacity;
    if (this.#setsSeen) {
      const rows = this.#rowsToSee();
      whole &&= rows === this.page.count;
      this.page.count = rows;
      if (this.#setSeen()) {
        this.#read(from, to);
        this.page.count = rows;
      }
    }
    if (this.#tellsFlags) tellKeywords(this.#session, this.#view);
    this.#record = this.#view.mailbox.record;
    this.#rangeEnds = whole;
    this.#stepwise = this.#since === undefined && this.#view.pendingExpunged.length === 0;
    this.#firstSequence = this.page.count === 0 ? 0 : this.#view.rank(this.page.uid[0] ?? 0) + 1;
    return "page";
  }

  #read(from: number, to: number): void {
    const { mailbox } = this.#view;
    if (this.#since === undefined) mailbox.read(from, to, this.page);
    else mailbox.readChanged(this.#since, from, to, this.page);
  }

  /**
   * How many rows are answered before the next are marked, the first at least. Few: a client that goes away in the
   * middle has lost what was on its way anyway, but what was not written yet must stay unread. Not one by one: each
   * time rewrites a segment.
   */
  #rowsToSee(): number {
    const { page } = this;
    let octets = page.size[0] ?? 0;
    for (let row = 1; row < page.count; row++) {
      octets += page.size[row] ?? 0;
      if (octets > LIMITS.seenOctets && ((page.flags[row] ?? 0) & Flag.seen) === 0) return row;
    }
    return page.count;
  }

  /** Sets `\Seen` on the rows of the page that lack it, in one go. True when there were any. */
  #setSeen(): boolean {
    const { page } = this;
    const view = this.#view;
    const unseen = new RangeBuilder();
    for (let row = 0; row < page.count; row++) if (((page.flags[row] ?? 0) & Flag.seen) === 0) unseen.add(page.uid[row] ?? 0);
    this.#seen = keepFrom(this.#seen, page.uid[0] ?? 0);
    if (unseen.count === 0) return false;
    // What others changed must have been told before: afterwards the mark moves over our own change, which the answer tells.
    tellChanges(this.#session, false);
    const before = view.flagsModSeq;
    const upToDate = before === view.mailbox.record.highestModSeq;
    const { changed } = view.mailbox.store(unseen.build(), ADD_SEEN);
    this.#seen = normalizeRanges([...this.#seen, ...changed]);
    if (upToDate) {
      this.#toldBefore = before;
      view.flagsModSeq = view.mailbox.record.highestModSeq;
    }
    return true;
  }
}

/** The ranges that end at `uid` or above it. */
function keepFrom(ranges: UidRanges, uid: number): UidRanges {
  let at = 0;
  while (at < ranges.length && (ranges[at + 1] ?? 0) < uid) at += 2;
  return at === 0 ? ranges : ranges.slice(at);
}
