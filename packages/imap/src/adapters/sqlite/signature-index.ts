import type { ContentKey } from "../../mailbox/mailbox-index.ts";
import { GramMatch, type GramQuery, type TextSignature } from "../../mailbox/text-signature.ts";
import { isDense } from "./dense-keys.ts";
import { firstRowOf, numberOf, type SqlBinding, type SqlCursor, type SqlDatabase } from "./sql-database.ts";

/**
 * The signatures of an account's contents in rows of their own: a search tests some bits of each message in SQLite, where the texts would be
 * kilobytes in JavaScript. A row without sets is a content that has no signature yet; so is an old content without a row.
 */
export class SignatureIndex {
  readonly #db: SqlDatabase;
  /** Contents from this key on have a row. Read when it is first asked for: a start needs no row for it. */
  #since: number | undefined;

  constructor(db: SqlDatabase) {
    this.#db = db;
  }

  add(key: ContentKey, signature: TextSignature | undefined): void {
    if (signature === undefined) this.#db.sql.exec(`INSERT INTO text_signature VALUES (?, NULL, NULL)`, key);
    else this.#db.sql.exec(`INSERT INTO text_signature VALUES (?, ?, ?)`, key, signature.body, signature.header);
  }

  /** Nothing where the content is not there any more. */
  replace(key: ContentKey, { body, header }: TextSignature): void {
    this.#db.sql.exec(`INSERT OR REPLACE INTO text_signature SELECT key, ?, ? FROM content WHERE key = ?`, body, header, key);
  }

  /** `keys` is a JSON array. */
  remove(keys: string): void {
    this.#db.sql.exec(`DELETE FROM text_signature WHERE key IN (SELECT value FROM json_each(?))`, keys);
  }

  /** A {@link GramMatch} for each key. */
  match(keys: Float64Array, query: GramQuery): Uint8Array {
    const answers = new Uint8Array(keys.length).fill(GramMatch.no);
    this.#since ??= numberOf(firstRowOf(this.#db.sql.exec(`SELECT signed_since FROM account`))?.[0]);
    const dense = (keys[0] ?? 0) >= this.#since && isDense(keys);
    let at = 0;
    for (const [keyValue, isSigned] of this.#find(keys, dense, query).raw()) {
      const key = numberOf(keyValue);
      // A walk comes by contents of other mailboxes; a list holds what was asked for, in its order.
      while (at < keys.length && (dense ? (keys[at] ?? 0) < key : keys[at] !== key)) at++;
      if (keys[at] === key) answers[at++] = isSigned === 1 ? GramMatch.maybe : GramMatch.unsigned;
    }
    return answers;
  }

  /** The rows that may hold the text, in the order of the keys. */
  #find(keys: Float64Array, dense: boolean, { of, grams }: GramQuery): SqlCursor {
    const bound: SqlBinding[] = grams.flatMap((gram) => [gram >>> 3, OCTETS_WITH[gram & 7] ?? null]);
    // instr() finds the octet of the set among those that have the gram's bit.
    const mayHold = (set: string): string =>
      grams.map((_, at) => `instr(?${2 * at + 2}, substr(${set}, 1 + (?${2 * at + 1} & (length(${set}) - 1)), 1))`).join(" AND ");
    const where = `(s.body IS NULL OR ${mayHold("s.body")}${of === "text" ? ` OR ${mayHold("s.header")}` : ""})`;
    const first = `?${bound.length + 1}`;
    if (dense) {
      const walk = `FROM text_signature s WHERE s.key BETWEEN ${first} AND ?${bound.length + 2}`;
      return this.#db.sql.exec(`SELECT s.key, s.body IS NOT NULL ${walk} AND ${where}`, ...bound, keys[0] ?? 0, keys.at(-1) ?? 0);
    }
    // The join keeps the order of the list.
    const list = `FROM json_each(${first}) j LEFT JOIN text_signature s ON s.key = j.value`;
    return this.#db.sql.exec(`SELECT j.value, s.body IS NOT NULL ${list} WHERE ${where}`, ...bound, JSON.stringify(Array.from(keys)));
  }
}

/** For each bit the octets that have it set. */
const OCTETS_WITH = Array.from({ length: 8 }, (_, bit) =>
  Uint8Array.from({ length: 256 }, (_, octet) => octet).filter((octet) => ((octet >>> bit) & 1) === 1),
);
