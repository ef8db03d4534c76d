import type { ContentKey } from "../../mailbox/mailbox-index.ts";
import { numberOf, rowsOf, type SqlDatabase } from "./sql-database.ts";

/**
 * How many messages refer to each content, without touching the content's row: a content is in `orphan` when none does, in `shared`
 * with the number when several do, and in neither when exactly one does. A content that is added and referred to in one
 * transaction never gets a row here.
 */
export class ContentReferences {
  readonly #db: SqlDatabase;
  /** Contents added in this transaction that nothing refers to yet. */
  readonly #unclaimed = new Set<ContentKey>();

  constructor(db: SqlDatabase) {
    this.#db = db;
  }

  /** Notes a new content, in the active transaction. */
  added(key: ContentKey): void {
    this.#unclaimed.add(key);
  }

  /** Writes down what is unclaimed: from here on it is found even after a crash. */
  flush(): void {
    if (this.#unclaimed.size === 0) return;
    this.#orphan([...this.#unclaimed]);
    this.#unclaimed.clear();
  }

  /** Forgets what is unclaimed: its transaction was rolled back. */
  rolledBack(): void {
    this.#unclaimed.clear();
  }

  /** Adds a reference for each key of a list, which may name one twice. Throws when a content does not exist. */
  add(keys: readonly ContentKey[]): void {
    const rest = keys.filter((key) => !this.#unclaimed.delete(key));
    if (rest.length === 0) return;
    const list = JSON.stringify(rest);
    const distinct = new Set(rest);
    const known = rowsOf(this.#db.sql.exec(`SELECT key FROM content WHERE key IN (SELECT value FROM json_each(?))`, list));
    if (known.length !== distinct.size) throw new Error(`A message refers to a content that does not exist: one of ${list.slice(0, 200)}`);
    const rows = rowsOf(this.#db.sql.exec(`DELETE FROM orphan WHERE key IN (SELECT value FROM json_each(?)) RETURNING key`, list));
    const freed = new Set(rows.map((row) => numberOf(row[0])));
    this.share(rest.filter((key) => !freed.delete(key)));
  }

  /** Adds a reference for each key, all of which have one already. */
  share(keys: ArrayLike<ContentKey>): void {
    if (keys.length === 0) return;
    this.#db.sql.exec(
      `INSERT INTO shared SELECT value, 1 + count(*) FROM json_each(?) WHERE true GROUP BY value
       ON CONFLICT (key) DO UPDATE SET refs = refs + excluded.refs - 1`,
      JSON.stringify(Array.from(keys)),
    );
  }

  /** Takes a reference away for each key. */
  release(keys: readonly ContentKey[]): void {
    const released = new Map<ContentKey, number>();
    for (const key of keys) released.set(key, (released.get(key) ?? 0) + 1);
    const list = JSON.stringify(keys);
    const shared = rowsOf(this.#db.sql.exec(`SELECT key, refs FROM shared WHERE key IN (SELECT value FROM json_each(?))`, list));
    const single: ContentKey[] = [];
    const several: [key: ContentKey, refs: number][] = [];
    for (const [keyValue, refsValue] of shared) {
      const key = numberOf(keyValue);
      const left = numberOf(refsValue) - (released.get(key) ?? 0);
      if (left > 1) several.push([key, left]);
      else single.push(key);
      if (left > 0) released.delete(key);
    }
    if (several.length > 0) {
      this.#db.sql.exec(
        `UPDATE shared SET refs = entry.value ->> 1 FROM json_each(?) AS entry WHERE shared.key = entry.value ->> 0`,
        JSON.stringify(several),
      );
    }
    if (single.length > 0) this.#db.sql.exec(`DELETE FROM shared WHERE key IN (SELECT value FROM json_each(?))`, JSON.stringify(single));
    if (released.size > 0) this.#orphan([...released.keys()]);
  }

  #orphan(keys: readonly ContentKey[]): void {
    this.#db.sql.exec(`INSERT INTO orphan SELECT value FROM json_each(?)`, JSON.stringify(keys));
  }

  /** Up to `limit` contents without reference that are not pinned, oldest first. Walks past the pinned ones. */
  unreferenced(limit: number, pinned: (key: ContentKey) => boolean): ContentKey[] {
    const found: ContentKey[] = [];
    let after = 0;
    while (found.length < limit) {
      const rows = rowsOf(this.#db.sql.exec(`SELECT key FROM orphan WHERE key > ? ORDER BY key LIMIT ?`, after, limit));
      for (const [value] of rows) {
        after = numberOf(value);
        if (found.length < limit && !pinned(after)) found.push(after);
      }
      if (rows.length < limit) break;
    }
    return found;
  }

  /** Forgets contents that are about to be deleted. */
  remove(keys: readonly ContentKey[]): void {
    this.#db.sql.exec(`DELETE FROM orphan WHERE key IN (SELECT value FROM json_each(?))`, JSON.stringify(keys));
  }
}
