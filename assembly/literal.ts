import { FLAG_NON_SYNC } from "./layout";
import { CR, LF, packed } from "./scan";

/** In the flags of {@link literalHeader}: more octets than 32 bits can count. */
export const TOO_LARGE: u32 = 0x100;
/** Results of {@link trailingLiteral} that are no size. */
export const NO_LITERAL: i64 = -1;
export const HUGE_LITERAL: i64 = -2;

/** 2^32 - 1 has ten digits; leading zeros beyond that are nobody's way to write a size. */
const SIZE_DIGITS: usize = 10;

/** Size of the literal whose header {@link literalHeader} has read. */
export let headerSize: u32 = 0;

/**
 * Reads a literal's header from behind its `{`: 1*DIGIT ["+"] "}" [CR] LF (RFC 9051 section 4.3).
 *
 * Returns the address behind the LF, with FLAG_NON_SYNC or TOO_LARGE as flags, and sets headerSize; or
 * 0 if this is no header.
 */
export function literalHeader(at: usize): u64 {
  const first = at;
  let size: u64 = 0;
  let flags: u32 = 0;
  while (true) {
    const digit = <u32>load<u8>(at) - 0x30;
    if (digit > 9) break;
    if (size <= 0xffff_ffff) size = size * 10 + digit;
    at++;
  }
  if (at == first) return 0;
  if (size > 0xffff_ffff || at - first > SIZE_DIGITS) flags = TOO_LARGE;
  if (load<u8>(at) == 0x2b) {
    flags |= FLAG_NON_SYNC;
    at++;
  }
  if (load<u8>(at) != 0x7d) return 0;
  at++;
  if (load<u8>(at) == CR) at++;
  if (load<u8>(at) != LF) return 0;
  headerSize = <u32>size;
  return packed(at + 1, flags);
}

/**
 * Looks back from the LF of a line that could not be read for a non-synchronizing literal's header:
 * its octets belong to the broken command all the same (RFC 7888 section 4), and taken for commands
 * they would run whatever somebody else wrote into a message. Returns the size, NO_LITERAL or HUGE_LITERAL.
 */
export function trailingLiteral(line: usize, feed: usize): i64 {
  let at = feed;
  if (at > line && load<u8>(at - 1) == CR) at--;
  if (at < line + 4 || load<u8>(at - 1) != 0x7d || load<u8>(at - 2) != 0x2b) return NO_LITERAL;
  at -= 2;
  const last = at;
  while (at > line && last - at <= SIZE_DIGITS && <u32>load<u8>(at - 1) - 0x30 <= 9) at--;
  if (last - at > SIZE_DIGITS) return HUGE_LITERAL;
  if (at == last || at == line || load<u8>(at - 1) != 0x7b) return NO_LITERAL;
  let size: i64 = 0;
  for (; at < last; at++) size = size * 10 + (<i64>load<u8>(at) - 0x30);
  return size > 0xffff_ffff ? HUGE_LITERAL : size;
}
