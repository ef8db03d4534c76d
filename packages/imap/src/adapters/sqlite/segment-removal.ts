import { RangeBuilder, type UidRanges } from "../../mailbox/uid-ranges.ts";
import { Flag } from "../../protocol/flags.ts";
import { forEachRun, type Overlap, type SegmentList } from "./segment-list.ts";
import type { SegmentRecords } from "./segment-records.ts";
import type { Segment } from "./segment-store.ts";
import type { CounterDeltas } from "./segment-writes.ts";

/**
 * Removes the selected messages (with `onlyDeleted`, those with `\Deleted`). Empty segments go, and a segment that
 * shrank joins its left neighbour, or its right one joins it, when both fill at most half a segment. Calls `release` with the contents of
 * the removed messages, in batches that it must not keep.
 */
export function removeRows(
  list: SegmentList,
  selection: UidRanges,
  onlyDeleted: boolean,
  release: (contents: readonly number[]) => void,
): { readonly deltas: CounterDeltas; readonly removed: RangeBuilder } {
  const removal = new Removal(selection, onlyDeleted, release);
  const overlaps = new Map<Segment, Overlap>();
  for (const overlap of list.overlaps(selection)) if (!onlyDeleted || overlap.segment.deleted > 0) overlaps.set(overlap.segment, overlap);

  const { store } = list;
  const kept: Segment[] = [];
  /** Records of the last kept segment when they are changed and not yet written. */
  let unwritten: SegmentRecords | undefined;
  const settle = (): void => {
    const last = kept.at(-1);
    if (unwritten !== undefined && last !== undefined) store.update(last, unwritten);
    unwritten = undefined;
  };
  for (const [index, segment] of list.segments.entries()) {
    const overlap = overlaps.get(segment);
    let records: SegmentRecords | undefined;
    if (overlap !== undefined) {
      const candidate = store.records(list.segments, index, overlap.ahead);
      if (removal.apply(candidate, overlap)) records = candidate;
      if (segment.count === 0) {
        store.remove(segment);
        continue;
      }
    }
    const left = kept.at(-1);
    if (left !== undefined && (records ?? unwritten) !== undefined && left.count + segment.count <= store.capacity >> 1) {
      unwritten ??= store.records(kept, kept.length - 1, left.lastUid);
      merge(left, unwritten, segment, records ?? store.records(list.segments, index, segment.lastUid));
      store.remove(segment);
    } else {
      settle();
      kept.push(segment);
      unwritten = records;
    }
  }
  settle();
  list.segments = kept;
  list.changedFrom(-1);
  removal.flush();
  return removal;
}

function merge(left: Segment, leftRecords: SegmentRecords, right: Segment, rightRecords: SegmentRecords): void {
  leftRecords.appendFrom(rightRecords, right.count, left.count);
  left.count += right.count;
  left.unseen += right.unseen;
  left.deleted += right.deleted;
  left.lastUid = right.lastUid;
  left.maxModSeq = Math.max(left.maxModSeq, right.maxModSeq);
}

/** Contents that are released in one statement. */
const RELEASE_BATCH = 4096;

/** Takes messages out of segments and adds up what went. */
class Removal {
  readonly deltas: CounterDeltas = { messages: 0, unseen: 0, deleted: 0, size: 0 };
  readonly removed = new RangeBuilder();
  readonly #selection: UidRanges;
  readonly #onlyDeleted: boolean;
  readonly #release: (contents: readonly number[]) => void;
  #contents: number[] = [];

  constructor(selection: UidRanges, onlyDeleted: boolean, release: (contents: readonly number[]) => void) {
    this.#selection = selection;
    this.#onlyDeleted = onlyDeleted;
    this.#release = release;
  }

  /** Removes what is selected from one segment, in memory; false when there was nothing. */
  apply(records: SegmentRecords, overlap: Overlap): boolean {
    const { segment } = overlap;
    const before = segment.count;
    let kept = 0;
    let settled = 0;
    forEachRun(records, this.#selection, overlap, (from, to) => {
      for (let at = from; at < to; at++) {
        if (this.#onlyDeleted && ((records.flags[at] ?? 0) & Flag.deleted) === 0) continue;
        this.#note(records, at, segment);
        records.moveDown(settled, at, kept);
        kept += at - settled;
        settled = at + 1;
      }
    });
    if (settled === 0) return false;
    records.moveDown(settled, before, kept);
    segment.count = kept + before - settled;
    if (segment.count > 0) segment.lastUid = records.uid[segment.count - 1] ?? 0;
    this.deltas.messages -= before - segment.count;
    if (this.#contents.length >= RELEASE_BATCH) this.flush();
    return true;
  }

  #note(records: SegmentRecords, at: number, segment: Segment): void {
    const flags = records.flags[at] ?? 0;
    if ((flags & Flag.seen) === 0) {
      segment.unseen--;
      this.deltas.unseen--;
    }
    if ((flags & Flag.deleted) !== 0) {
      segment.deleted--;
      this.deltas.deleted--;
    }
    this.deltas.size -= records.size[at] ?? 0;
    this.removed.add(records.uid[at] ?? 0);
    this.#contents.push(records.content[at] ?? 0);
  }

  flush(): void {
    if (this.#contents.length > 0) this.#release(this.#contents);
    this.#contents = [];
  }
}
