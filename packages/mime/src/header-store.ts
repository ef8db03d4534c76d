import { LF } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";

/**
 * The header that is being read, when chunks cut it.
 *
 * A header that lies within one chunk is read in place; of any other the octets are kept, up to a limit.
 */
export class HeaderStore {
  readonly #kept = new ByteWriter(0);

  clear(): void {
    this.#kept.truncate();
  }

  /** Keeps what a chunk that is about to go holds of the header that began at `start`; `base` is the chunk's own offset. */
  keep(chunk: Uint8Array, base: number, start: number, limit: number): void {
    const from = Math.max(0, start - base);
    this.#kept.bytes(chunk, from, Math.min(chunk.length, from + Math.max(0, limit - this.#kept.length)));
  }

  /**
   * The header `[start, end)`, as a view that is valid until the next call. Of a header longer than `limit` the whole lines
   * that fit.
   */
  read(chunk: Uint8Array, base: number, start: number, end: number, limit: number): Uint8Array {
    const length = Math.min(end - start, limit);
    const bytes = start >= base ? chunk.subarray(start - base, start - base + length) : this.#readKept(chunk, length);
    return end - start > limit ? bytes.subarray(0, bytes.lastIndexOf(LF) + 1) : bytes;
  }

  #readKept(chunk: Uint8Array, length: number): Uint8Array {
    const missing = length - this.#kept.length;
    if (missing > 0) this.#kept.bytes(chunk, 0, missing);
    return this.#kept.view().subarray(0, Math.max(0, length));
  }
}
