/** Numbers of up to seven digits at once, without a loop whose end a processor could guess wrong. */

export const ZEROS: u64 = 0x3030_3030_3030_3030;

/** How many bits of eight octets, exclusive-ored with {@link ZEROS}, are digits before the first other octet: a multiple of 8. */
export function digitBits(octets: u64): u64 {
  return ctz(((octets + 0x7676_7676_7676_7676) | octets) & 0x8080_8080_8080_8080) & 0x78;
}

/** The value of eight digits, the first one in the lowest octet. Pairs of digits, then pairs of pairs, and the two halves: each step multiplies all of them at once. */
export function numberOf(digits: u64): u32 {
  const pairs = digits * 10 + (digits >> 8);
  const lanes: u64 = 0x0000_00ff_0000_00ff;
  return <u32>(((pairs & lanes) * (100 + (1_000_000 << 32)) + ((pairs >> 16) & lanes) * (1 + (10_000 << 32))) >> 32);
}
