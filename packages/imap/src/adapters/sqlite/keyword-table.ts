import { LIMITS } from "../../limits.ts";
import { no } from "../../protocol/status-error.ts";
import { rowsOf, textOf, type SqlDatabase } from "./sql-database.ts";

/** Keywords as the bits of a message's two keyword columns. */
export interface KeywordBits {
  readonly low: number;
  readonly high: number;
}

/** The keywords of one mailbox: a name's position is its bit, for good. Names differ without regard to case; the first case stays. */
export class KeywordTable {
  readonly #db: SqlDatabase;
  readonly #mailbox: number;
  /** Replaced, never changed, when a keyword is added. */
  #names: readonly string[];
  readonly #bits = new Map<string, number>();

  constructor(db: SqlDatabase, mailbox: number) {
    this.#db = db;
    this.#mailbox = mailbox;
    this.#names = rowsOf(db.sql.exec(`SELECT name FROM keyword WHERE mailbox = ? ORDER BY bit`, mailbox)).map((row) => textOf(row[0]));
    for (const [bit, name] of this.#names.entries()) this.#bits.set(name.toLowerCase(), bit);
  }

  get names(): readonly string[] {
    return this.#names;
  }

  bitOf(name: string): number | undefined {
    return this.#bits.get(name.toLowerCase());
  }

  /** Those of the names that have no bit yet, each once. Throws `NO [LIMIT]` when they do not all fit. */
  missing(names: readonly string[]): readonly string[] {
    const missing = new Map<string, string>();
    for (const name of names) {
      const folded = name.toLowerCase();
      if (!this.#bits.has(folded) && !missing.has(folded)) missing.set(folded, name);
    }
    if (this.#names.length + missing.size > LIMITS.keywordsPerMailbox)
      throw no(`A mailbox has at most ${LIMITS.keywordsPerMailbox} keywords`, "LIMIT");
    return [...missing.values()];
  }

  /** Gives bits to names that {@link missing} returned. */
  add(names: readonly string[]): void {
    if (names.length === 0) return;
    for (const name of names) {
      const bit = this.#bits.size;
      this.#db.sql.exec(`INSERT INTO keyword VALUES (?, ?, ?)`, this.#mailbox, bit, name);
      this.#bits.set(name.toLowerCase(), bit);
    }
    this.#names = [...this.#names, ...names];
  }

  /** The bits of those names that have one. */
  bitsOf(names: readonly string[]): KeywordBits {
    let low = 0;
    let high = 0;
    for (const name of names) {
      const bit = this.bitOf(name);
      if (bit === undefined) continue;
      if (bit < 32) low |= 1 << bit;
      else high |= 1 << (bit - 32);
    }
    return { low: low >>> 0, high: high >>> 0 };
  }

  /** The names of bits, in the order of the bits. */
  namesOf({ low, high }: KeywordBits): string[] {
    return this.#names.filter((_, bit) => ((bit < 32 ? low >>> bit : high >>> (bit - 32)) & 1) !== 0);
  }

  static removeAll(db: SqlDatabase, mailbox: number): void {
    db.sql.exec(`DELETE FROM keyword WHERE mailbox = ?`, mailbox);
  }
}
