/** Below this length a loop copies faster than a view and a `set`. */
const LOOP_COPY = 48;

/** A buffer that is used again and again keeps at most this much memory. */
const MAX_KEPT = 64 * 1024;

/** A growing byte buffer. Growth doubles, so that writing n octets costs O(n). */
export class ByteWriter {
  buffer: Uint8Array;
  length = 0;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
  }

  /** Makes room for `count` more octets. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2, 64));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }

  byte(octet: number): void {
    if (this.length === this.buffer.length) this.reserve(1);
    this.buffer[this.length++] = octet;
  }

  bytes(source: Uint8Array, start = 0, end = source.length): void {
    const count = end - start;
    if (count <= 0) return;
    this.reserve(count);
    if (count < LOOP_COPY) {
      const { buffer } = this;
      let at = this.length;
      for (let i = start; i < end; i++) buffer[at++] = source[i] ?? 0;
    } else {
      this.buffer.set(source.subarray(start, end), this.length);
    }
    this.length += count;
  }

  /** ASCII text, one octet a character. */
  ascii(text: string): void {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.buffer[this.length++] = text.charCodeAt(i);
  }

  /** A non-negative integer in decimal. */
  decimal(value: number): void {
    if (value < 10) this.byte(0x30 + value);
    else this.ascii(String(value));
  }

  /** Forgets everything after `length`. */
  truncate(length = 0): void {
    this.length = length;
  }

  /** What was written, valid until the next write. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** A copy of what was written; the buffer is emptied for its next use, and given back when it has grown large. */
  release(): Uint8Array {
    const content = this.copy();
    this.empty();
    return content;
  }

  /** Forgets everything, and gives a buffer back that has grown large. */
  empty(): void {
    this.length = 0;
    if (this.buffer.length > MAX_KEPT) this.buffer = new Uint8Array(0);
  }

  /** A copy of what was written. */
  copy(start = 0, end: number = this.length): Uint8Array {
    return this.buffer.slice(start, end);
  }
}
