import { LruCache } from "./lru-cache.ts";
import { SegmentRecords, UNPACKED_RECORD } from "./segment-records.ts";
import { bufferOf, numberOf, rowsOf, type SqlDatabase } from "./sql-database.ts";

/** Segments whose records one statement fetches when a reader walks through a mailbox. */
const READ_AHEAD = 16;

/** Octets beside the columns that an unpacked segment costs: ten views, a second buffer, and the objects around them. */
const UNPACKED_OVERHEAD = 1024;

/** UIDs per mailbox key in a segment's key. */
const KEY_STEP = 2 ** 32;

/** The header of up to `capacity` neighbouring messages of one mailbox; their records are read when needed. */
export interface Segment {
  readonly key: number;
  /** No UID of the segment is lower; UIDs from here to `lastUid` belong to it. */
  readonly base: number;
  lastUid: number;
  count: number;
  unseen: number;
  deleted: number;
  /** No message of the segment has a higher mod-sequence. */
  maxModSeq: number;
  records: SegmentRecords | undefined;
}

/** Reads and writes segments, and bounds how many of their records stay in memory. */
export class SegmentStore {
  /** Messages in a segment. */
  readonly capacity: number;
  readonly #db: SqlDatabase;
  readonly #cache: LruCache<Segment>;

  constructor(db: SqlDatabase, capacity: number, cacheBytes: number) {
    this.#db = db;
    this.capacity = capacity;
    this.#cache = new LruCache(cacheBytes, (segment) => {
      segment.records = undefined;
    });
  }

  /** The headers of a mailbox's segments, in UID order. Reads no records. */
  headers(mailbox: number): Segment[] {
    const cursor = this.#db.sql.exec(
      `SELECT key, last_uid, count, unseen, deleted, max_modseq FROM segment WHERE key >= ? AND key < ? ORDER BY key`,
      mailbox * KEY_STEP,
      (mailbox + 1) * KEY_STEP,
    );
    const segments: Segment[] = [];
    for (const [keyValue, lastUid, count, unseen, deleted, maxModSeq] of cursor.raw()) {
      const key = numberOf(keyValue);
      segments.push({
        key,
        base: key - mailbox * KEY_STEP,
        lastUid: numberOf(lastUid),
        count: numberOf(count),
        unseen: numberOf(unseen),
        deleted: numberOf(deleted),
        maxModSeq: numberOf(maxModSeq),
        records: undefined,
      });
    }
    return segments;
  }

  /** An empty segment for UIDs from `base` on; not stored before {@link insert}. */
  create(mailbox: number, base: number): { readonly segment: Segment; readonly records: SegmentRecords } {
    const segment = {
      key: mailbox * KEY_STEP + base,
      base,
      lastUid: base,
      count: 0,
      unseen: 0,
      deleted: 0,
      maxModSeq: 0,
      records: undefined,
    };
    return { segment, records: new SegmentRecords(this.capacity) };
  }

  /** The records of `segments[index]`; also reads those that follow while they may hold UIDs up to `to`. */
  records(segments: readonly Segment[], index: number, to: number): SegmentRecords {
    const segment = segments[index];
    if (segment === undefined) throw new RangeError(`No segment ${index}`);
    if (segment.records === undefined) return this.#load(segments, index, to);
    this.#keep(segment, segment.records);
    return segment.records;
  }

  #load(segments: readonly Segment[], index: number, to: number): SegmentRecords {
    let end = index + 1;
    while (end < segments.length && end - index < READ_AHEAD && segments[end]?.records === undefined && (segments[end]?.base ?? 0) <= to)
      end++;
    const wanted = segments.slice(index, end);
    const rows = rowsOf(
      this.#db.sql.exec(
        `SELECT s.key, r.records, s.flags FROM segment s CROSS JOIN segment_records r ON r.key = s.key
         WHERE s.key BETWEEN ? AND ? ORDER BY s.key`,
        wanted[0]?.key ?? 0,
        wanted.at(-1)?.key ?? 0,
      ),
    );
    let records: SegmentRecords | undefined;
    // Backwards, so that the segment that was asked for is the most recent one in the cache.
    for (let at = wanted.length - 1; at >= 0; at--) {
      const segment = wanted[at];
      const row = rows[at];
      if (segment === undefined || row === undefined || row[0] !== segment.key)
        throw new Error(`Segment ${segment?.key} is missing in the database`);
      records = SegmentRecords.unpack(bufferOf(row[1]), bufferOf(row[2]), segment.count, this.capacity);
      this.#keep(segment, records);
    }
    if (records === undefined) throw new RangeError(`No segment ${index}`);
    return records;
  }

  #keep(segment: Segment, records: SegmentRecords): void {
    segment.records = records;
    this.#cache.touch(segment, records.capacity * UNPACKED_RECORD + UNPACKED_OVERHEAD);
  }

  insert(segment: Segment, records: SegmentRecords): void {
    const { key, lastUid, count, unseen, deleted, maxModSeq } = segment;
    this.#db.sql.exec(
      `INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?)`,
      key,
      lastUid,
      count,
      unseen,
      deleted,
      maxModSeq,
      records.packFlags(count),
    );
    this.#db.sql.exec(`INSERT INTO segment_records VALUES (?, ?)`, key, records.packRecords(count));
    this.#keep(segment, records);
  }

  /** Writes a segment of which other messages are there now. */
  update(segment: Segment, records: SegmentRecords): void {
    this.updateFlags(segment, records);
    this.#db.sql.exec(`UPDATE segment_records SET records = ? WHERE key = ?`, records.packRecords(segment.count), segment.key);
  }

  /** Writes a segment of which only flags, keywords and mod-sequences have changed. */
  updateFlags(segment: Segment, records: SegmentRecords): void {
    const { key, lastUid, count, unseen, deleted, maxModSeq } = segment;
    this.#db.sql.exec(
      `UPDATE segment SET last_uid = ?, count = ?, unseen = ?, deleted = ?, max_modseq = ?, flags = ? WHERE key = ?`,
      lastUid,
      count,
      unseen,
      deleted,
      maxModSeq,
      records.packFlags(count),
      key,
    );
    this.#keep(segment, records);
  }

  remove(segment: Segment): void {
    this.#db.sql.exec(`DELETE FROM segment WHERE key = ?`, segment.key);
    this.#db.sql.exec(`DELETE FROM segment_records WHERE key = ?`, segment.key);
    this.#forget(segment);
  }

  /** Drops records from memory, not from the database: their mailbox's headers go. */
  forget(segments: readonly Segment[]): void {
    for (const segment of segments) this.#forget(segment);
  }

  #forget(segment: Segment): void {
    segment.records = undefined;
    this.#cache.forget(segment);
  }

  /** Drops all records from memory. */
  clear(): void {
    this.#cache.clear();
  }
}
