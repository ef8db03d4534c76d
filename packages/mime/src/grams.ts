import { CR, EQUALS, LF, QUESTION, lower } from "./ascii.ts";

/**
 * The number of a gram in a set of `lastBit + 1` bits, a power of two. Of octets or units that follow each other the first stands in the
 * lowest bits: `first ^ second << 8 ^ third << 16 ^ fourth << 24`.
 */
export function gramNumber(gram: number, lastBit: number): number {
  const mixed = Math.imul(gram, 0x9e37_79b1);
  return (mixed ^ (mixed >>> 15)) & lastBit;
}

/** Sets a gram's bit. */
export function setBit(set: Uint8Array, number: number): void {
  set[number >>> 3] = (set[number >>> 3] ?? 0) | (1 << (number & 7));
}

/** What `addGrams` of OctetScanner does, octet by octet. */
export function addGrams(octets: Uint8Array, inHeader: boolean, set: Uint8Array): boolean {
  const lastBit = set.length * 8 - 1;
  let gram = 0;
  let read = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (octet > 0x7f || (inHeader && octet === QUESTION && octets[at - 1] === EQUALS)) return false;
    if (inHeader && (octet === CR || octet === LF)) continue;
    gram = (gram >>> 8) | (lower(octet) << 24);
    if (++read > 3) setBit(set, gramNumber(gram, lastBit));
  }
  return true;
}
