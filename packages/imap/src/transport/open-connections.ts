/** A connection's place among all of its isolate. */
export interface ConnectionPlace {
  /** Resolves when the server begins to shut down. */
  readonly closing: Promise<void>;
  readonly leave: () => void;
}

/**
 * The connections of one isolate, to be told when the server shuts down.
 *
 * Each gets a promise that was made in its own request: the runtime then runs what waits for it there, wherever it was
 * resolved. Nothing else may touch a connection from another request.
 */
export class OpenConnections {
  readonly #ends = new Set<() => void>();
  #closing = false;

  get size(): number {
    return this.#ends.size;
  }

  enter(): ConnectionPlace {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ends.add(resolve);
    if (this.#closing) resolve();
    return { closing: promise, leave: () => void this.#ends.delete(resolve) };
  }

  /** Tells all connections, and those that still come. Returns how many are open; call it again to learn whether they have ended. */
  shutDown(): number {
    if (!this.#closing) {
      this.#closing = true;
      for (const end of this.#ends) end();
    }
    return this.#ends.size;
  }
}
