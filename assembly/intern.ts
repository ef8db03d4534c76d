import { HASH_A, HASH_SHIFT, KEYS, SLOTS } from "./atoms";

/**
 * A load at `n` (up to 64) folds the case of the last n octets, and clears those before. From 17 on it clears the last ones, too, as no name has
 * them: so a word of any length can be looked up, without a branch on that.
 */
const FOLD: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf,
  0xdf, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0,
]);

/**
 * Writes to an entry, which has none, the id of the atom of `length` octets (64 at most) that ends before `behind`, whatever its case, if it is
 * one of ours. It begins with an octet of CLASS_ATOM.
 *
 * Folding clears one bit, of letters and all else. Among the octets of an atom that makes equal, beside
 * the letters, `\` and `|`, and `@`, `]`, `^` and another one each: no name has one of the latter, and
 * a backslash only as its first octet, where a bar is of another class.
 */
export function intern(entry: usize, behind: usize, length: usize): void {
  const text = v128.and(v128.load(behind - 16), v128.load(length, FOLD));
  const halves = v128.xor(text, v128.shuffle<u64>(text, text, 1, 0));
  const hash = <u64>i64x2.extract_lane(halves, 0) * HASH_A;
  const id = <u32>load<u8>(<usize>(hash >> HASH_SHIFT), SLOTS);
  // A branch, not a choice between values: the processor goes on with what it expects.
  if (i8x16.bitmask(i8x16.eq(text, v128.load(<usize>(id << 4), KEYS))) == 0xffff) store<u16>(entry, id, 2);
}
