import type { MailboxId, MailboxRecord } from "../../mailbox/records.ts";
import { SpecialUse } from "../../mailbox/records.ts";
import { brandedOf, firstRowOf, numberOf, rowsOf, textOf, type SqlDatabase, type SqlValue } from "./sql-database.ts";

/** A row of the mailbox table. The counters change in place together with the row in the database. */
export interface MailboxRow {
  readonly key: number;
  readonly id: MailboxId;
  readonly name: string;
  readonly specialUse: SpecialUse | undefined;
  readonly uidValidity: number;
  uidNext: number;
  highestModSeq: number;
  messages: number;
  unseen: number;
  deleted: number;
  size: number;
  firstRecentUid: number;
  /** The history of expunged UIDs is complete for mod-sequences above this one. */
  expungedFloor: number;
  /** Ranges in that history. */
  expungedRanges: number;
}

const COLUMNS = `key, id, name, special_use, uid_validity, uid_next, highest_modseq, messages, unseen, deleted, size, first_recent_uid, expunged_floor, expunged_ranges`;

export function recordOf(row: MailboxRow): MailboxRecord {
  return {
    id: row.id,
    name: row.name,
    uidValidity: row.uidValidity,
    uidNext: row.uidNext,
    highestModSeq: row.highestModSeq,
    messages: row.messages,
    unseen: row.unseen,
    deleted: row.deleted,
    size: row.size,
    firstRecentUid: row.firstRecentUid,
    ...(row.specialUse === undefined ? {} : { specialUse: row.specialUse }),
  };
}

/** The statements of the mailbox table. */
export class MailboxRows {
  readonly #db: SqlDatabase;

  constructor(db: SqlDatabase) {
    this.#db = db;
  }

  all(): MailboxRow[] {
    return rowsOf(this.#db.sql.exec(`SELECT ${COLUMNS} FROM mailbox`)).map(readRow);
  }

  byName(name: string): MailboxRow | undefined {
    return optionalRow(firstRowOf(this.#db.sql.exec(`SELECT ${COLUMNS} FROM mailbox WHERE name = ?`, name)));
  }

  byId(id: MailboxId): MailboxRow | undefined {
    return optionalRow(firstRowOf(this.#db.sql.exec(`SELECT ${COLUMNS} FROM mailbox WHERE id = ?`, id)));
  }

  /** The mailbox itself and all below it. */
  tree(name: string): MailboxRow[] {
    // "0" is the character after "/": the range of all names that begin with `name/`, by the index on the name.
    return rowsOf(
      this.#db.sql.exec(`SELECT ${COLUMNS} FROM mailbox WHERE name = ? OR (name > ? AND name < ?)`, name, `${name}/`, `${name}0`),
    ).map(readRow);
  }

  count(): number {
    return numberOf(firstRowOf(this.#db.sql.exec(`SELECT count(*) FROM mailbox`))?.[0]);
  }

  insert(id: MailboxId, name: string, specialUse: SpecialUse | undefined, uidValidity: number): void {
    this.#db.sql.exec(
      `INSERT INTO mailbox (id, name, special_use, uid_validity, uid_next, highest_modseq, messages, unseen, deleted, size, first_recent_uid, expunged_floor, expunged_ranges)
       VALUES (?, ?, ?, ?, 1, 1, 0, 0, 0, 0, 1, 0, 0)`,
      id,
      name,
      specialUse ?? null,
      uidValidity,
    );
  }

  /** Writes the counters: one row, no index. */
  update(row: MailboxRow): void {
    this.#db.sql.exec(
      `UPDATE mailbox SET uid_next = ?, highest_modseq = ?, messages = ?, unseen = ?, deleted = ?, size = ?, first_recent_uid = ?,
       expunged_floor = ?, expunged_ranges = ? WHERE key = ?`,
      row.uidNext,
      row.highestModSeq,
      row.messages,
      row.unseen,
      row.deleted,
      row.size,
      row.firstRecentUid,
      row.expungedFloor,
      row.expungedRanges,
      row.key,
    );
  }

  rename(key: number, name: string): void {
    this.#db.sql.exec(`UPDATE mailbox SET name = ? WHERE key = ?`, name, key);
  }

  setSpecialUse(key: number, specialUse: SpecialUse | undefined): void {
    this.#db.sql.exec(`UPDATE mailbox SET special_use = ? WHERE key = ?`, specialUse ?? null, key);
  }

  remove(key: number): void {
    this.#db.sql.exec(`DELETE FROM mailbox WHERE key = ?`, key);
  }
}

function optionalRow(values: SqlValue[] | undefined): MailboxRow | undefined {
  return values === undefined ? undefined : readRow(values);
}

function readRow(values: SqlValue[]): MailboxRow {
  const specialUse = values[3] ?? null;
  return {
    key: numberOf(values[0]),
    id: brandedOf(values[1]),
    name: textOf(values[2]),
    specialUse: specialUse === null ? undefined : SpecialUse.parse(specialUse),
    uidValidity: numberOf(values[4]),
    uidNext: numberOf(values[5]),
    highestModSeq: numberOf(values[6]),
    messages: numberOf(values[7]),
    unseen: numberOf(values[8]),
    deleted: numberOf(values[9]),
    size: numberOf(values[10]),
    firstRecentUid: numberOf(values[11]),
    expungedFloor: numberOf(values[12]),
    expungedRanges: numberOf(values[13]),
  };
}
