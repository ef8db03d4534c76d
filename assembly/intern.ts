import { HASH_A, HASH_B, HASH_SHIFT, KEYS, SLOTS } from "./atoms";

/** 16 octets of ones and 16 of zeros: a load at `16 - n` keeps the first n lanes. */
const KEEP: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** The id of the atom in the first `length` lanes (1 to 16), whatever its case; 0 if it is none of ours. */
export function intern(octets: v128, length: u32): u32 {
  const lower = i8x16.lt_u(i8x16.sub(octets, i8x16.splat(0x61)), i8x16.splat(26));
  const upper = v128.xor(octets, v128.and(lower, i8x16.splat(0x20)));
  const key = v128.and(upper, v128.load(KEEP + 16 - length));
  const mixed = (<u64>i64x2.extract_lane(key, 0) ^ (<u64>i64x2.extract_lane(key, 1) * HASH_B)) * HASH_A;
  const id: u32 = load<u8>(SLOTS + <usize>(mixed >> HASH_SHIFT));
  if (id == 0) return 0;
  return i8x16.all_true(i8x16.eq(key, v128.load(KEYS + ((id - 1) << 4)))) ? id : 0;
}
