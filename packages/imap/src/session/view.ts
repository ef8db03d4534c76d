import * as z from "zod";

import { LIMITS } from "../limits.ts";
import type { Mailbox, MailboxIndex } from "../mailbox/mailbox-index.ts";
import { MailboxId } from "../mailbox/records.ts";
import { NO_UIDS, rangesOf, type UidRanges } from "../mailbox/uid-ranges.ts";
import { normalizeRanges, STAR, type SequenceSet } from "../protocol/sequence-set.ts";
import { bad } from "../protocol/status-error.ts";
import { ViewLostError } from "./view-lost-error.ts";

/** What of a view outlives the object's memory: everything else follows from it and the index. */
export const ViewSnapshot = z.object({
  mailbox: MailboxId,
  readOnly: z.boolean(),
  uidNextSeen: z.int(),
  expungedModSeq: z.int(),
  flagsModSeq: z.int(),
  keywordsTold: z.int(),
  recent: z.array(z.int()).max(2 * LIMITS.recentRanges),
  expungedPartly: z.object({ uid: z.int(), modSeq: z.int() }).optional(),
});
export type ViewSnapshot = z.infer<typeof ViewSnapshot>;

/**
 * What one client has been told of its selected mailbox. Message sequence numbers are positions in it.
 *
 * It is the mailbox's own list of UIDs, plus those that were expunged and not told yet, minus those that
 * arrived and were not told yet; so it costs nothing per message, and three numbers rebuild it.
 */
export class View {
  readonly mailbox: Mailbox;
  readonly readOnly: boolean;
  /** Messages below this UID have been told with EXISTS. */
  uidNextSeen: number;
  /** Expunges up to this mod-sequence have been told. */
  expungedModSeq: number;
  /** Flag changes up to this mod-sequence have been told. */
  flagsModSeq: number;
  /** How many of the mailbox's keywords stood in the last FLAGS response. */
  keywordsTold: number;
  /** UIDs that are `\Recent` in this session: `[from, below, ...]`, ascending. */
  recent: number[] = [];

  /**
   * Where telling of flag changes stopped because the output window was full: messages below `uid` have been
   * told all changes up to `modSeq`. Not in the snapshot: without it the notices begin again, none is lost.
   */
  flagsPartly: { readonly uid: number; readonly modSeq: number } | undefined;

  /**
   * Where telling of expunges stopped because the output window was full: of those up to `modSeq`, the ones from `uid`
   * on have been told.
   */
  expungedPartly: { readonly uid: number; readonly modSeq: number } | undefined;

  #pending: Uint32Array = new Uint32Array(0);
  /** What {@link pendingExpunged} was made from. */
  #pendingHighest = -1;
  #pendingTold = -1;
  #pendingBelow = -1;
  #pendingPartly: View["expungedPartly"];

  constructor(mailbox: Mailbox, readOnly: boolean) {
    this.mailbox = mailbox;
    this.readOnly = readOnly;
    this.uidNextSeen = mailbox.record.uidNext;
    this.expungedModSeq = mailbox.record.highestModSeq;
    this.flagsModSeq = mailbox.record.highestModSeq;
    this.keywordsTold = mailbox.keywords.length;
  }

  /** @throws ViewLostError when the mailbox is gone. */
  static restore(index: MailboxIndex, snapshot: ViewSnapshot): View {
    const mailbox = index.open(snapshot.mailbox);
    if (mailbox === undefined) throw new ViewLostError("The selected mailbox no longer exists");
    const view = new View(mailbox, snapshot.readOnly);
    view.uidNextSeen = snapshot.uidNextSeen;
    view.expungedModSeq = snapshot.expungedModSeq;
    view.flagsModSeq = snapshot.flagsModSeq;
    view.keywordsTold = snapshot.keywordsTold;
    view.recent = [...snapshot.recent];
    view.expungedPartly = snapshot.expungedPartly;
    return view;
  }

  snapshot(): ViewSnapshot {
    const { mailbox, readOnly, uidNextSeen, expungedModSeq, flagsModSeq, keywordsTold, recent, expungedPartly } = this;
    const partly = expungedPartly === undefined ? {} : { expungedPartly };
    return { mailbox: mailbox.record.id, readOnly, uidNextSeen, expungedModSeq, flagsModSeq, keywordsTold, recent, ...partly };
  }

  /** UIDs that the client still counts although they are expunged, ascending. */
  get pendingExpunged(): Uint32Array {
    const { highestModSeq } = this.mailbox.record;
    const { expungedPartly, expungedModSeq, uidNextSeen } = this;
    const known = this.#pendingHighest === highestModSeq && this.#pendingTold === expungedModSeq;
    if (known && this.#pendingBelow === uidNextSeen && this.#pendingPartly === expungedPartly) return this.#pending;
    let uids: Uint32Array = NO_UIDS;
    if (highestModSeq > expungedModSeq) {
      const since = this.#expungedSince(expungedModSeq);
      uids = since.subarray(0, lowerBound(since, uidNextSeen));
      if (expungedPartly !== undefined) {
        const { uid, modSeq } = expungedPartly;
        const later = this.#expungedSince(modSeq);
        uids = uids.filter((expunged) => expunged < uid || includesValue(later, expunged));
      }
    }
    this.#pending = uids;
    this.#pendingHighest = highestModSeq;
    this.#pendingTold = expungedModSeq;
    this.#pendingBelow = uidNextSeen;
    this.#pendingPartly = expungedPartly;
    return uids;
  }

  /**
   * Pending expunges that can be told next, ascending, to be told from the end: all of them, or what is left of a pass
   * that stopped. What was expunged behind that pass is the next one.
   */
  get expungedToTell(): Uint32Array {
    const pending = this.pendingExpunged;
    if (this.expungedPartly === undefined) return pending;
    const { uid, modSeq } = this.expungedPartly;
    const later = this.#expungedSince(modSeq);
    return pending.filter((expunged) => expunged < uid && !includesValue(later, expunged));
  }

  #expungedSince(modSeq: number): Uint32Array {
    const uids = this.mailbox.expungedSince(modSeq);
    if (uids === undefined) throw new ViewLostError("Too much was expunged since the last command");
    return uids;
  }

  /** Everything expunged so far has now been told. */
  forgetExpunged(): void {
    this.expungedModSeq = this.mailbox.record.highestModSeq;
    this.expungedPartly = undefined;
  }

  /** Whether the client knows all there is to know of the mailbox as it is now. */
  get upToDate(): boolean {
    const { highestModSeq, uidNext } = this.mailbox.record;
    return this.flagsModSeq === highestModSeq && this.expungedModSeq === highestModSeq && this.uidNextSeen === uidNext;
  }

  /** Messages in the view: what EXISTS last said, less the EXPUNGEs since. */
  get count(): number {
    return this.mailbox.rank(this.uidNextSeen) + this.pendingExpunged.length;
  }

  /** How many messages of the view have a lower UID; for a message in the view its sequence number less one. */
  rank(uid: number): number {
    return this.mailbox.rank(Math.min(uid, this.uidNextSeen)) + lowerBound(this.pendingExpunged, uid);
  }

  /** The UID with this sequence number, `undefined` when there is none. */
  uidOf(sequence: number): number | undefined {
    const position = sequence - 1;
    if (position < 0 || position >= this.count) return undefined;
    const pending = this.pendingExpunged;
    let low = 0;
    let high = pending.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (middle + this.mailbox.rank(pending[middle] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    const candidate = pending[low];
    if (candidate !== undefined && low + this.mailbox.rank(candidate) === position) return candidate;
    return this.mailbox.uidAt(position - low);
  }

  /**
   * The UIDs that a sequence set means. UIDs that are not in the view are simply not found later; `*`, and a
   * UID range that lies above the last message, mean the last message (RFC 9051 section 6.4.9).
   * @throws BAD for a sequence number that is not in the view.
   */
  select(set: SequenceSet, byUid: boolean): UidRanges {
    const { count } = this;
    if (count === 0) {
      // `1:*` of an empty mailbox names nothing; clients send it without looking at EXISTS first.
      if (!byUid && set.some((bound, at) => at % 2 === 1 && bound !== STAR)) throw bad("No such message: the mailbox is empty");
      return NO_UIDS;
    }
    const highest = byUid ? (this.uidOf(count) ?? 0) : count;
    const ranges: number[] = [];
    for (let at = 0; at < set.length; at += 2) {
      let from = set[at] ?? 0;
      let to = set[at + 1] ?? 0;
      if (to === STAR) {
        to = highest;
        from = Math.min(from, highest);
      }
      if (!byUid) {
        if (to > count) throw bad(`No such message: the mailbox has ${count}`);
        from = this.uidOf(from) ?? 0;
        to = this.uidOf(to) ?? 0;
      }
      to = Math.min(to, this.uidNextSeen - 1);
      if (from <= to) ranges.push(from, to);
    }
    return normalizeRanges(ranges);
  }

  /** Whether any of the selected messages is expunged and not told yet: the command's OK then says EXPUNGEISSUED (RFC 5530). */
  selectsExpunged(selection: UidRanges): boolean {
    const pending = this.pendingExpunged;
    for (let at = 0; at < selection.length && pending.length > 0; at += 2) {
      const next = pending[lowerBound(pending, selection[at] ?? 0)];
      if (next !== undefined && next <= (selection[at + 1] ?? 0)) return true;
    }
    return false;
  }

  /** Claims `\Recent` for messages that no session was told of yet. A read-only view leaves them for the next. */
  claimRecent(): void {
    const { record } = this.mailbox;
    if (record.firstRecentUid >= record.uidNext) return;
    const from = this.readOnly ? record.firstRecentUid : this.mailbox.claimRecent();
    if (from >= record.uidNext) return;
    const { recent } = this;
    const last = recent.at(-1);
    if (last !== undefined && last >= from) recent[recent.length - 1] = record.uidNext;
    else recent.push(from, record.uidNext);
    // `\Recent` is a courtesy: a session that saw more bursts than this keeps the newest.
    if (recent.length > 2 * LIMITS.recentRanges) recent.splice(0, 2);
  }

  isRecent(uid: number): boolean {
    for (let at = this.recent.length - 2; at >= 0; at -= 2) if (uid >= (this.recent[at] ?? 0)) return uid < (this.recent[at + 1] ?? 0);
    return false;
  }

  get recentCount(): number {
    let count = 0;
    for (let at = 0; at < this.recent.length; at += 2) count += this.rank(this.recent[at + 1] ?? 0) - this.rank(this.recent[at] ?? 0);
    return count;
  }

  /** Pending expunges as ranges: for VANISHED. */
  get pendingRanges(): UidRanges {
    return rangesOf(this.pendingExpunged);
  }
}

/** The first position whose value is not below `value`. */
function lowerBound(ascending: Uint32Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function includesValue(ascending: Uint32Array, value: number): boolean {
  return ascending[lowerBound(ascending, value)] === value;
}
