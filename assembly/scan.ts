import { FLAG_EIGHT_BIT, FLAG_ESCAPE } from "./layout";

/**
 * Scans of runs, 16 octets at a time, and 64 where a run turns out to be long. None has a bounds check: the sentinel LF behind the input stops
 * all of them, and the pad behind the sentinel makes the last loads legal. A result that needs two
 * values is packed: address in the low 32 bits, flags above.
 */

export const LF: u8 = 0x0a;
export const CR: u8 = 0x0d;
export const SPACE: u8 = 0x20;
/** CR LF, as a load of both octets sees them. */
export const CRLF: u32 = 0x0a0d;
export const QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;

export function packed(address: usize, flags: u32): u64 {
  return ((<u64>flags) << 32) | <u64>address;
}

export function addressOf(value: u64): usize {
  return <usize>(<u32>value);
}

export function flagsOf(value: u64): u32 {
  return <u32>(value >> 32);
}

/** What a table of sixteen is asked for. All of it is in the table, so that relaxed look-ups do the same on every processor. */
function lowHalves(octets: v128): v128 {
  return v128.and(octets, i8x16.splat(15));
}

/**
 * Octets that end an atom: CTL, SP, `"`, `(`, `)`, `{`, DEL and all beyond ASCII. All but the low ones have different low halves: a
 * table names the one octet that would be such. Where there is none it names one with another low half: 0xff, but 0 in the last place.
 */
function stopLanes(octets: v128): v128 {
  const named = i8x16.relaxed_swizzle(i8x16(-1, -1, 0x22, -1, -1, -1, -1, -1, 0x28, 0x29, -1, 0x7b, -1, -1, -1, 0x7f), lowHalves(octets));
  // As signed octets, everything beyond ASCII is negative, hence below 0x21 like SP and the controls.
  return v128.or(i8x16.lt_s(octets, i8x16.splat(0x21)), i8x16.eq(named, octets));
}

/** Octets that stand in an atom only in some grammars: `%` `*` `+` `<` `>` `[` `\` `]`. */
function oddLanes(octets: v128): v128 {
  const named = i8x16.relaxed_swizzle(i8x16(-1, -1, -1, -1, -1, 0x25, -1, -1, -1, -1, 0x2a, 0x2b, 0x3c, -1, 0x3e, 0), lowHalves(octets));
  // `[` `\` `]` are 0x5b to 0x5d: moved to the low end of the signed octets, where one comparison finds them.
  const brackets = i8x16.lt_s(i8x16.add(octets, i8x16.splat(0x25)), i8x16.splat(-125));
  return v128.or(brackets, i8x16.eq(named, octets));
}

/** From inside an atom to its end. Flags: not 0 if `odd` is not, or an odd octet was among them. */
export function atomTail(at: usize, odd: u32): u64 {
  while (true) {
    const octets = v128.load(at);
    const stop = <u32>i8x16.bitmask(stopLanes(octets));
    const odds = <u32>i8x16.bitmask(oddLanes(octets));
    if (stop != 0) {
      const length = ctz(stop);
      return packed(at + length, odd | (odds & ((1 << length) - 1)));
    }
    odd |= odds;
    at += 16;
  }
}

export function digitLanes(octets: v128): v128 {
  // `0` to `9` are 0x30 to 0x39: moved to the low end of the signed octets, where one comparison finds them.
  return i8x16.lt_s(i8x16.add(octets, i8x16.splat(0x50)), i8x16.splat(-118));
}

/** Digits, `:` and `,`: what sets are made of but for a `*` or two. */
export function setLanes(octets: v128): v128 {
  // As in digitLanes; `:` is 0x3a.
  const digits = i8x16.lt_s(i8x16.add(octets, i8x16.splat(0x50)), i8x16.splat(-117));
  return v128.or(digits, i8x16.eq(octets, i8x16.splat(0x2c)));
}

/** From inside a sequence set to the first octet that is no digit, `:`, `,` or `*`. Flags: not 0 if there was a `*`. */
export function setTail(at: usize): u64 {
  let star: u32 = 0;
  while (true) {
    const octets = v128.load(at);
    const stars = i8x16.eq(octets, i8x16.splat(0x2a));
    const other = <u32>i8x16.bitmask(v128.or(setLanes(octets), stars)) ^ 0xffff;
    if (other != 0) {
      const length = ctz(other);
      star |= <u32>i8x16.bitmask(stars) & ((1 << length) - 1);
      return packed(at + length, star);
    }
    star |= <u32>i8x16.bitmask(stars);
    at += 16;
    while (
      i8x16.bitmask(
        v128.and(
          v128.and(setLanes(v128.load(at)), setLanes(v128.load(at, 16))),
          v128.and(setLanes(v128.load(at, 32)), setLanes(v128.load(at, 48))),
        ),
      ) == 0xffff
    ) {
      at += 64;
    }
  }
}

/** `"` `\` CR LF NUL: their low halves differ, so a table names them, as in `stopLanes`. */
export function quotedStops(octets: v128): v128 {
  const named = i8x16.relaxed_swizzle(i8x16(0, -1, QUOTE, -1, -1, -1, -1, -1, -1, -1, LF, -1, BACKSLASH, CR, -1, 0), lowHalves(octets));
  return i8x16.eq(named, octets);
}

/**
 * From behind the opening quote to the closing one, or to the octet that cannot stand there: NUL, CR,
 * LF, or a backslash before anything but `"` and `\`. Flags: FLAG_ESCAPE, FLAG_EIGHT_BIT.
 */
export function quotedTail(at: usize): u64 {
  let flags: u32 = 0;
  while (true) {
    const first = v128.load(at);
    const second = v128.load(at, 16);
    let stops = <u32>i8x16.bitmask(quotedStops(first)) | ((<u32>i8x16.bitmask(quotedStops(second))) << 16);
    const high = <u32>i8x16.bitmask(first) | ((<u32>i8x16.bitmask(second)) << 16);
    if (stops == 0) {
      if (high != 0) flags |= FLAG_EIGHT_BIT;
      at = plainQuoted(at + 32, flags);
      flags = plainFlags;
      continue;
    }
    let next: usize = 32;
    do {
      const length = ctz(stops);
      const q = at + length;
      const escaped: u8 = load<u8>(q, 1);
      if (load<u8>(q) != BACKSLASH || (escaped != QUOTE && escaped != BACKSLASH)) {
        return packed(q, (high & ((1 << length) - 1)) != 0 ? flags | FLAG_EIGHT_BIT : flags);
      }
      flags |= FLAG_ESCAPE;
      // The escaped octet is no stop. At the end of the 32 it is behind them.
      stops &= ~(3 << length);
      if (length == 31) next = 33;
    } while (stops != 0);
    if (high != 0) flags |= FLAG_EIGHT_BIT;
    at += next;
  }
}

/** Flags of {@link plainQuoted}: FLAG_EIGHT_BIT or none is added to those given. */
let plainFlags: u32 = 0;

/** Where the last 64 octets without a stop end. */
function plainQuoted(at: usize, flags: u32): usize {
  while (true) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    if (v128.any_true(v128.or(v128.or(quotedStops(a), quotedStops(b)), v128.or(quotedStops(c), quotedStops(d))))) break;
    if (i8x16.bitmask(v128.or(v128.or(a, b), v128.or(c, d))) != 0) flags |= FLAG_EIGHT_BIT;
    at += 64;
  }
  plainFlags = flags;
  return at;
}

/** The next LF at or behind `at`. */
export function lineFeed(at: usize): usize {
  while (true) {
    const found = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(LF)));
    if (found != 0) return at + ctz(found);
    at += 16;
  }
}
