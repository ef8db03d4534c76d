import { FLAG_EIGHT_BIT, FLAG_ESCAPE } from "./layout";

/**
 * Scans of runs, 16 octets at a time. None has a bounds check: the sentinel LF behind the input stops
 * all of them, and the pad behind the sentinel makes the last load legal. A result that needs two
 * values is packed: address in the low 32 bits, flags above.
 */

export const LF: u8 = 0x0a;
export const CR: u8 = 0x0d;
export const SPACE: u8 = 0x20;
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;

export function packed(address: usize, flags: u32): u64 {
  return ((<u64>flags) << 32) | <u64>address;
}

export function addressOf(value: u64): usize {
  return <usize>(<u32>value);
}

export function flagsOf(value: u64): u32 {
  return <u32>(value >> 32);
}

/** One bit per octet that ends an atom: CTL, SP, `"`, `(`, `)`, `{`, DEL and all beyond ASCII. */
export function stopMask(octets: v128): u32 {
  // As signed octets, everything beyond ASCII is negative, hence below 0x21 like SP and the controls.
  const low = i8x16.lt_s(octets, i8x16.splat(0x21));
  const parentheses = i8x16.eq(v128.and(octets, i8x16.splat(-2)), i8x16.splat(0x28));
  const quote = i8x16.eq(octets, i8x16.splat(0x22));
  // `{` is 0x7b and DEL is 0x7f: one bit apart.
  const brace = i8x16.eq(v128.or(octets, i8x16.splat(4)), i8x16.splat(0x7f));
  return <u32>i8x16.bitmask(v128.or(v128.or(low, parentheses), v128.or(quote, brace)));
}

/** One bit per octet that stands in an atom only in some grammars: `%` `*` `+` `<` `>` `[` `\` `]`. */
export function oddMask(octets: v128): u32 {
  const brackets = i8x16.lt_u(i8x16.sub(octets, i8x16.splat(0x5b)), i8x16.splat(3));
  const starPlus = i8x16.eq(v128.and(octets, i8x16.splat(-2)), i8x16.splat(0x2a));
  const angles = i8x16.eq(v128.and(octets, i8x16.splat(-3)), i8x16.splat(0x3c));
  const percent = i8x16.eq(octets, i8x16.splat(0x25));
  return <u32>i8x16.bitmask(v128.or(v128.or(brackets, starPlus), v128.or(angles, percent)));
}

/** From inside an atom to its end. Flags: not 0 if an odd octet was among them. */
export function atomTail(at: usize, odd: u32): u64 {
  while (true) {
    const octets = v128.load(at);
    const stop = stopMask(octets);
    if (stop != 0) {
      const length = ctz(stop);
      odd |= oddMask(octets) & ((1 << length) - 1);
      return packed(at + length, odd);
    }
    odd |= oddMask(octets);
    at += 16;
  }
}

/** From inside a sequence set to the first octet that is no digit, `:`, `,` or `*`. Flags: not 0 if there was a `*`. */
export function setTail(at: usize): u64 {
  let star: u32 = 0;
  while (true) {
    const octets = v128.load(at);
    const digits = i8x16.lt_u(i8x16.sub(octets, i8x16.splat(0x30)), i8x16.splat(11));
    const stars = i8x16.eq(octets, i8x16.splat(0x2a));
    const commas = i8x16.eq(octets, i8x16.splat(0x2c));
    const other = <u32>i8x16.bitmask(v128.or(v128.or(digits, stars), commas)) ^ 0xffff;
    if (other != 0) {
      const length = ctz(other);
      star |= <u32>i8x16.bitmask(stars) & ((1 << length) - 1);
      return packed(at + length, star);
    }
    star |= <u32>i8x16.bitmask(stars);
    at += 16;
  }
}

/**
 * From behind the opening quote to the closing one, or to the octet that cannot stand there: NUL, CR,
 * LF, or a backslash before anything but `"` and `\`. Flags: FLAG_ESCAPE, FLAG_EIGHT_BIT.
 */
export function quotedTail(at: usize): u64 {
  let flags: u32 = 0;
  while (true) {
    const octets = v128.load(at);
    const ends = v128.or(i8x16.eq(octets, i8x16.splat(QUOTE)), i8x16.eq(octets, i8x16.splat(BACKSLASH)));
    const lines = v128.or(i8x16.eq(octets, i8x16.splat(CR)), i8x16.eq(octets, i8x16.splat(LF)));
    const stop = <u32>i8x16.bitmask(v128.or(v128.or(ends, lines), i8x16.eq(octets, i8x16.splat(0))));
    const high = <u32>i8x16.bitmask(octets);
    if (stop == 0) {
      if (high != 0) flags |= FLAG_EIGHT_BIT;
      at += 16;
      continue;
    }
    const length = ctz(stop);
    if ((high & ((1 << length) - 1)) != 0) flags |= FLAG_EIGHT_BIT;
    at += length;
    if (load<u8>(at) != BACKSLASH) return packed(at, flags);
    const escaped: u8 = load<u8>(at, 1);
    if (escaped != QUOTE && escaped != BACKSLASH) return packed(at, flags);
    flags |= FLAG_ESCAPE;
    at += 2;
  }
}

/** The next LF at or behind `at`. */
export function lineFeed(at: usize): usize {
  while (true) {
    const found = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(LF)));
    if (found != 0) return at + ctz(found);
    at += 16;
  }
}
