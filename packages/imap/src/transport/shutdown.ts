/** One connection that a shutdown waits for. */
export interface ShutdownMember {
  /** Resolves when the server begins to shut down. */
  readonly begun: Promise<void>;
  readonly leave: () => void;
}

/**
 * Tells the connections of one isolate that the server shuts down.
 *
 * Each gets a promise that was made in its own request: the runtime then runs what waits for it there, wherever it was
 * resolved. Nothing else may touch a connection from another request.
 */
export class Shutdown {
  readonly #ends = new Set<() => void>();
  #begun = false;

  join(): ShutdownMember {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ends.add(resolve);
    if (this.#begun) resolve();
    return { begun: promise, leave: () => void this.#ends.delete(resolve) };
  }

  /** Tells all connections, and each that still comes. Returns how many are open; call it again to learn whether they have ended. */
  begin(): number {
    if (!this.#begun) {
      this.#begun = true;
      for (const end of this.#ends) end();
    }
    return this.#ends.size;
  }
}
