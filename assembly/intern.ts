import { HASH_A, HASH_SHIFT, KEYS, SLOTS } from "./atoms";

/** A load at `16 - n` folds the case of the first n octets, and clears the others. */
const FOLD: usize = memory.data<u8>([
  0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0,
]);

/**
 * The id of the atom of `length` octets (1 to 16) at `at`, whatever its case; 0 if it is none of ours. It begins with an octet of CLASS_ATOM.
 *
 * Folding clears one bit, of letters and all else. Among the octets of an atom that makes equal, beside
 * the letters, `\` and `|`, and `@`, `]`, `^` and another one each: no name has one of the latter, and
 * a backslash only as its first octet, where a bar is of another class.
 */
export function intern(at: usize, length: usize): u32 {
  const text = v128.and(v128.load(at), v128.load(16 - length, FOLD));
  const halves = v128.xor(text, v128.shuffle<u64>(text, text, 1, 0));
  const hash = <u64>i64x2.extract_lane(halves, 0) * HASH_A;
  const id: u32 = load<u8>(<usize>(hash >> HASH_SHIFT), SLOTS);
  // A branch, not a choice between values: the processor goes on with what it expects.
  if (id != 0) {
    if (i8x16.bitmask(i8x16.eq(text, v128.load(<usize>(id << 4), KEYS))) == 0xffff) return id;
  }
  return 0;
}
