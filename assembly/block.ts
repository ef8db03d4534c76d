/**
 * 32 octets at a time: where words end in them, and which octets are odd. A word's end then depends on
 * a shift and a count of zeros, not on loads and comparisons for every word.
 */

/** Address of the octet that bit 0 stands for. */
export let blockAt: usize = 0;
/** One bit per octet that ends an atom: CTL, SP, `"`, `(`, `)`, `{`, DEL and all beyond ASCII. */
export let blockStops: u32 = 0;
/** One bit per octet that stands in an atom only in some grammars: `%` `*` `+` `<` `>` `[` `\` `]`. */
export let blockOdds: u32 = 0;

export const BLOCK: usize = 32;

/** The lower half of each octet: what a table of sixteen is asked for. */
function lowNibbles(octets: v128): v128 {
  return v128.and(octets, i8x16.splat(15));
}

/**
 * All stops but the low ones have different low halves: a table names the one octet that would be a stop. Where there is none
 * it names one with another low half: 0xff, but 0 in the last place.
 */
export function stopLanes(octets: v128): v128 {
  const named = i8x16.swizzle(i8x16(-1, -1, 0x22, -1, -1, -1, -1, -1, 0x28, 0x29, -1, 0x7b, -1, -1, -1, 0x7f), lowNibbles(octets));
  // As signed octets, everything beyond ASCII is negative, hence below 0x21 like SP and the controls.
  return v128.or(i8x16.lt_s(octets, i8x16.splat(0x21)), i8x16.eq(named, octets));
}

export function oddLanes(octets: v128): v128 {
  const named = i8x16.swizzle(i8x16(-1, -1, -1, -1, -1, 0x25, -1, -1, -1, -1, 0x2a, 0x2b, 0x3c, -1, 0x3e, 0), lowNibbles(octets));
  // `[` `\` `]` are 0x5b to 0x5d: moved to the low end of the signed octets, where one comparison finds them.
  const brackets = i8x16.lt_s(i8x16.add(octets, i8x16.splat(0x25)), i8x16.splat(-125));
  return v128.or(brackets, i8x16.eq(named, octets));
}

/** Looks at the octets from `at` on. */
export function readBlock(at: usize): void {
  const first = v128.load(at);
  const second = v128.load(at, 16);
  keepBlock(
    at,
    <u32>i8x16.bitmask(stopLanes(first)) | ((<u32>i8x16.bitmask(stopLanes(second))) << 16),
    <u32>i8x16.bitmask(oddLanes(first)) | ((<u32>i8x16.bitmask(oddLanes(second))) << 16),
  );
}

export function keepBlock(at: usize, stops: u32, odds: u32): void {
  blockAt = at;
  blockStops = stops;
  blockOdds = odds;
}
