import type { MessagePage } from "../../mailbox/message-page.ts";
import type { UidRanges } from "../../mailbox/uid-ranges.ts";
import { Flag } from "../../protocol/flags.ts";
import type { SegmentRecords } from "./segment-records.ts";
import type { Segment, SegmentStore } from "./segment-store.ts";

/** A segment that holds UIDs of a selection. */
export interface Overlap {
  readonly index: number;
  readonly segment: Segment;
  /** The pairs `[first, end)` of the selection's array touch the segment. */
  readonly first: number;
  readonly end: number;
  /** The last UID that the selection's walk will want after this segment without a gap: how far reading ahead pays. */
  readonly ahead: number;
}

/** The messages of one mailbox as a list of segments: positions by prefix sums, UIDs by binary search. */
export class SegmentList {
  readonly mailbox: number;
  readonly store: SegmentStore;
  segments: Segment[];
  /** `#starts[i]` is the position of the first message of segment i; the first `#known` entries are right. */
  readonly #starts: number[] = [];
  #known = 0;

  constructor(mailbox: number, store: SegmentStore) {
    this.mailbox = mailbox;
    this.store = store;
    this.segments = store.headers(mailbox);
  }

  /** To be called when the count of segment `index`, or the segments from there on, have changed. */
  changedFrom(index: number): void {
    this.#known = Math.min(this.#known, index + 1);
  }

  /** The first segment from `from` on whose last UID is not below `uid`, or the number of segments. */
  indexOf(uid: number, from = 0): number {
    let low = from;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.segments[middle]?.lastUid ?? 0) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The 0-based position of the first message of segment `index`. */
  startOf(index: number): number {
    if (this.#known === 0) {
      this.#starts[0] = 0;
      this.#known = 1;
    }
    for (; this.#known <= index; this.#known++) {
      this.#starts[this.#known] = (this.#starts[this.#known - 1] ?? 0) + (this.segments[this.#known - 1]?.count ?? 0);
    }
    return this.#starts[index] ?? 0;
  }

  rank(uid: number): number {
    const index = this.indexOf(uid);
    const segment = this.segments[index];
    if (segment === undefined || uid <= segment.base) return this.startOf(index);
    return this.startOf(index) + this.store.records(this.segments, index, uid).lowerBound(uid, 0, segment.count);
  }

  uidAt(position: number): number | undefined {
    if (position < 0 || !Number.isInteger(position)) return undefined;
    this.startOf(this.segments.length);
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle + 1] ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    const segment = this.segments[low];
    return segment === undefined ? undefined : this.store.records(this.segments, low, segment.lastUid).uid[position - this.startOf(low)];
  }

  firstUnseen(): number | undefined {
    const index = this.segments.findIndex((segment) => segment.unseen > 0);
    const segment = this.segments[index];
    if (segment === undefined) return undefined;
    const records = this.store.records(this.segments, index, segment.lastUid);
    for (let at = 0; at < segment.count; at++) {
      if (((records.flags[at] ?? 0) & Flag.seen) === 0) return this.startOf(index) + at;
    }
    throw new Error(`Segment ${segment.key} counts unseen messages that it does not have`);
  }

  /** Adds messages with a UID in `[from, to]` to the page until it is full. */
  read(from: number, to: number, page: MessagePage): void {
    for (let index = this.indexOf(from); index < this.segments.length && page.count < page.capacity; index++) {
      const segment = this.segments[index];
      if (segment === undefined || segment.base > to) return;
      const records = this.store.records(this.segments, index, to);
      const first = from <= segment.base ? 0 : records.lowerBound(from, 0, segment.count);
      const end = to >= segment.lastUid ? segment.count : records.lowerBound(to + 1, first, segment.count);
      records.readInto(page, first, Math.min(end, first + page.capacity - page.count));
    }
  }

  /** Like {@link read}, but only messages with a mod-sequence above `since`; skips segments without one. */
  readChanged(since: number, from: number, to: number, page: MessagePage): void {
    for (let index = this.indexOf(from); index < this.segments.length && page.count < page.capacity; index++) {
      const segment = this.segments[index];
      if (segment === undefined || segment.base > to) return;
      if (segment.maxModSeq <= since) continue;
      const records = this.store.records(this.segments, index, segment.base);
      for (let at = records.lowerBound(from, 0, segment.count); at < segment.count && page.count < page.capacity; at++) {
        if ((records.uid[at] ?? 0) > to) return;
        if ((records.modSeq[at] ?? 0) > since) records.readInto(page, at, at + 1);
      }
    }
  }

  /**
   * The segments that a selection touches, in order, each once: linear in segments and ranges together.
   * What the caller does to a segment it was given does not disturb the walk; the list itself must stay.
   */
  *overlaps(ranges: UidRanges): Generator<Overlap> {
    let first = 0;
    let index = 0;
    while (first < ranges.length) {
      index = this.indexOf(ranges[first] ?? 0, index);
      const segment = this.segments[index];
      if (segment === undefined) return;
      while (first < ranges.length && (ranges[first + 1] ?? 0) < segment.base) first += 2;
      let end = first;
      while (end < ranges.length && (ranges[end] ?? 0) <= segment.lastUid) end += 2;
      if (end === first) continue;
      const ahead = ranges[end - 1] ?? 0;
      const next = ahead > segment.lastUid ? end - 2 : end;
      yield { index, segment, first, end, ahead };
      first = next;
      index++;
    }
  }

  /** How many messages a selection names. Reads records only where a range ends inside a segment. */
  countIn(ranges: UidRanges): number {
    let count = 0;
    for (const overlap of this.overlaps(ranges)) {
      const { segment, index, first, ahead } = overlap;
      if (isWhole(ranges, overlap)) count += segment.count;
      else
        forEachRun(
          this.store.records(this.segments, index, ahead),
          ranges,
          { segment, first, end: overlap.end },
          (from, to) => (count += to - from),
        );
    }
    return count;
  }
}

/** Whether one range of the selection covers the segment. */
function isWhole(ranges: UidRanges, { segment, first }: Overlap): boolean {
  return (ranges[first] ?? 0) <= segment.base && (ranges[first + 1] ?? 0) >= segment.lastUid;
}

/** Calls `visit` with each run `[from, to)` of selected records, in order. */
export function forEachRun(
  records: SegmentRecords,
  ranges: UidRanges,
  { segment, first, end }: Pick<Overlap, "segment" | "first" | "end">,
  visit: (from: number, to: number) => void,
): void {
  const { count } = segment;
  let at = 0;
  for (let pair = first; pair < end && at < count; pair += 2) {
    const from = records.lowerBound(ranges[pair] ?? 0, at, count);
    at = records.lowerBound((ranges[pair + 1] ?? 0) + 1, from, count);
    if (at > from) visit(from, at);
  }
}

/** Reads the messages of a selection page by page; cost follows messages and ranges. */
export class SelectionReader {
  readonly #list: SegmentList;
  readonly #ranges: UidRanges;
  #pair = 0;
  #uid: number;

  constructor(list: SegmentList, ranges: UidRanges) {
    this.#list = list;
    this.#ranges = ranges;
    this.#uid = ranges[0] ?? 0;
  }

  /** Fills the page with the next messages; 0 at the end. */
  next(page: MessagePage): number {
    page.count = 0;
    while (this.#pair < this.#ranges.length && page.count < page.capacity) {
      this.#list.read(this.#uid, this.#ranges[this.#pair + 1] ?? 0, page);
      if (page.count === page.capacity) {
        this.#uid = (page.uid[page.count - 1] ?? 0) + 1;
      } else {
        this.#pair += 2;
        this.#uid = this.#ranges[this.#pair] ?? 0;
      }
    }
    return page.count;
  }
}
