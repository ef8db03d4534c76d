/**
 * Writing at an offset: each function returns the offset behind what it wrote, and the caller has made room.
 * They keep buffer and offset in variables, so that a row of short items is not a call into ByteWriter for each octet.
 */

/** Copies a few octets, from `from` on: below some dozens a loop beats a typed array's `set`. */
export function putOctets(to: Uint8Array, at: number, source: Uint8Array, from = 0): number {
  let next = at;
  for (let octet = from; octet < source.length; octet++) to[next++] = source[octet] ?? 0;
  return next;
}

/** A whole number from 0 to 2^53 in decimal: 16 octets at most. */
export function putNumber(to: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let power = 10; power <= value; power *= 10) digits++;
  const end = at + digits;
  let rest = value;
  for (let next = end - 1; next >= at; next--) {
    // Below 2^31 this is a multiplication and a shift.
    const tenth = rest < 0x8000_0000 ? (rest / 10) | 0 : Math.floor(rest / 10);
    to[next] = 0x30 + (rest - tenth * 10);
    rest = tenth;
  }
  return end;
}

/** Text of characters below U+0100. */
export function putText(to: Uint8Array, at: number, text: string): number {
  for (let character = 0; character < text.length; character++) to[at + character] = text.charCodeAt(character);
  return at + text.length;
}
