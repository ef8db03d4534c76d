import { ANCHORS, INPUT, PATTERN_SIZE, TEXT } from "./layout";
import { bits64, endHeader } from "./octets";

/** Whether the octets at `at` are the pattern in any case. */
export function isPattern(at: usize, pattern: usize, length: i32): bool {
  for (; length > 0; length -= 16) {
    const folded = v128.or(v128.load(at), v128.load(pattern, PATTERN_SIZE));
    const other = <u32>i8x16.bitmask(i8x16.eq(folded, v128.load(pattern))) ^ 0xffff;
    if (length <= 16) return other << (32 - length) == 0;
    if (other != 0) return false;
    at += 16;
    pattern += 16;
  }
  return true;
}

/** Not 0 where the last {@link findText} has seen an octet above ASCII. */
let seenAbove: i32 = 0;

/**
 * How the octets at `at` differ from the two that a text is looked for by, in anything but the case of a letter: 0 where both may be there.
 */
function differences(octets: v128, others: v128, first: v128, second: v128): v128 {
  return v128.and(v128.or(v128.xor(octets, first), v128.xor(others, second)), i8x16.splat(-33));
}

/**
 * Looks for TEXT, of `length` octets and not empty, in `[at, end)`: where both of its rarest octets fit, all are compared.
 *
 * Returns where it is, or 0. The loads reach up to 64 octets beyond the end, and the last ones of the text.
 */
export function findText(at: usize, end: usize, length: i32): usize {
  const last = end - <usize>length;
  const low = <usize>load<u8>(ANCHORS);
  const high = <usize>load<u8>(ANCHORS, 1);
  const first = v128.load8_splat(TEXT + low);
  const second = v128.load8_splat(TEXT + high);
  const zeros = i8x16.splat(0);
  let all = zeros;
  for (; <isize>at <= <isize>last; at += 64) {
    const x = at + low;
    const y = at + high;
    const a = v128.load(x);
    const b = v128.load(x, 16);
    const c = v128.load(x, 32);
    const d = v128.load(x, 48);
    const p = differences(a, v128.load(y), first, second);
    const q = differences(b, v128.load(y, 16), first, second);
    const r = differences(c, v128.load(y, 32), first, second);
    const s = differences(d, v128.load(y, 48), first, second);
    all = v128.or(all, v128.or(v128.or(a, b), v128.or(c, d)));
    if (i8x16.bitmask(i8x16.eq(i8x16.min_u(i8x16.min_u(p, q), i8x16.min_u(r, s)), zeros)) == 0) continue;
    for (
      let found = bits64(i8x16.eq(p, zeros), i8x16.eq(q, zeros), i8x16.eq(r, zeros), i8x16.eq(s, zeros));
      found != 0;
      found &= found - 1
    ) {
      const start = at + <usize>ctz(found);
      if (start > last) break;
      if (!isPattern(start, TEXT, length)) continue;
      seenAbove = i8x16.bitmask(all);
      return start;
    }
  }
  seenAbove = i8x16.bitmask(all);
  return 0;
}

/** Not 0 where one of the 64 octets at `at` is above ASCII. */
function aboveAscii(at: usize): i32 {
  return i8x16.bitmask(v128.or(v128.or(v128.load(at), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48))));
}

export const ABSENT: i32 = 0;
export const FOUND: i32 = 1;
/** Octets alone do not say. */
export const UNKNOWN: i32 = 2;

/** Whether TEXT is in the input; UNKNOWN where any octet of the input is above ASCII. */
export function holdsText(length: i32, textLength: i32): i32 {
  const end = endHeader(length);
  const found = findText(INPUT, end, textLength);
  // Its loads begin at an octet of the text, and end where a text was found or none begins any more.
  let above = seenAbove | aboveAscii(INPUT) | aboveAscii(max(INPUT, end - PATTERN_SIZE));
  if (found != 0) for (let at = found; at < end; at += 64) above |= aboveAscii(at);
  return above != 0 ? UNKNOWN : found != 0 ? FOUND : ABSENT;
}
