import { BodyRef, type BodyStore, type BodyWriter } from "../../mailbox/body-store.ts";

/** A BodyStore that forgets everything: for tests, and to compare other stores with. */
export function createMemoryBodyStore(): BodyStore {
  return new MemoryBodyStore();
}

class MemoryBodyStore implements BodyStore {
  readonly #bodies = new Map<BodyRef, Uint8Array>();
  #next = 1;

  begin(size: number): BodyWriter {
    return new MemoryBodyWriter(size, (bytes) => {
      const ref = BodyRef.parse(`memory:${this.#next++}`);
      this.#bodies.set(ref, bytes);
      return ref;
    });
  }

  read(body: BodyRef, offset: number, length: number): Uint8Array {
    const bytes = this.#bodies.get(body);
    if (bytes === undefined) throw new Error(`No such body: ${body}`);
    if (offset < 0 || length < 0 || offset + length > bytes.length)
      throw new RangeError(`Body ${body} has ${bytes.length} octets, not ${offset}+${length}`);
    return bytes.slice(offset, offset + length);
  }

  remove(body: BodyRef): void {
    this.#bodies.delete(body);
  }
}

class MemoryBodyWriter implements BodyWriter {
  readonly #bytes: Uint8Array;
  readonly #keep: (bytes: Uint8Array) => BodyRef;
  #length = 0;
  #open = true;

  constructor(size: number, keep: (bytes: Uint8Array) => BodyRef) {
    this.#bytes = new Uint8Array(size);
    this.#keep = keep;
  }

  write(chunk: Uint8Array): void {
    if (!this.#open) throw new Error("The body is already ended");
    if (this.#length + chunk.length > this.#bytes.length) throw new RangeError(`The body is longer than ${this.#bytes.length} octets`);
    this.#bytes.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  commit(): BodyRef {
    if (!this.#open) throw new Error("The body is already ended");
    if (this.#length !== this.#bytes.length) throw new RangeError(`The body has ${this.#length} octets, not ${this.#bytes.length}`);
    this.#open = false;
    return this.#keep(this.#bytes);
  }

  abort(): void {
    this.#open = false;
  }
}
