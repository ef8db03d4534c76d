import { uuidv7 } from "uuidv7";

import { LIMITS } from "../../limits.ts";
import type { BodyJournal } from "../../mailbox/body-journal.ts";
import { BodyRef, type BodyStore, type BodyWriter } from "../../mailbox/body-store.ts";
import { DiskFiles, type DiskFetcher } from "./disk-service.ts";

const PREFIX = "disk:";

/** Bodies on the disk of a self-hosted server. */
export interface DiskBodyStore extends BodyStore {
  /** Removes the files of bodies that no content named when the store was made: what a crash left. To be called once after a start; the number removed. */
  removeAbandoned(): Promise<number>;
}

/** `chunkSize` in octets is the same for the life of a store; tests lower it. */
export interface DiskBodyStoreOptions {
  readonly chunkSize?: number;
}

/** Large bodies as files of at most LIMITS.bodyChunk octets, `/<shard>/<uuid>/<n>`. The journal of the account remembers those that no content names. */
export function createDiskBodyStore(fetcher: DiskFetcher, journal: BodyJournal, options: DiskBodyStoreOptions = {}): DiskBodyStore {
  return new FileBodyStore(new DiskFiles(fetcher), journal, options.chunkSize ?? LIMITS.bodyChunk);
}

class FileBodyStore implements DiskBodyStore {
  readonly #files: DiskFiles;
  readonly #journal: BodyJournal;
  readonly #chunkSize: number;
  #abandoned: readonly BodyRef[];

  constructor(files: DiskFiles, journal: BodyJournal, chunkSize: number) {
    this.#files = files;
    this.#journal = journal;
    this.#chunkSize = chunkSize;
    // Read now: later ones belong to writers of this life.
    this.#abandoned = journal.pending("disk");
  }

  begin(size: number): BodyWriter {
    const ref = BodyRef.parse(`${PREFIX}${uuidv7()}`);
    this.#journal.add(ref);
    return new FileBodyWriter(this.#files, ref, size, this.#chunkSize, () => this.remove(ref));
  }

  async read(body: BodyRef, offset: number, length: number): Promise<Uint8Array> {
    const folder = folderOf(body);
    if (offset < 0 || length < 0) throw new RangeError(`Body ${body} has no octet ${Math.min(offset, offset + length)}`);
    const end = offset + length;
    const parts: Uint8Array[] = [];
    for (let at = offset; at < end;) {
      const number = Math.floor(at / this.#chunkSize);
      const start = number * this.#chunkSize;
      const to = Math.min(end, start + this.#chunkSize);
      parts.push(await this.#files.read(`${folder}/${number}`, at - start, to - start));
      at = to;
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : joined(parts, length);
  }

  async remove(body: BodyRef): Promise<void> {
    await this.#files.removeFolder(folderOf(body));
    this.#journal.remove(body);
  }

  async removeAbandoned(): Promise<number> {
    const abandoned = this.#abandoned;
    this.#abandoned = [];
    const failures: unknown[] = [];
    for (const body of abandoned) {
      try {
        await this.remove(body);
      } catch (error) {
        // The journal keeps it for the next start.
        failures.push(error);
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} of ${abandoned.length} bodies cannot be removed: ${String(failures[0])}`);
    return abandoned.length;
  }
}

class FileBodyWriter implements BodyWriter {
  readonly #files: DiskFiles;
  readonly #ref: BodyRef;
  readonly #folder: string;
  readonly #size: number;
  readonly #remove: () => Promise<void>;
  readonly #buffer: Uint8Array;
  #buffered = 0;
  #received = 0;
  #chunks = 0;
  #state: "open" | "writing" | "failed" | "ended" = "open";
  /** Settles when the request that is under way is over, however it ends. */
  #request: Promise<void> = Promise.resolve();

  constructor(files: DiskFiles, ref: BodyRef, size: number, chunkSize: number, remove: () => Promise<void>) {
    this.#files = files;
    this.#ref = ref;
    this.#folder = folderOf(ref);
    this.#size = size;
    this.#remove = remove;
    this.#buffer = new Uint8Array(Math.min(size, chunkSize));
  }

  write(chunk: Uint8Array): void | Promise<void> {
    this.#needOpen();
    if (this.#received + chunk.length > this.#size) throw new RangeError(`The body is longer than ${this.#size} octets`);
    this.#received += chunk.length;
    if (this.#buffered + chunk.length < this.#buffer.length) {
      this.#buffer.set(chunk, this.#buffered);
      this.#buffered += chunk.length;
      return undefined;
    }
    return this.#writing(async () => {
      let rest = chunk;
      while (rest.length > 0) {
        const part = rest.subarray(0, this.#buffer.length - this.#buffered);
        this.#buffer.set(part, this.#buffered);
        this.#buffered += part.length;
        rest = rest.subarray(part.length);
        if (this.#buffered === this.#buffer.length) await this.#flush();
      }
    });
  }

  async commit(): Promise<BodyRef> {
    this.#needOpen();
    if (this.#received !== this.#size) throw new RangeError(`The body has ${this.#received} octets, not ${this.#size}`);
    if (this.#buffered > 0) await this.#writing(() => this.#flush());
    // An abort in the meantime removes the files: nothing may name them.
    this.#needOpen();
    this.#state = "ended";
    return this.#ref;
  }

  async abort(): Promise<void> {
    if (this.#state === "ended") return;
    this.#state = "ended";
    // A chunk that arrived after the removal would stay for good.
    await this.#request;
    await this.#remove();
  }

  #needOpen(): void {
    if (this.#state !== "open")
      throw new Error(this.#state === "writing" ? "The body is still being written" : "The body is already ended, or its writing failed");
  }

  async #writing(work: () => Promise<void>): Promise<void> {
    this.#state = "writing";
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#request = promise;
    try {
      await work();
      if (this.#state === "writing") this.#state = "open";
    } finally {
      if (this.#state === "writing") this.#state = "failed";
      resolve();
    }
  }

  async #flush(): Promise<void> {
    if (this.#state === "ended") throw new Error("The body was given up while it was being written");
    await this.#files.write(`${this.#folder}/${this.#chunks}`, this.#buffer.subarray(0, this.#buffered));
    this.#chunks++;
    this.#buffered = 0;
  }
}

/** The end of a UUIDv7 is random: 256 folders of folders. */
function folderOf(body: BodyRef): string {
  if (!body.startsWith(PREFIX)) throw new Error(`Not a body of this store: ${body}`);
  return `/${body.slice(-2)}/${body.slice(PREFIX.length)}`;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
