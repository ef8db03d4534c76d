import { CR, DASH, LF, behindFirst, bits64, endInput } from "./octets";
import { INPUT, RESULT } from "./layout";

/** Blocks of 64 octets after which the lanes that count line ends could overflow: each counts up to four for a block. */
const BLOCKS: usize = 63;

/** What is not known yet may be dashes: a line that the end of the input cuts is one that may mean something. */
function endLines(length: i32): usize {
  return endInput(length, i8x16(DASH, DASH, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
}

function sumLanes(counts: v128): i32 {
  const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts));
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
}

function finish(at: usize, lines: i32): i32 {
  store<i32>(RESULT, lines);
  return <i32>(at - INPUT);
}

/**
 * Passes over lines of a body from `from` on.
 *
 * Returns where the next line begins that begins with two dashes, or the length; RESULT has the line ends that were passed. Of
 * a line that the end of the input cuts, the octets that are missing count as dashes.
 */
export function nextLine(from: i32, length: i32): i32 {
  const end = endLines(length);
  const feed = i8x16.splat(LF);
  const dash = i8x16.splat(DASH);
  let at = INPUT + <usize>from;
  let first = v128.load(at);
  let lines: i32 = 0;
  while (at < end) {
    let counts = i8x16.splat(0);
    for (const stop = min(end, at + (BLOCKS << 6)); at < stop; at += 64) {
      const second = v128.load(at, 16);
      const third = v128.load(at, 32);
      const fourth = v128.load(at, 48);
      const next = v128.load(at, 64);
      const a = i8x16.eq(first, feed);
      const b = i8x16.eq(second, feed);
      const c = i8x16.eq(third, feed);
      const d = i8x16.eq(fourth, feed);
      const a1 = v128.and(a, i8x16.eq(behindFirst(first, second), dash));
      const b1 = v128.and(b, i8x16.eq(behindFirst(second, third), dash));
      const c1 = v128.and(c, i8x16.eq(behindFirst(third, fourth), dash));
      const d1 = v128.and(d, i8x16.eq(behindFirst(fourth, next), dash));
      first = next;
      if (v128.any_true(v128.or(v128.or(a1, b1), v128.or(c1, d1)))) {
        for (let found = bits64(a1, b1, c1, d1); found != 0; found &= found - 1) {
          const feedAt = at + <usize>ctz(found);
          if (load<u8>(feedAt, 2) != DASH) continue;
          return finish(feedAt + 1, lines + sumLanes(counts) + <i32>popcnt(bits64(a, b, c, d) & (found ^ (found - 1))));
        }
      }
      // A lane that is true is -1.
      counts = i8x16.sub(counts, i8x16.add(i8x16.add(a, b), i8x16.add(c, d)));
    }
    lines += sumLanes(counts);
  }
  return finish(end, lines);
}

/** The same in a header, where a line that begins with CR or LF means something too. */
export function nextHeaderLine(from: i32, length: i32): i32 {
  const end = endLines(length);
  const feed = i8x16.splat(LF);
  let lines: i32 = 0;
  for (let at = INPUT + <usize>from; at < end; at += 16) {
    const feeds = i8x16.eq(v128.load(at), feed);
    const next = v128.load(at, 1);
    const odd = v128.or(i8x16.eq(next, feed), v128.or(i8x16.eq(next, i8x16.splat(CR)), i8x16.eq(next, i8x16.splat(DASH))));
    const bits = <u32>i8x16.bitmask(feeds);
    for (let found = <u32>i8x16.bitmask(v128.and(feeds, odd)); found != 0; found &= found - 1) {
      const feedAt = at + <usize>ctz(found);
      if (load<u8>(feedAt, 1) == DASH && load<u8>(feedAt, 2) != DASH) continue;
      return finish(feedAt + 1, lines + <i32>popcnt(bits & (found ^ (found - 1))));
    }
    lines += <i32>popcnt(bits);
  }
  return finish(end, lines);
}
