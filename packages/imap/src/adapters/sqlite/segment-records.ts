import type { MessagePage } from "../../mailbox/message-page.ts";

/** Octets of one message in a packed segment. */
export const RECORD_BYTES = 48;

/**
 * The messages of one segment as columns over one buffer, widest first so that each is aligned: modSeq, internalDate, content
 * (f64), uid, keywordsLow, keywordsHigh, size, saveDate (u32), flags (u16), zoneMinutes (i16). Little-endian, as are all
 * machines that run this. On disk the columns are as long as the count, here as the capacity: a full segment is both at once.
 */
export class SegmentRecords {
  readonly capacity: number;
  readonly modSeq: Float64Array;
  readonly internalDate: Float64Array;
  readonly content: Float64Array;
  readonly uid: Uint32Array;
  readonly keywordsLow: Uint32Array;
  readonly keywordsHigh: Uint32Array;
  readonly size: Uint32Array;
  /** Seconds since 1970, which lasts until 2106. */
  readonly saveDate: Uint32Array;
  readonly flags: Uint16Array;
  readonly zoneMinutes: Int16Array;
  readonly #buffer: ArrayBuffer;

  constructor(capacity: number, buffer: ArrayBuffer = new ArrayBuffer(capacity * RECORD_BYTES)) {
    this.capacity = capacity;
    this.#buffer = buffer;
    this.modSeq = new Float64Array(buffer, 0, capacity);
    this.internalDate = new Float64Array(buffer, capacity * 8, capacity);
    this.content = new Float64Array(buffer, capacity * 16, capacity);
    this.uid = new Uint32Array(buffer, capacity * 24, capacity);
    this.keywordsLow = new Uint32Array(buffer, capacity * 28, capacity);
    this.keywordsHigh = new Uint32Array(buffer, capacity * 32, capacity);
    this.size = new Uint32Array(buffer, capacity * 36, capacity);
    this.saveDate = new Uint32Array(buffer, capacity * 40, capacity);
    this.flags = new Uint16Array(buffer, capacity * 44, capacity);
    this.zoneMinutes = new Int16Array(buffer, capacity * 46, capacity);
  }

  /** Takes `count` records as they are stored; the buffer is ours from then on. */
  static unpack(stored: ArrayBuffer, count: number, capacity: number): SegmentRecords {
    if (stored.byteLength !== count * RECORD_BYTES) throw new Error(`A segment of ${count} messages has ${stored.byteLength} octets`);
    const packed = new SegmentRecords(count, stored);
    if (count >= capacity) return packed;
    const records = new SegmentRecords(capacity);
    records.appendFrom(packed, count, 0);
    return records;
  }

  /** The first `count` records as they are stored. Not a copy when the segment is full. */
  pack(count: number): Uint8Array {
    if (count === this.capacity) return new Uint8Array(this.#buffer);
    const packed = new SegmentRecords(count);
    packed.appendFrom(this, count, 0);
    return new Uint8Array(packed.#buffer);
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
    page.count = at + to - from;
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
