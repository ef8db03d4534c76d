import { INPUT } from "./layout";

export const LF: u8 = 0x0a;
export const CR: u8 = 0x0d;
const TAB: u8 = 0x09;
export const SPACE: u8 = 0x20;
export const DASH: u8 = 0x2d;
export const COLON: u8 = 0x3a;
export const EQUALS: u8 = 0x3d;
export const QUESTION: u8 = 0x3f;

/** One bit for each of 64 octets, from the lanes of four times 16. */
export function bits64(first: v128, second: v128, third: v128, fourth: v128): u64 {
  const low = <u32>i8x16.bitmask(first) | ((<u32>i8x16.bitmask(second)) << 16);
  const high = <u32>i8x16.bitmask(third) | ((<u32>i8x16.bitmask(fourth)) << 16);
  return <u64>low | ((<u64>high) << 32);
}

/** The 16 octets that begin one behind the first of `octets`; `next` are those that follow. A load would be checked against the bounds. */
export function behindFirst(octets: v128, next: v128): v128 {
  return i8x16.shuffle(octets, next, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
}

/** Puts `sentinel` behind the input, and zeros behind that. Returns the address of the sentinel. */
export function endInput(length: i32, sentinel: v128): usize {
  const end = INPUT + <usize>length;
  const zeros = i8x16.splat(0);
  v128.store(end, sentinel);
  v128.store(end, zeros, 16);
  v128.store(end, zeros, 32);
  v128.store(end, zeros, 48);
  v128.store(end, zeros, 64);
  return end;
}

/** A line end behind the input: the last line has one then, whatever the header is. */
export function endHeader(length: i32): usize {
  return endInput(length, i8x16(LF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
}

export function isBlank(octet: u8): bool {
  return octet == SPACE || octet == TAB;
}

/** Whether the line at `at` is the empty one. A CR that the input ends with is a line, though the sentinel follows it. */
export function isEmptyLine(at: usize, end: usize): bool {
  const octet = load<u8>(at);
  return octet == LF || (octet == CR && load<u8>(at, 1) == LF && at + 1 < end);
}

/** The address of the next LF, which must be there. */
export function nextFeed(at: usize): usize {
  const feed = i8x16.splat(LF);
  while (true) {
    const feeds = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), feed));
    if (feeds != 0) return at + <usize>ctz(feeds);
    at += 16;
  }
}
