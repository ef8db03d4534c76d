import { LIMITS } from "../../limits.ts";
import { uidsOf, type UidRanges } from "../../mailbox/uid-ranges.ts";
import type { MailboxRow } from "./mailbox-rows.ts";
import { bufferOf, numberOf, rowsOf, type SqlDatabase } from "./sql-database.ts";

/** Ranges in one row: rows without a rowid are best small. */
const RANGES_PER_ROW = 512;

/** Which UIDs were expunged when: for QRESYNC and for the views of sessions. Bounded; what falls out raises the floor. */
export class ExpungedHistory {
  readonly #db: SqlDatabase;
  readonly #limit: number;

  constructor(db: SqlDatabase, limit: number = LIMITS.expungedHistory) {
    this.#db = db;
    this.#limit = limit;
  }

  /** Notes what an expunge removed. Changes the row's floor and count; the caller writes the row. */
  add(row: MailboxRow, modSeq: number, removed: UidRanges): void {
    const step = RANGES_PER_ROW * 2;
    for (let at = 0; at < removed.length; at += step) {
      this.#db.sql.exec(`INSERT INTO expunged VALUES (?, ?, ?, ?)`, row.key, modSeq, at / step, octetsOf(removed.subarray(at, at + step)));
    }
    row.expungedRanges += removed.length / 2;
    if (row.expungedRanges > this.#limit) this.#prune(row);
  }

  /** Forgets the oldest expunges until half of the bound is free, so that pruning is rare. */
  #prune(row: MailboxRow): void {
    const rows = this.#db.sql.exec(
      `SELECT modseq, sum(length(ranges)) / 8 FROM expunged WHERE mailbox = ? GROUP BY modseq ORDER BY modseq`,
      row.key,
    );
    for (const [modSeq, ranges] of rowsOf(rows)) {
      if (row.expungedRanges <= this.#limit / 2) break;
      row.expungedFloor = numberOf(modSeq);
      row.expungedRanges -= numberOf(ranges);
    }
    this.#db.sql.exec(`DELETE FROM expunged WHERE mailbox = ? AND modseq <= ?`, row.key, row.expungedFloor);
  }

  /** UIDs expunged with a mod-sequence above `since`, ascending; `undefined` when some of them are forgotten. */
  since(row: MailboxRow, since: number): Uint32Array | undefined {
    if (since < row.expungedFloor) return undefined;
    if (since >= row.highestModSeq) return new Uint32Array(0);
    const parts: Uint32Array[] = [];
    let length = 0;
    for (const [ranges] of rowsOf(this.#db.sql.exec(`SELECT ranges FROM expunged WHERE mailbox = ? AND modseq > ?`, row.key, since))) {
      const uids = uidsOf(new Uint32Array(bufferOf(ranges)));
      parts.push(uids);
      length += uids.length;
    }
    const all = new Uint32Array(length);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all.sort();
  }

  removeAll(mailbox: number): void {
    this.#db.sql.exec(`DELETE FROM expunged WHERE mailbox = ?`, mailbox);
  }
}

function octetsOf(ranges: UidRanges): Uint8Array {
  return new Uint8Array(ranges.buffer, ranges.byteOffset, ranges.byteLength);
}
