/** Results of {@link trailingLiteral} that are no size. */
export const NO_LITERAL = -1;
export const HUGE_LITERAL = -2;

/** 2^32 - 1 has ten digits; leading zeros beyond that are nobody's way to write a size. */
export const SIZE_DIGITS = 10;
/** Largest size that a tape can hold. */
export const SIZE_MAX = 0xffff_ffff;
/** Octets before an LF that {@link trailingLiteral} may look at: `{`, the digits and one more, `+}` and CR. */
export const TRAILING_OCTETS = SIZE_DIGITS + 5;

/**
 * Looks back from the LF of a line that could not be read for a non-synchronizing literal's header:
 * its octets belong to the broken command all the same (RFC 7888 section 4), and taken for commands
 * they would run whatever somebody else wrote into a message.
 *
 * @param line offset where the line began
 * @param feed offset of its LF
 * @returns the size, NO_LITERAL, or HUGE_LITERAL when it does not fit in 32 bits
 */
export function trailingLiteral(octets: Uint8Array, line: number, feed: number): number {
  let at = feed;
  if (at > line && octets[at - 1] === 0x0d) at--;
  if (at < line + 4 || octets[at - 1] !== 0x7d || octets[at - 2] !== 0x2b) return NO_LITERAL;
  at -= 2;
  const last = at;
  while (at > line && last - at <= SIZE_DIGITS && isDigit(octets[at - 1] ?? 0)) at--;
  if (last - at > SIZE_DIGITS) return HUGE_LITERAL;
  if (at === last || at === line || octets[at - 1] !== 0x7b) return NO_LITERAL;
  let size = 0;
  for (; at < last; at++) size = size * 10 + (octets[at] ?? 0) - 0x30;
  return size > SIZE_MAX ? HUGE_LITERAL : size;
}

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}
