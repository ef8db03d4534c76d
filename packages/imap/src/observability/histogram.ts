/** How often durations fell below each of a few bounds. Times are milliseconds. */
export class Histogram {
  /** Ascending. What lies above the last counts in `count` alone. */
  readonly bounds: readonly number[];
  readonly #inBucket: number[];
  #count = 0;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#inBucket = bounds.map(() => 0);
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  observe(milliseconds: number): void {
    // A clock that was set back in between; a sum must not fall.
    const duration = Math.max(0, milliseconds);
    this.#count++;
    this.#sum += duration;
    for (let at = 0; at < this.bounds.length; at++) {
      if (duration > (this.bounds[at] ?? 0)) continue;
      this.#inBucket[at] = (this.#inBucket[at] ?? 0) + 1;
      return;
    }
  }

  /** For each bound how many durations were at most that. */
  cumulative(): readonly number[] {
    let total = 0;
    return this.#inBucket.map((count) => (total += count));
  }
}
