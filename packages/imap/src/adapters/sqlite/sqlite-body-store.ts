import { LIMITS } from "../../limits.ts";
import type { BodyJournal } from "../../mailbox/body-journal.ts";
import { BodyRef, type BodyStore, type BodyWriter, type WholeBody } from "../../mailbox/body-store.ts";
import { createSqliteBodyJournal } from "./body-journal.ts";
import { migrate } from "./migrations.ts";
import { BLOB, bufferOf, firstRowOf, numberOf, rowsOf, type SqlDatabase } from "./sql-database.ts";

/** Chunk numbers per body key: bodies of up to 4 GiB. */
const CHUNKS_PER_BODY = 4096;

const PREFIX = "sqlite:";

/** `chunkSize` in octets is the same for the life of a database; tests lower it. */
export interface SqliteBodyStoreOptions {
  readonly chunkSize?: number;
}

/**
 * Bodies as rows of at most LIMITS.bodyChunk octets, beside the index. Synchronous.
 *
 * There is no journal to write for each message: only a body of several chunks, which may take minutes to arrive, stands in one until it
 * is whole. Any other body that no content names can only be among the newest when a crash leaves it, so each start checks those: each body knows the newest content at the time it was written, and the content that names it is a later one,
 * normally the next. Create it before any writer is open, and once per database.
 */
export function createSqliteBodyStore(db: SqlDatabase, options: SqliteBodyStoreOptions = {}): BodyStore {
  migrate(db);
  const unfinished = createSqliteBodyJournal(db);
  for (const body of unfinished.pending("sqlite")) {
    removeChunks(db, keyOf(body));
    unfinished.remove(body);
  }
  removeUnnamed(db);
  return new SqliteBodyStore(db, unfinished, options.chunkSize ?? LIMITS.bodyChunk);
}

/** Removes a body if it is one of ours; false for a body of another store. */
export function removeSqliteBody(db: SqlDatabase, body: BodyRef): boolean {
  if (!body.startsWith(PREFIX)) return false;
  removeChunks(db, keyOf(body));
  return true;
}

function removeUnnamed(db: SqlDatabase): void {
  const newest = rowsOf(
    db.sql.exec(
      `SELECT key / ${CHUNKS_PER_BODY}, after_content FROM body_chunk WHERE key % ${CHUNKS_PER_BODY} = 0 ORDER BY key DESC LIMIT ?`,
      LIMITS.bodiesCheckedAtStart,
    ),
  );
  for (const [keyValue, afterContent] of newest) {
    const key = numberOf(keyValue);
    const named = firstRowOf(
      db.sql.exec(`SELECT 1 FROM content WHERE key > ? AND body = ? LIMIT 1`, numberOf(afterContent), `${PREFIX}${key}`),
    );
    if (named === undefined) removeChunks(db, key);
  }
}

function removeChunks(db: SqlDatabase, key: number): void {
  db.sql.exec(`DELETE FROM body_chunk WHERE key >= ? AND key < ?`, key * CHUNKS_PER_BODY, (key + 1) * CHUNKS_PER_BODY);
}

function refOf(key: number): BodyRef {
  return BodyRef.parse(`${PREFIX}${key}`);
}

function keyOf(body: BodyRef): number {
  const key = Number(body.slice(PREFIX.length));
  if (!body.startsWith(PREFIX) || !Number.isSafeInteger(key) || key < 1) throw new Error(`Not a body of this store: ${body}`);
  return key;
}

class SqliteBodyStore implements BodyStore {
  readonly #db: SqlDatabase;
  readonly #unfinished: BodyJournal;
  readonly #chunkSize: number;
  #nextKey: number | undefined;

  constructor(db: SqlDatabase, unfinished: BodyJournal, chunkSize: number) {
    this.#db = db;
    this.#unfinished = unfinished;
    this.#chunkSize = chunkSize;
  }

  begin(size: number): BodyWriter {
    if (size > this.#chunkSize * CHUNKS_PER_BODY) throw new RangeError(`A body of ${size} octets is too large for this store`);
    return new SqliteBodyWriter(this.#db, this.#unfinished, size, this.#chunkSize, () => this.#newKey());
  }

  #newKey(): number {
    if (this.#nextKey === undefined) {
      const newest = firstRowOf(this.#db.sql.exec(`SELECT max(key) / ${CHUNKS_PER_BODY} FROM body_chunk`))?.[0] ?? null;
      this.#nextKey = newest === null ? 1 : numberOf(newest) + 1;
    }
    return this.#nextKey++;
  }

  read(body: BodyRef, offset: number, length: number): Uint8Array {
    const key = keyOf(body);
    let at = offset;
    const end = offset + length;
    // A read inside one chunk, which is nearly every read, hands on what SQLite gave.
    if (length > 0 && Math.floor(at / this.#chunkSize) === Math.floor((end - 1) / this.#chunkSize)) return this.#readChunk(key, at, end);
    const bytes = new Uint8Array(length);
    while (at < end) {
      const part = this.#readChunk(key, at, Math.min(end, (Math.floor(at / this.#chunkSize) + 1) * this.#chunkSize));
      bytes.set(part, at - offset);
      at += part.length;
    }
    return bytes;
  }

  #readChunk(key: number, from: number, to: number): Uint8Array {
    const number = Math.floor(from / this.#chunkSize);
    const start = from - number * this.#chunkSize;
    const row = firstRowOf(
      this.#db.sql.exec(`SELECT substr(data, ?, ?) FROM body_chunk WHERE key = ?`, start + 1, to - from, key * CHUNKS_PER_BODY + number),
    );
    if (row === undefined || from < 0) throw new RangeError(`Body ${PREFIX}${key} has no octet ${from}`);
    const part = new Uint8Array(bufferOf(row[0]));
    if (part.length !== to - from) throw new RangeError(`Body ${PREFIX}${key} ends before octet ${to}`);
    return part;
  }

  /** Bodies of one chunk, in one statement. */
  readTogether(bodies: readonly WholeBody[]): readonly (Uint8Array | undefined)[] {
    const keys = bodies.map(({ body, length }) => (length > this.#chunkSize ? 0 : keyOf(body) * CHUNKS_PER_BODY));
    // CROSS JOIN keeps the order of the list.
    const cursor = this.#db.sql.exec(
      `SELECT b.key, b.data FROM json_each(?) j CROSS JOIN body_chunk b ON b.key = j.value`,
      JSON.stringify(keys),
    );
    const read = Array.from<Uint8Array | undefined>({ length: bodies.length });
    let at = 0;
    for (const [key, data] of cursor.raw()) {
      while (at < keys.length && keys[at] !== key) at++;
      const body = new Uint8Array(bufferOf(data));
      if (body.length === bodies[at]?.length) read[at] = body;
      at++;
    }
    return read;
  }

  remove(body: BodyRef): void {
    removeChunks(this.#db, keyOf(body));
  }
}

class SqliteBodyWriter implements BodyWriter {
  readonly #db: SqlDatabase;
  readonly #unfinished: BodyJournal;
  readonly #size: number;
  readonly #newKey: () => number;
  readonly #chunkSize: number;
  /** Octets of the chunk that is not full yet. */
  #buffer: Uint8Array | undefined;
  #buffered = 0;
  #received = 0;
  #chunks = 0;
  #key: number | undefined;
  #open = true;

  constructor(db: SqlDatabase, unfinished: BodyJournal, size: number, chunkSize: number, newKey: () => number) {
    this.#db = db;
    this.#unfinished = unfinished;
    this.#size = size;
    this.#chunkSize = chunkSize;
    this.#newKey = newKey;
  }

  write(chunk: Uint8Array): void {
    if (!this.#open) throw new Error("The body is already ended");
    if (this.#received + chunk.length > this.#size) throw new RangeError(`The body is longer than ${this.#size} octets`);
    let rest = chunk;
    while (rest.length > 0) {
      const room = Math.min(this.#chunkSize, this.#size - this.#chunks * this.#chunkSize);
      if (this.#buffered === 0 && rest.length >= room) {
        this.#store(rest.subarray(0, room));
        rest = rest.subarray(room);
        continue;
      }
      this.#buffer ??= new Uint8Array(room);
      const part = rest.subarray(0, room - this.#buffered);
      this.#buffer.set(part, this.#buffered);
      this.#buffered += part.length;
      rest = rest.subarray(part.length);
      if (this.#buffered === room) {
        this.#store(this.#buffer.subarray(0, room));
        this.#buffered = 0;
      }
    }
    this.#received += chunk.length;
  }

  /** More than one chunk: it may come over many turns. */
  get #isLong(): boolean {
    return this.#size > this.#chunkSize;
  }

  #store(data: Uint8Array): number {
    if (this.#key === undefined) {
      this.#key = this.#newKey();
      if (this.#isLong) this.#unfinished.add(refOf(this.#key));
    }
    this.#db.sql.exec(
      `INSERT INTO body_chunk VALUES (?, ?, coalesce((SELECT max(key) FROM content), 0), ${BLOB})`,
      this.#key * CHUNKS_PER_BODY + this.#chunks,
      this.#size,
      data,
    );
    this.#chunks++;
    return this.#key;
  }

  commit(): BodyRef {
    if (!this.#open) throw new Error("The body is already ended");
    if (this.#received !== this.#size) throw new RangeError(`The body has ${this.#received} octets, not ${this.#size}`);
    this.#open = false;
    this.#buffer = undefined;
    const ref = refOf(this.#key ?? this.#store(new Uint8Array(0)));
    if (this.#isLong) this.#unfinished.remove(ref);
    return ref;
  }

  abort(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#buffer = undefined;
    if (this.#key === undefined) return;
    removeChunks(this.#db, this.#key);
    if (this.#isLong) this.#unfinished.remove(refOf(this.#key));
  }
}
