import type { ByteWriter } from "./byte-writer.ts";
import type { TransferCodec } from "./transfer-decoder.ts";

const NOT_IN_ALPHABET = 64;
const PADDING = 0x3d;

/** The six bits of each octet of the alphabet, `NOT_IN_ALPHABET` for the others. */
const VALUES: Uint8Array = buildValues();

function buildValues(): Uint8Array {
  const values = new Uint8Array(256).fill(NOT_IN_ALPHABET);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

/**
 * base64, RFC 2045 section 6.8.
 *
 * Octets outside the alphabet are skipped, as the RFC asks. Padding ends a group of four, not the data: some senders put
 * several encoded pieces behind one another. A group that is cut short gives the octets that it has.
 */
export class Base64Codec implements TransferCodec {
  #bits = 0;
  #count = 0;

  push(chunk: Uint8Array, out: ByteWriter): void {
    out.reserve(Math.ceil((chunk.length + this.#count) / 4) * 3);
    const target = out.buffer;
    let to = out.length;
    let bits = this.#bits;
    let count = this.#count;
    const size = chunk.length;
    for (let i = 0; i < size; i++) {
      if (count === 0) {
        // Whole groups of four, which is nearly all of it.
        const from = i;
        i = decodeGroups(chunk, i, target, to);
        to += ((i - from) / 4) * 3;
        if (i >= size) break;
      }
      const value = VALUES[chunk[i] ?? 0] ?? 0;
      if (value === NOT_IN_ALPHABET) {
        if (chunk[i] !== PADDING) continue;
        to = writeRest(target, to, bits, count);
        bits = 0;
        count = 0;
        continue;
      }
      bits = (bits << 6) | value;
      if (++count < 4) continue;
      target[to] = bits >>> 16;
      target[to + 1] = bits >>> 8;
      target[to + 2] = bits;
      to += 3;
      bits = 0;
      count = 0;
    }
    this.#bits = bits;
    this.#count = count;
    out.length = to;
  }

  finish(out: ByteWriter): void {
    out.reserve(2);
    out.length = writeRest(out.buffer, out.length, this.#bits, this.#count);
    this.#bits = 0;
    this.#count = 0;
  }
}

/** Decodes groups of four octets of the alphabet; returns where they end. */
function decodeGroups(chunk: Uint8Array, from: number, target: Uint8Array, to: number): number {
  let out = to;
  let at = from;
  for (; at + 3 < chunk.length; at += 4) {
    const a = VALUES[chunk[at] ?? 0] ?? 0;
    const b = VALUES[chunk[at + 1] ?? 0] ?? 0;
    const c = VALUES[chunk[at + 2] ?? 0] ?? 0;
    const d = VALUES[chunk[at + 3] ?? 0] ?? 0;
    if (((a | b | c | d) & NOT_IN_ALPHABET) !== 0) break;
    target[out++] = (a << 2) | (b >>> 4);
    target[out++] = (b << 4) | (c >>> 2);
    target[out++] = (c << 6) | d;
  }
  return at;
}

/** Writes the whole octets of an incomplete group: 12 bits hold one, 18 bits two. */
function writeRest(target: Uint8Array, to: number, bits: number, count: number): number {
  if (count < 2) return to;
  target[to] = count === 2 ? bits >>> 4 : bits >>> 10;
  if (count === 2) return to + 1;
  target[to + 1] = bits >>> 2;
  return to + 2;
}
