/** Places of what was taken that are kept at most, before the rest is moved to the front. */
const FREE = 64;

/** Values in order. An array's own `shift` moves all that is behind, which thousands of pipelined commands would pay for each. Its users bound it. */
export class Fifo<T> {
  #values: (T | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#values.length - this.#first;
  }

  push(value: T): void {
    this.#values.push(value);
  }

  /** The first value, which stays. */
  peek(): T | undefined {
    return this.#values[this.#first];
  }

  shift(): T | undefined {
    const value = this.#values[this.#first];
    if (this.#first === this.#values.length) return undefined;
    this.#values[this.#first++] = undefined;
    if (this.#first === this.#values.length) this.clear();
    else if (this.#first > FREE && this.#first * 2 > this.#values.length) {
      this.#values = this.#values.slice(this.#first);
      this.#first = 0;
    }
    return value;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let at = this.#first; at < this.#values.length; at++) {
      const value = this.#values[at];
      if (value !== undefined) yield value;
    }
  }

  clear(): void {
    // What a long pipeline has taken is given back.
    this.#values = [];
    this.#first = 0;
  }
}
