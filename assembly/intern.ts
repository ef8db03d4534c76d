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
 * The id of the atom of `length` octets (64 at most) that ends before `behind`, whatever its case, in its place in an entry; 0 if it is none of
 * ours. It begins with an octet of CLASS_ATOM.
 *
 * Folding clears one bit, of letters and all else. Among the octets of an atom that makes equal, beside
 * the letters, `\` and `|`, and `@`, `]`, `^` and another one each: no name has one of the latter, and
 * a backslash only as its first octet, where a bar is of another class.
 */
export function intern(behind: usize, length: usize): u32 {
  const text = v128.and(v128.load(behind - 16), v128.load(length, FOLD));
  const halves = v128.xor(text, v128.shuffle<u64>(text, text, 1, 0));
  const hash = <u64>i64x2.extract_lane(halves, 0) * HASH_A;
  // The name of an atom is at 16 times its id; at 0 stands what no atom is.
  const key = (<u32>load<u8>(<usize>(hash >> HASH_SHIFT), SLOTS)) << 4;
  if (i8x16.bitmask(i8x16.eq(text, v128.load(<usize>key, KEYS))) != 0xffff) return 0;
  return key << 12;
}
