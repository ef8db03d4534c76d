import { HASH_A, HASH_B, HASH_SHIFT, KEYS, SLOTS } from "./atoms";

/** A load at `16 - n` folds the case of the first n octets, and clears the others. */
const FOLD: usize = memory.data<u8>([
  0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0,
]);
const BAR: u32 = 0x7c;

/**
 * The id of the atom of `length` octets (1 to 16) at `at`, whatever its case; 0 if it is none of ours.
 *
 * Folding clears one bit, of letters and all else. Among the octets of an atom that makes equal, beside
 * the letters, `\` and `|`, and `@`, `]`, `^` and another one each: no name has one of the latter, and
 * a backslash only as its first octet, so that a bar there is made something else.
 */
export function intern(at: usize, length: usize, firstOctet: u32): u32 {
  const fold = FOLD + 16 - length;
  const first = (load<u64>(at) & load<u64>(fold)) ^ <u64>(firstOctet == BAR);
  const last = load<u64>(at, 8) & load<u64>(fold, 8);
  const id: u32 = load<u8>(SLOTS + <usize>(((first ^ (last * HASH_B)) * HASH_A) >> HASH_SHIFT));
  if (id != 0) {
    const key = KEYS + ((id - 1) << 4);
    if (load<u64>(key) == first && load<u64>(key, 8) == last) return id;
  }
  return 0;
}
