import { LIMITS } from "../limits.ts";
import type { BodyRef, BodyStore, BodyWriter, WholeBody } from "./body-store.ts";

/** A store and the name before the colon in its references. */
export interface NamedBodyStore {
  readonly name: "sqlite" | "disk" | "r2" | "memory";
  readonly store: BodyStore;
}

/** Puts bodies of more than `largeFrom` octets into the large store and others into the small one; reads each where it is, so both may change later. */
export function createTieredBodyStore(small: NamedBodyStore, large: NamedBodyStore, largeFrom: number = LIMITS.largeBody): BodyStore {
  return new TieredBodyStore(small, large, largeFrom);
}

class TieredBodyStore implements BodyStore {
  readonly #small: NamedBodyStore;
  readonly #large: NamedBodyStore;
  readonly #largeFrom: number;

  constructor(small: NamedBodyStore, large: NamedBodyStore, largeFrom: number) {
    this.#small = small;
    this.#large = large;
    this.#largeFrom = largeFrom;
  }

  begin(size: number): BodyWriter {
    return (size > this.#largeFrom ? this.#large : this.#small).store.begin(size);
  }

  read(body: BodyRef, offset: number, length: number): Uint8Array | Promise<Uint8Array> {
    return this.#storeOf(body).read(body, offset, length);
  }

  /** The small store's bodies; one of the large store is worth a request of its own. */
  readTogether(bodies: readonly WholeBody[]): readonly (Uint8Array | undefined)[] {
    const { name, store } = this.#small;
    const isSmall = bodies.map(({ body }) => body.startsWith(`${name}:`));
    const read = store.readTogether?.(bodies.filter((_, at) => isSmall[at])) ?? [];
    let next = 0;
    return isSmall.map((small) => (small ? read[next++] : undefined));
  }

  remove(body: BodyRef): void | Promise<void> {
    return this.#storeOf(body).remove(body);
  }

  #storeOf(body: BodyRef): BodyStore {
    const name = body.slice(0, body.indexOf(":"));
    for (const candidate of [this.#small, this.#large]) if (candidate.name === name) return candidate.store;
    throw new Error(`No store for body ${body}: this server has ${this.#small.name} and ${this.#large.name}`);
  }
}
