/** Numbers of up to eight digits, all digits at once, without a loop whose end a processor could guess wrong. */

/** Octets that {@link digitsAt} takes. */
export const DIGITS: usize = 8;

/** The values of the `length` (1 to 8) digits at `at`, one in an octet, with zeros in front. */
export function digitsAt(at: usize, length: usize): u64 {
  return (load<u64>(at) ^ 0x3030_3030_3030_3030) << ((DIGITS - length) << 3);
}

/** Whether all octets are values of digits. */
export function areDigits(digits: u64): bool {
  return (((digits + 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080) == 0;
}

/** Pairs of digits, then pairs of pairs, and the two halves: each step multiplies all of them at once. */
export function numberOf(digits: u64): u32 {
  const pairs = digits * 10 + (digits >> 8);
  const lanes: u64 = 0x0000_00ff_0000_00ff;
  return <u32>(((pairs & lanes) * (100 + (1_000_000 << 32)) + ((pairs >> 16) & lanes) * (1 + (10_000 << 32))) >> 32);
}
