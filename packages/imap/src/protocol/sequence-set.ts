import { bad } from "./status-error.ts";

/** `*` in a {@link SequenceSet}: the highest number there is. No number of IMAP is larger. */
export const STAR = 0x1_0000_0000;

/** The ranges of a sequence set as the client wrote them: `[from0, to0, from1, to1, ...]`, `*` as {@link STAR}, not sorted. */
export type SequenceSet = readonly number[];

/**
 * Reads `sequence-set` (RFC 9051 section 9) without its `$`.
 *
 * sequence-set = (seq-number / seq-range) ["," sequence-set]; seq-number = nz-number / "*"
 */
export function parseSequenceSet(text: Uint8Array): SequenceSet {
  const out: number[] = [];
  /** The first number of a range, while its second one is read. */
  let from = 0;
  for (let at = 0; ; at++) {
    let value = 0;
    if (text[at] === 0x2a) {
      value = STAR;
      at++;
    } else {
      const start = at;
      for (let byte = text[at]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = text[++at]) value = value * 10 + byte - 0x30;
      // No number at all is 0.
      if (value < 1 || value > 0xffff_ffff || at - start > 10)
        throw bad("Invalid sequence set: expected a number from 1 to 4294967295 or *");
    }
    if (from === 0 && text[at] === 0x3a) {
      from = value;
      continue;
    }
    if (from === 0) out.push(value, value);
    else out.push(Math.min(from, value), Math.max(from, value));
    from = 0;
    if (at === text.length) return out;
    if (text[at] !== 0x2c) throw bad("Invalid sequence set: expected a comma");
  }
}

/** Sorts ranges `[from, to, ...]` and joins those that touch: what the index and the planners work on. */
export function normalizeRanges(ranges: readonly number[]): Uint32Array {
  const ordered = isAscending(ranges) ? ranges : inOrder(ranges);
  const joined = new Uint32Array(ordered.length);
  let length = 0;
  for (let at = 0; at < ordered.length; at += 2) {
    const from = ordered[at] ?? 0;
    const to = ordered[at + 1] ?? 0;
    const last = joined[length - 1];
    if (last !== undefined && from <= last + 1) joined[length - 1] = Math.max(last, to);
    else {
      joined[length++] = from;
      joined[length++] = to;
    }
  }
  return length === joined.length ? joined : joined.slice(0, length);
}

function isAscending(ranges: readonly number[]): boolean {
  for (let at = 2; at < ranges.length; at += 2) if ((ranges[at] ?? 0) <= (ranges[at - 1] ?? 0)) return false;
  return true;
}

/** Sorted by the first number of each. */
function inOrder(ranges: readonly number[]): readonly number[] {
  const pairs = Array.from({ length: ranges.length >> 1 }, (_, at) => [ranges[at * 2] ?? 0, ranges[at * 2 + 1] ?? 0] as const);
  return pairs.sort((a, b) => a[0] - b[0]).flat();
}
