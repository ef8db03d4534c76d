import { INPUT, MASKS } from "./layout";
import { inputEnd, masksEnd, setMasksEnd } from "./state";

/**
 * One bit for each octet of the input: set where a word ends or may end. They are made some hundred octets ahead of the words, so
 * that the vectors' constants are loaded once for many words, and kept in memory, so that no word has to know where a block ends.
 */

/** Octets that are looked at together. */
const BLOCK: usize = 32;
/** The mask of the octet at `p` is the bit `p & 7` of the octet at `p >> 3`, and this. */
export const MASKS_AT: usize = MASKS - (INPUT >> 3);

/** How far a mask shows at most. */
export const MASK_BITS: usize = 64;

/** One bit for each of 16 octets: CTL, SP, `"`, `(`, `)`, `{`, DEL, all beyond ASCII, and the odd ones: `%` `*` `+` `<` `>` `[` `\` `]`. */
function specials(octets: v128): u32 {
  // Each upper half of an octet that has some of them, but not all, has a bit of its own in both tables; 1 is for those that have all.
  // What is asked for is below 16: there, relaxed look-ups do the same on every processor.
  const low = i8x16.relaxed_swizzle(i8x16(3, 1, 3, 1, 1, 3, 1, 1, 3, 3, 3, 27, 13, 9, 5, 17), v128.and(octets, i8x16.splat(15)));
  const high = i8x16.relaxed_swizzle(i8x16(1, 1, 2, 4, 0, 8, 0, 16, 1, 1, 1, 1, 1, 1, 1, 1), i8x16.shr_u(octets, 4));
  return <u32>i8x16.bitmask(i8x16.gt_s(v128.and(low, high), i8x16.splat(0)));
}

/** Forgets the input before. */
export function clearMasks(): void {
  setMasksEnd(INPUT);
}

/** Makes the masks of `length` octets or a few more from `p` on, but none behind the sentinel. */
export function readMasks(p: usize, length: usize): void {
  let at = max(masksEnd(), p & ~(BLOCK - 1));
  const to = min(p + length, inputEnd() + 1);
  do {
    // With the zeros behind it in one store: a load that spans two waits until both are in the cache.
    store<u64>(at >> 3, <u64>(specials(v128.load(at)) | (specials(v128.load(at, 16)) << 16)), MASKS_AT);
    at += BLOCK;
  } while (at < to);
  // 128 zeros: a word that goes on there does not end, also behind a quoted string of 33 octets that does, or a command's end and a tag.
  store<u64>(at >> 3, 0, MASKS_AT + 4);
  store<u32>(at >> 3, 0, MASKS_AT + 12);
  setMasksEnd(at);
}
