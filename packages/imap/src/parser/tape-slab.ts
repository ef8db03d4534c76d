/** Integers, 16 KB: the commands of some network chunks. Not more, since whoever keeps a piece keeps all of it. */
const SLAB = 0x1000;

/**
 * Copies of tapes, one behind the other in arrays that they share. V8 takes the memory of every array of more than 64 octets from the
 * allocator, and gives it back in another thread: where the allocator has one lock, as in Node, and a second processor is free, that thread
 * holds up this one. With an array for each tape the framer took up to three times as long then.
 */
export class TapeSlab {
  #tape = new Int32Array(0);
  #used = 0;

  /** The array that the last `add` has written to. What was added to it does not change. */
  get tape(): Int32Array {
    return this.#tape;
  }

  /** Copies the integers from `start` to `end`, and returns where in {@link tape} they are. */
  add(source: Int32Array, start: number, end: number): number {
    const length = end - start;
    if (this.#used + length > this.#tape.length) {
      this.#tape = new Int32Array(Math.max(SLAB, length));
      this.#used = 0;
    }
    const at = this.#used;
    this.#tape.set(source.subarray(start, end), at);
    this.#used += length;
    return at;
  }
}
