/**
 * A set of UIDs as sorted, disjoint, inclusive ranges: `[from0, to0, from1, to1, ...]`.
 * What a command selects is always this, so its cost follows the ranges and not the mailbox.
 */
export type UidRanges = Uint32Array;

export const MAX_UID = 0xffff_ffff;

export const ALL_UIDS: UidRanges = Uint32Array.of(1, MAX_UID);

export const NO_UIDS: UidRanges = new Uint32Array(0);

/** Folds UIDs that come in ascending order into ranges. Its memory grows with the ranges, not with the UIDs. */
export class RangeBuilder {
  #ranges = new Uint32Array(16);
  #length = 0;
  /** How many UIDs were added. */
  count = 0;

  /** Adds a UID; it is above all that were added before. */
  add(uid: number): void {
    this.addRange(uid, uid);
  }

  /** Adds all UIDs of `[from, to]`; they are above all that were added before. */
  addRange(from: number, to: number): void {
    this.count += to - from + 1;
    if (this.#length > 0 && this.#ranges[this.#length - 1] === from - 1) {
      this.#ranges[this.#length - 1] = to;
      return;
    }
    if (this.#length === this.#ranges.length) {
      const wider = new Uint32Array(this.#length * 2);
      wider.set(this.#ranges);
      this.#ranges = wider;
    }
    this.#ranges[this.#length] = from;
    this.#ranges[this.#length + 1] = to;
    this.#length += 2;
  }

  /** The ranges so far, as a copy. */
  build(): UidRanges {
    return this.#length === 0 ? NO_UIDS : this.#ranges.slice(0, this.#length);
  }
}

/** Folds UIDs in ascending order into ranges. */
export function rangesOf(ascending: ArrayLike<number>): UidRanges {
  const ranges = new RangeBuilder();
  for (let at = 0; at < ascending.length; at++) ranges.add(ascending[at] ?? 0);
  return ranges.build();
}

/** All UIDs of the ranges, ascending. */
export function uidsOf(ranges: UidRanges): Uint32Array {
  const uids = new Uint32Array(countOf(ranges));
  let length = 0;
  for (let at = 0; at < ranges.length; at += 2) {
    const to = ranges[at + 1] ?? 0;
    for (let uid = ranges[at] ?? 1; uid <= to; uid++) uids[length++] = uid;
  }
  return uids;
}

/** The part of the ranges up to and including `last`. */
export function clipRanges(ranges: UidRanges, last: number): UidRanges {
  let end = ranges.length;
  while (end > 0 && (ranges[end - 2] ?? 0) > last) end -= 2;
  if (end === ranges.length && (ranges[end - 1] ?? 0) <= last) return ranges;
  const clipped = ranges.slice(0, end);
  if (end > 0 && (clipped[end - 1] ?? 0) > last) clipped[end - 1] = last;
  return clipped;
}

/** How many UIDs the ranges name. */
export function countOf(ranges: UidRanges): number {
  let count = 0;
  for (let at = 0; at < ranges.length; at += 2) count += (ranges[at + 1] ?? 0) - (ranges[at] ?? 0) + 1;
  return count;
}

/** Whether a UID is named, by binary search. */
export function includesUid(ranges: UidRanges, uid: number): boolean {
  let low = 0;
  let high = ranges.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle * 2 + 1] ?? 0) < uid) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length >> 1 && (ranges[low * 2] ?? 0) <= uid;
}

/** The sequence-set text of RFC 9051, for example `1:3,7`. Empty for no UIDs. */
export function formatRanges(ranges: UidRanges): string {
  let text = "";
  for (let at = 0; at < ranges.length; at += 2) {
    const from = ranges[at] ?? 0;
    const to = ranges[at + 1] ?? 0;
    text += `${at > 0 ? "," : ""}${from === to ? from : `${from}:${to}`}`;
  }
  return text;
}

/** The UIDs of `ranges` that `without` does not name. */
export function subtractRanges(ranges: UidRanges, without: UidRanges): UidRanges {
  const rest = new RangeBuilder();
  let cut = 0;
  for (let at = 0; at < ranges.length; at += 2) {
    const to = ranges[at + 1] ?? 0;
    let from = ranges[at] ?? 1;
    while (cut < without.length && (without[cut + 1] ?? 0) < from) cut += 2;
    for (let next = cut; next < without.length && (without[next] ?? 0) <= to; next += 2) {
      const gap = without[next] ?? 0;
      if (gap > from) rest.addRange(from, gap - 1);
      from = Math.max(from, (without[next + 1] ?? 0) + 1);
      // The last one may reach into the next range.
      cut = next;
    }
    if (from <= to) rest.addRange(from, to);
  }
  return rest.build();
}
