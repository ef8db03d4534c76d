/**
 * Writing at an offset: each function returns the offset behind what it wrote, and the caller has made room.
 * They keep buffer and offset in variables, so that a row of short items is not a call into ByteWriter for each octet.
 */

/** Octets that are put four at a time. */
export interface Words {
  readonly words: Int32Array;
  /** Octets. */
  readonly length: number;
}

/** Octets behind what {@link putWords} puts that may be overwritten: room for them too. */
export const SLACK = 3;

export function wordsOf(octets: Uint8Array): Words {
  const padded = new Uint8Array((octets.length + SLACK) & ~3);
  padded.set(octets);
  return { words: new Int32Array(padded.buffer), length: octets.length };
}

/** Every octet by itself takes three times as long. Both runtimes run on little-endian machines, as does WebAssembly. */
export function putWords(to: DataView, at: number, { words, length }: Words): number {
  for (let word = 0; word < words.length; word++) to.setInt32(at + word * 4, words[word] ?? 0, true);
  return at + length;
}

/** Copies a few octets, from `from` on: below some dozens a loop beats a typed array's `set`. */
export function putOctets(to: Uint8Array, at: number, source: Uint8Array, from = 0): number {
  let next = at;
  for (let octet = from; octet < source.length; octet++) to[next++] = source[octet] ?? 0;
  return next;
}

/** Of the longest number. */
export const NUMBER_OCTETS = 16;

/** A whole number from 0 to 2^53 in decimal. Two digits at a time, in little code, so that it is inlined. */
export function putNumber(to: DataView, at: number, value: number): number {
  if (value >= BILLION) return putLarge(to, at, value);
  let rest = value | 0;
  const end = at + digitsOf(rest);
  let next = end;
  while (rest >= 100) {
    const hundreds = (rest / 100) | 0;
    next -= 2;
    to.setUint16(next, PAIRS[rest - hundreds * 100] ?? 0, true);
    rest = hundreds;
  }
  if (rest < 10) to.setUint8(next - 1, 0x30 + rest);
  else to.setUint16(next - 2, PAIRS[rest] ?? 0, true);
  return end;
}

function putLarge(to: DataView, at: number, value: number): number {
  const billions = Math.floor(value / BILLION);
  const end = putNumber(to, at, billions) + 9;
  let rest = (value - billions * BILLION) | 0;
  for (let next = end - 1; next >= end - 9; next--) {
    const tenth = (rest / 10) | 0;
    to.setUint8(next, 0x30 + rest - tenth * 10);
    rest = tenth;
  }
  return end;
}

/** Of a number below a billion. */
function digitsOf(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  return value < 100_000_000 ? (value < 10_000_000 ? 7 : 8) : 9;
}

/** Text of characters below U+0100. */
export function putText(to: Uint8Array, at: number, text: string): number {
  for (let character = 0; character < text.length; character++) to[at + character] = text.charCodeAt(character);
  return at + text.length;
}

const BILLION = 1_000_000_000;
/** The two digits of each number below 100, the first in the lower octet. */
const PAIRS = Uint16Array.from({ length: 100 }, (_, number) => 0x3030 | Math.floor(number / 10) | ((number % 10) << 8));
