import type { TapeSlab } from "./tape-slab.ts";
import { ENTRY_SIZE } from "./tape.ts";

const FIRST_BYTES = 512;
const FIRST_ENTRIES = 32;
/** A buffer that one long command made larger than this is given back. */
const KEPT_BYTES = 0x4000;

/** Octets that are appended one chunk after the other: its size doubles, so that many small chunks cost no more than one. */
export class GrowingBytes {
  #octets = new Uint8Array(0);
  length = 0;

  append(source: Uint8Array, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.#octets.length) {
      const grown = new Uint8Array(Math.max(length, this.#octets.length * 2, FIRST_BYTES));
      grown.set(this.#octets.subarray(0, this.length));
      this.#octets = grown;
    }
    this.#octets.set(start === 0 && end === source.length ? source : source.subarray(start, end), this.length);
    this.length = length;
  }

  /** A view of what stands behind offset `start`, good until the next change. */
  from(start: number): Uint8Array {
    return this.#octets.subarray(start, this.length);
  }

  copy(): Uint8Array {
    return this.#octets.slice(0, this.length);
  }

  /** Forgets all but the last `count` octets. */
  keepLast(count: number): void {
    if (this.length <= count) return;
    this.#octets.copyWithin(0, this.length - count, this.length);
    this.length = count;
  }

  reset(): void {
    this.length = 0;
    if (this.#octets.length > KEPT_BYTES) this.#octets = new Uint8Array(0);
  }
}

/** The entries of one command that comes in parts. */
export class GrowingTape {
  #values = new Int32Array(0);
  entries = 0;

  append(tape: Int32Array, first: number, next: number): void {
    const entries = this.entries + next - first;
    if (entries * ENTRY_SIZE > this.#values.length) {
      const grown = new Int32Array(Math.max(entries, this.entries * 2, FIRST_ENTRIES) * ENTRY_SIZE);
      grown.set(this.#values.subarray(0, this.entries * ENTRY_SIZE));
      this.#values = grown;
    }
    this.#values.set(tape.subarray(first * ENTRY_SIZE, next * ENTRY_SIZE), this.entries * ENTRY_SIZE);
    this.entries = entries;
  }

  /** Adds flags to the COMMAND entry. */
  addFlags(flags: number): void {
    this.#values[0] = (this.#values[0] ?? 0) | (flags << 8);
  }

  /** Sets where the last entry ends. */
  endLast(end: number): void {
    this.#values[this.entries * ENTRY_SIZE - 2] = end;
  }

  /** Copies the entries. Returns where in the slab's array they begin. */
  addTo(slab: TapeSlab): number {
    return slab.add(this.#values, 0, this.entries * ENTRY_SIZE);
  }

  copy(): Int32Array {
    return this.#values.slice(0, this.entries * ENTRY_SIZE);
  }

  reset(): void {
    this.entries = 0;
    if (this.#values.length > KEPT_BYTES) this.#values = new Int32Array(0);
  }
}
