/** Keeps the total weight of things in memory below a bound by dropping those that were used longest ago. */
export class LruCache<T> {
  readonly #capacity: number;
  readonly #drop: (item: T) => void;
  readonly #weights = new Map<T, number>();
  #total = 0;
  /** The item that was used last: most uses are of the one before, and moving it behind itself would grow the map for nothing. */
  #latest: T | undefined;

  /** `drop` frees what an item holds; it may be asked for it again at any time. */
  constructor(capacity: number, drop: (item: T) => void) {
    this.#capacity = capacity;
    this.#drop = drop;
  }

  /** Notes that an item is in use, with its present weight. Never drops that item itself, even when it alone is too heavy. */
  touch(item: T, weight: number): void {
    if (item === this.#latest && this.#weights.get(item) === weight) return;
    this.#latest = item;
    this.#total += weight - (this.#weights.get(item) ?? 0);
    this.#weights.delete(item);
    this.#weights.set(item, weight);
    if (this.#total <= this.#capacity) return;
    for (const [oldest] of this.#weights) {
      if (this.#total <= this.#capacity || oldest === item) return;
      this.forget(oldest);
      this.#drop(oldest);
    }
  }

  /** Takes an item out without dropping it. */
  forget(item: T): void {
    this.#total -= this.#weights.get(item) ?? 0;
    this.#weights.delete(item);
    if (item === this.#latest) this.#latest = undefined;
  }

  /** Drops everything. */
  clear(): void {
    const items = [...this.#weights.keys()];
    this.#weights.clear();
    this.#latest = undefined;
    this.#total = 0;
    for (const item of items) this.#drop(item);
  }
}
