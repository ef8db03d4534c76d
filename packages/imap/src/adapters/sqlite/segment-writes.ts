import type { MessagePage } from "../../mailbox/message-page.ts";
import { RangeBuilder, type UidRanges } from "../../mailbox/uid-ranges.ts";
import { Flag } from "../../protocol/flags.ts";
import { forEachRun, type SegmentList } from "./segment-list.ts";
import type { SegmentRecords } from "./segment-records.ts";
import type { Segment } from "./segment-store.ts";

/** What a change adds to a mailbox's counters. */
export interface CounterDeltas {
  messages: number;
  unseen: number;
  deleted: number;
  size: number;
}

/** New bits of a column are `(old & keep) | set`. */
export interface FlagMasks {
  readonly keepSystem: number;
  readonly setSystem: number;
  readonly keepLow: number;
  readonly setLow: number;
  readonly keepHigh: number;
  readonly setHigh: number;
}

/** Adds rows `[0, page.count)` of a page behind the last message, with consecutive UIDs. Each segment is written once. */
export function appendRows(list: SegmentList, page: MessagePage, firstUid: number, modSeq: number): CounterDeltas {
  const deltas = { messages: page.count, unseen: 0, deleted: 0, size: 0 };
  const { store } = list;
  let row = 0;
  while (row < page.count) {
    const uid = firstUid + row;
    const index = list.segments.length - 1;
    const last = list.segments[index];
    const fits = last !== undefined && last.count < store.capacity;
    const { segment, records } = fits
      ? { segment: last, records: store.records(list.segments, index, last.lastUid) }
      : store.create(list.mailbox, uid);
    const end = Math.min(page.count, row + store.capacity - segment.count);
    records.appendPage(page, row, end, segment.count, uid, modSeq);
    let unseen = 0;
    let deleted = 0;
    for (let at = row; at < end; at++) {
      const flags = page.flags[at] ?? 0;
      if ((flags & Flag.seen) === 0) unseen++;
      if ((flags & Flag.deleted) !== 0) deleted++;
      deltas.size += page.size[at] ?? 0;
    }
    segment.count += end - row;
    segment.unseen += unseen;
    segment.deleted += deleted;
    segment.lastUid = firstUid + end - 1;
    segment.maxModSeq = modSeq;
    deltas.unseen += unseen;
    deltas.deleted += deleted;
    if (fits) {
      store.update(segment, records);
      list.changedFrom(index);
    } else {
      store.insert(segment, records);
      list.segments.push(segment);
    }
    row = end;
  }
  return deltas;
}

/** Changes the flags of a selection, in place. Only segments with a real change are written, and only changed messages get `modSeq`. */
export function changeFlags(
  list: SegmentList,
  selection: UidRanges,
  masks: FlagMasks,
  modSeq: number,
  unchangedSince: number,
): { readonly deltas: CounterDeltas; readonly changed: RangeBuilder; readonly modified: RangeBuilder } {
  const changed = new RangeBuilder();
  const modified = new RangeBuilder();
  const deltas = { messages: 0, unseen: 0, deleted: 0, size: 0 };
  for (const overlap of list.overlaps(selection)) {
    const { segment } = overlap;
    const records = list.store.records(list.segments, overlap.index, overlap.ahead);
    const before = { changed: changed.count, unseen: segment.unseen, deleted: segment.deleted };
    forEachRun(records, selection, overlap, (from, to) => {
      changeRun(records, segment, from, to, masks, modSeq, unchangedSince, changed, modified);
    });
    if (changed.count === before.changed) continue;
    deltas.unseen += segment.unseen - before.unseen;
    deltas.deleted += segment.deleted - before.deleted;
    segment.maxModSeq = modSeq;
    list.store.updateFlags(segment, records);
  }
  return { deltas, changed, modified };
}

/** The inner loop of STORE: columns only, nothing allocated. */
function changeRun(
  records: SegmentRecords,
  segment: Segment,
  from: number,
  to: number,
  masks: FlagMasks,
  newModSeq: number,
  unchangedSince: number,
  changed: RangeBuilder,
  modified: RangeBuilder,
): void {
  const { uid, flags, keywordsLow, keywordsHigh, modSeq } = records;
  const { keepSystem, setSystem, keepLow, setLow, keepHigh, setHigh } = masks;
  for (let at = from; at < to; at++) {
    if ((modSeq[at] ?? 0) > unchangedSince) {
      modified.add(uid[at] ?? 0);
      continue;
    }
    const oldFlags = flags[at] ?? 0;
    const oldLow = keywordsLow[at] ?? 0;
    const oldHigh = keywordsHigh[at] ?? 0;
    const newFlags = (oldFlags & keepSystem) | setSystem;
    const newLow = ((oldLow & keepLow) | setLow) >>> 0;
    const newHigh = ((oldHigh & keepHigh) | setHigh) >>> 0;
    if (newFlags === oldFlags && newLow === oldLow && newHigh === oldHigh) continue;
    flags[at] = newFlags;
    keywordsLow[at] = newLow;
    keywordsHigh[at] = newHigh;
    modSeq[at] = newModSeq;
    if (((oldFlags ^ newFlags) & Flag.seen) !== 0) segment.unseen += (newFlags & Flag.seen) === 0 ? 1 : -1;
    if (((oldFlags ^ newFlags) & Flag.deleted) !== 0) segment.deleted += (newFlags & Flag.deleted) === 0 ? -1 : 1;
    changed.add(uid[at] ?? 0);
  }
}
