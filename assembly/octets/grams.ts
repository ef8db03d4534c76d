import { UNKNOWN } from "./find";
import { INPUT, OUTPUT } from "./layout";
import { CR, EQUALS, LF, QUESTION, endInput } from "./octets";

const DONE: i32 = 0;

/**
 * Puts to OUTPUT a set that has a bit for each gram of the input: four octets that follow each other, in lower
 * case. `lastBit` is the number of bits less one, a power of two less one. In a header, line ends are passed over.
 *
 * Returns UNKNOWN where an octet is not ASCII, or an encoded word may be in a header.
 */
export function setGrams(length: i32, header: i32, lastBit: u32): i32 {
  let end = endInput(length, i8x16.splat(0));
  if (header != 0) {
    end = unfold(end);
    if (end == 0) return UNKNOWN;
  }
  for (let at = INPUT; at < end; at += 16) {
    const octets = v128.load(at);
    if (i8x16.bitmask(octets) != 0) return UNKNOWN;
    const capitals = i8x16.lt_u(i8x16.sub(octets, i8x16.splat(0x41)), i8x16.splat(26));
    v128.store(at, v128.or(octets, v128.and(capitals, i8x16.splat(0x20))));
  }
  // An octet for each bit first, which takes no load before its store, then 16 of them at a time.
  memory.fill(OUTPUT, 0, <usize>lastBit + 1);
  for (let at = INPUT; at + 3 < end; at++) {
    const mixed = load<u32>(at) * 0x9e37_79b1;
    store<u8>(OUTPUT + <usize>((mixed ^ (mixed >> 15)) & lastBit), 0xff);
  }
  for (let bit: usize = 0; bit <= <usize>lastBit; bit += 16) store<u16>(OUTPUT + (bit >> 3), i8x16.bitmask(v128.load(OUTPUT + bit)));
  return DONE;
}

/** Takes the line ends out of the input. Returns its new end, 0 where an encoded word may be in it. */
function unfold(end: usize): usize {
  let to = INPUT;
  let before: u8 = 0;
  for (let at = INPUT; at < end; at++) {
    const octet = load<u8>(at);
    if (octet == QUESTION && before == EQUALS) return 0;
    before = octet;
    if (octet == CR || octet == LF) continue;
    store<u8>(to++, octet);
  }
  return to;
}
