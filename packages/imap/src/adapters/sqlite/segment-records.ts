import type { MessagePage } from "../../mailbox/message-page.ts";
import { packColumns, unpackColumns, type Column } from "./packed-columns.ts";

/** Octets of one message in a segment's records as they are stored, and what they and its flags take in memory. */
export const STORED_RECORD = 30;
export const UNPACKED_RECORD = 48;

/** Rows up to which copying value by value is cheaper than ten pairs of views: a FETCH of one message is what clients pipeline. */
const FEW = 8;

/**
 * The messages of one segment as columns. What never changes of a message stands over one buffer, widest first so that each
 * column is aligned: internalDate, content (f64), uid, size, saveDate (u32), zoneMinutes (i16). On disk these are as long as the
 * count, here as the capacity: a full segment is both at once. What STORE changes has its own place, here and on disk, where
 * it is packed: a flag change writes some hundred octets. Little-endian, as are all machines that run this.
 */
export class SegmentRecords {
  readonly capacity: number;
  readonly internalDate: Float64Array;
  readonly content: Float64Array;
  readonly uid: Uint32Array;
  readonly size: Uint32Array;
  /** Seconds since 1970, which lasts until 2106. */
  readonly saveDate: Uint32Array;
  readonly zoneMinutes: Int16Array;
  readonly modSeq: Float64Array;
  readonly keywordsLow: Uint32Array;
  readonly keywordsHigh: Uint32Array;
  readonly flags: Uint16Array;
  readonly #buffer: ArrayBuffer;

  constructor(capacity: number, buffer: ArrayBuffer = new ArrayBuffer(capacity * STORED_RECORD)) {
    this.capacity = capacity;
    this.#buffer = buffer;
    this.internalDate = new Float64Array(buffer, 0, capacity);
    this.content = new Float64Array(buffer, capacity * 8, capacity);
    this.uid = new Uint32Array(buffer, capacity * 16, capacity);
    this.size = new Uint32Array(buffer, capacity * 20, capacity);
    this.saveDate = new Uint32Array(buffer, capacity * 24, capacity);
    this.zoneMinutes = new Int16Array(buffer, capacity * 28, capacity);
    const changing = new ArrayBuffer(capacity * (UNPACKED_RECORD - STORED_RECORD));
    this.modSeq = new Float64Array(changing, 0, capacity);
    this.keywordsLow = new Uint32Array(changing, capacity * 8, capacity);
    this.keywordsHigh = new Uint32Array(changing, capacity * 12, capacity);
    this.flags = new Uint16Array(changing, capacity * 16, capacity);
  }

  /** Takes `count` records and their flags as they are stored; the records' buffer is ours from then on. */
  static unpack(stored: ArrayBuffer, flags: ArrayBuffer, count: number, capacity: number): SegmentRecords {
    if (stored.byteLength !== count * STORED_RECORD) throw new Error(`A segment of ${count} messages has ${stored.byteLength} octets`);
    const packed = new SegmentRecords(count, stored);
    unpackColumns(flags, packed.#changing, count);
    if (count >= capacity) return packed;
    const records = new SegmentRecords(capacity);
    records.appendFrom(packed, count, 0);
    return records;
  }

  /** The first `count` records as they are stored. Not a copy when the segment is full. */
  packRecords(count: number): Uint8Array {
    if (count === this.capacity) return new Uint8Array(this.#buffer);
    const packed = new SegmentRecords(count);
    packed.appendFrom(this, count, 0);
    return new Uint8Array(packed.#buffer);
  }

  /** Their flags, keywords and mod-sequences as they are stored. */
  packFlags(count: number): Uint8Array {
    return packColumns(this.#changing, count);
  }

  get #changing(): readonly Column[] {
    return [this.modSeq, this.keywordsLow, this.keywordsHigh, this.flags];
  }

  /** Copies the first `count` records of another segment to `at`. */
  appendFrom(source: SegmentRecords, count: number, at: number): void {
    this.modSeq.set(source.modSeq.subarray(0, count), at);
    this.internalDate.set(source.internalDate.subarray(0, count), at);
    this.content.set(source.content.subarray(0, count), at);
    this.uid.set(source.uid.subarray(0, count), at);
    this.keywordsLow.set(source.keywordsLow.subarray(0, count), at);
    this.keywordsHigh.set(source.keywordsHigh.subarray(0, count), at);
    this.size.set(source.size.subarray(0, count), at);
    this.saveDate.set(source.saveDate.subarray(0, count), at);
    this.flags.set(source.flags.subarray(0, count), at);
    this.zoneMinutes.set(source.zoneMinutes.subarray(0, count), at);
  }

  /** Copies rows `[from, to)` of a page to `at`, all but the UIDs and mod-sequences, which are new. */
  appendPage(page: MessagePage, from: number, to: number, at: number, firstUid: number, modSeq: number): void {
    this.internalDate.set(page.internalDate.subarray(from, to), at);
    this.content.set(page.content.subarray(from, to), at);
    this.keywordsLow.set(page.keywordsLow.subarray(from, to), at);
    this.keywordsHigh.set(page.keywordsHigh.subarray(from, to), at);
    this.size.set(page.size.subarray(from, to), at);
    this.saveDate.set(page.saveDate.subarray(from, to), at);
    this.flags.set(page.flags.subarray(from, to), at);
    this.zoneMinutes.set(page.zoneMinutes.subarray(from, to), at);
    this.modSeq.fill(modSeq, at, at + to - from);
    for (let row = 0; row < to - from; row++) this.uid[at + row] = firstUid + row;
  }

  /** Copies records `[from, to)` to the end of a page, which has room for them. */
  readInto(page: MessagePage, from: number, to: number): void {
    const at = page.count;
    page.count = at + to - from;
    if (to - from <= FEW) {
      for (let row = 0; row < to - from; row++) this.#readRow(page, at + row, from + row);
      return;
    }
    page.modSeq.set(this.modSeq.subarray(from, to), at);
    page.internalDate.set(this.internalDate.subarray(from, to), at);
    page.content.set(this.content.subarray(from, to), at);
    page.uid.set(this.uid.subarray(from, to), at);
    page.keywordsLow.set(this.keywordsLow.subarray(from, to), at);
    page.keywordsHigh.set(this.keywordsHigh.subarray(from, to), at);
    page.size.set(this.size.subarray(from, to), at);
    page.saveDate.set(this.saveDate.subarray(from, to), at);
    page.flags.set(this.flags.subarray(from, to), at);
    page.zoneMinutes.set(this.zoneMinutes.subarray(from, to), at);
  }

  #readRow(page: MessagePage, to: number, from: number): void {
    page.modSeq[to] = this.modSeq[from] ?? 0;
    page.internalDate[to] = this.internalDate[from] ?? 0;
    page.content[to] = this.content[from] ?? 0;
    page.uid[to] = this.uid[from] ?? 0;
    page.keywordsLow[to] = this.keywordsLow[from] ?? 0;
    page.keywordsHigh[to] = this.keywordsHigh[from] ?? 0;
    page.size[to] = this.size[from] ?? 0;
    page.saveDate[to] = this.saveDate[from] ?? 0;
    page.flags[to] = this.flags[from] ?? 0;
    page.zoneMinutes[to] = this.zoneMinutes[from] ?? 0;
  }

  /** Moves records `[from, to)` down to `at`. */
  moveDown(from: number, to: number, at: number): void {
    if (from === at) return;
    this.modSeq.copyWithin(at, from, to);
    this.internalDate.copyWithin(at, from, to);
    this.content.copyWithin(at, from, to);
    this.uid.copyWithin(at, from, to);
    this.keywordsLow.copyWithin(at, from, to);
    this.keywordsHigh.copyWithin(at, from, to);
    this.size.copyWithin(at, from, to);
    this.saveDate.copyWithin(at, from, to);
    this.flags.copyWithin(at, from, to);
    this.zoneMinutes.copyWithin(at, from, to);
  }

  /** The first of `[from, count)` whose UID is not below `uid`, or `count`. */
  lowerBound(uid: number, from: number, count: number): number {
    let low = from;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.uid[middle] ?? 0) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
