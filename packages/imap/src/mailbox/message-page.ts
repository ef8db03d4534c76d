/**
 * Columns of up to `capacity` messages of one mailbox in UID order: how messages leave the index.
 * One page is filled again and again, so reading a mailbox allocates nothing per message.
 */
export class MessagePage {
  readonly capacity: number;
  /** How many rows are filled. */
  count = 0;
  readonly uid: Uint32Array;
  /** System flags, bits of `Flag`. */
  readonly flags: Uint32Array;
  /** Keywords 0-31 and 32-63 of the mailbox's keyword table, a bit each. */
  readonly keywordsLow: Uint32Array;
  readonly keywordsHigh: Uint32Array;
  readonly modSeq: Float64Array;
  /** Seconds since 1970, UTC. */
  readonly internalDate: Float64Array;
  /** Minutes east of UTC in which the internal date was given. */
  readonly zoneMinutes: Int16Array;
  readonly saveDate: Float64Array;
  /** Octets (RFC822.SIZE). */
  readonly size: Uint32Array;
  /** Key of the content row (see {@link MailboxIndex.readContents}). */
  readonly content: Float64Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.uid = new Uint32Array(capacity);
    this.flags = new Uint32Array(capacity);
    this.keywordsLow = new Uint32Array(capacity);
    this.keywordsHigh = new Uint32Array(capacity);
    this.modSeq = new Float64Array(capacity);
    this.internalDate = new Float64Array(capacity);
    this.zoneMinutes = new Int16Array(capacity);
    this.saveDate = new Float64Array(capacity);
    this.size = new Uint32Array(capacity);
    this.content = new Float64Array(capacity);
  }

  /** Copies one row of another page to position `to`. */
  copyRow(to: number, from: MessagePage, row: number): void {
    this.uid[to] = from.uid[row] ?? 0;
    this.flags[to] = from.flags[row] ?? 0;
    this.keywordsLow[to] = from.keywordsLow[row] ?? 0;
    this.keywordsHigh[to] = from.keywordsHigh[row] ?? 0;
    this.modSeq[to] = from.modSeq[row] ?? 0;
    this.internalDate[to] = from.internalDate[row] ?? 0;
    this.zoneMinutes[to] = from.zoneMinutes[row] ?? 0;
    this.saveDate[to] = from.saveDate[row] ?? 0;
    this.size[to] = from.size[row] ?? 0;
    this.content[to] = from.content[row] ?? 0;
  }
}
