import { TextMatch, type ContentKey } from "../../mailbox/mailbox-index.ts";
import { subjectText } from "../../search/subject-text.ts";
import { isDense } from "./dense-keys.ts";
import { firstRowOf, numberOf, type SqlCursor, type SqlDatabase } from "./sql-database.ts";

/**
 * The folded Subjects of an account's contents in rows of their own: a search walks some dozens of octets for each message, in
 * SQLite, where the headers would be kilobytes in JavaScript.
 */
export class SubjectIndex {
  readonly #db: SqlDatabase;
  /** Contents from this key on have a row. Older ones were there before the table. */
  readonly #since: number;

  /** `nextKey` is the key of the next content. */
  constructor(db: SqlDatabase, nextKey: ContentKey) {
    this.#db = db;
    const oldest = firstRowOf(db.sql.exec(`SELECT min(key) FROM subject`))?.[0] ?? null;
    this.#since = oldest === null ? nextKey : numberOf(oldest);
  }

  add(key: ContentKey, head: Uint8Array): void {
    this.#db.sql.exec(`INSERT INTO subject VALUES (?, ?)`, key, subjectText(head) ?? null);
  }

  /** `keys` is a JSON array. */
  remove(keys: string): void {
    this.#db.sql.exec(`DELETE FROM subject WHERE key IN (SELECT value FROM json_each(?))`, keys);
  }

  /** A {@link TextMatch} for each key. */
  match(keys: Float64Array, text: string): Uint8Array {
    const answers = new Uint8Array(keys.length);
    let known = 0;
    for (let at = 0; at < keys.length; at++) {
      if ((keys[at] ?? 0) >= this.#since) known++;
      else answers[at] = TextMatch.unknown;
    }
    if (known === 0) return answers;
    let at = 0;
    const dense = isDense(keys);
    for (const [keyValue, kept] of this.#find(keys, dense, text).raw()) {
      const key = numberOf(keyValue);
      // A walk comes by contents of other mailboxes; a list holds what was asked for, in its order.
      while (at < keys.length && (dense ? (keys[at] ?? 0) < key : keys[at] !== key)) at++;
      if (keys[at] === key) answers[at++] = kept === 1 ? TextMatch.yes : TextMatch.unknown;
    }
    return answers;
  }

  /** The rows that hold the text or have none kept, in the order of the keys. */
  #find(keys: Float64Array, dense: boolean, text: string): SqlCursor {
    const select = `SELECT s.key, s.folded IS NOT NULL FROM`;
    const where = `(s.folded IS NULL OR instr(s.folded, ?) > 0)`;
    if (dense)
      return this.#db.sql.exec(`${select} subject s WHERE s.key BETWEEN ? AND ? AND ${where}`, keys[0] ?? 0, keys.at(-1) ?? 0, text);
    // CROSS JOIN keeps the order of the list.
    const list = JSON.stringify(Array.from(keys));
    return this.#db.sql.exec(`${select} json_each(?) j CROSS JOIN subject s ON s.key = j.value WHERE ${where}`, list, text);
  }
}
