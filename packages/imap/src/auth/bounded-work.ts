/** Too much waits already. */
export class OverloadedError extends Error {
  override readonly name = "OverloadedError";
}

/** Runs at most `running` pieces of work at the same time; at most `waiting` more wait for their turn. */
export class BoundedWork {
  readonly #running: number;
  readonly #waiting: number;
  #active = 0;
  readonly #queue: (() => void)[] = [];

  constructor(running: number, waiting: number) {
    this.#running = running;
    this.#waiting = waiting;
  }

  /** @throws OverloadedError at once, or what the work throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#active < this.#running) this.#active++;
    else {
      if (this.#queue.length >= this.#waiting) throw new OverloadedError("Too many password checks at once");
      // Whoever is done hands its place on, so the count stays.
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#active--;
      else next();
    }
  }
}
