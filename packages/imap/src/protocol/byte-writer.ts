import { NUMBER_OCTETS, putNumber, putText } from "./put.ts";

/**
 * A growing buffer of response bytes. Hot responses are written straight into it, without strings.
 *
 * `bytes` and `view`, which are the same octets, may be replaced by larger ones on any write: take them again after each one.
 */
export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  length = 0;
  readonly #capacity: number;

  constructor(capacity = 4096) {
    this.#capacity = capacity;
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more octets; call once, then write to `bytes` at `length` directly. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.#use(larger);
  }

  byte(value: number): void {
    const at = this.length;
    if (at === this.bytes.length) this.reserve(1);
    this.bytes[at] = value;
    this.length = at + 1;
  }

  /** Writes text whose characters are all below U+0100, one octet each. */
  ascii(text: string): void {
    this.reserve(text.length);
    this.length = putText(this.bytes, this.length, text);
  }

  /** Writes text as UTF-8. */
  utf8(text: string): void {
    this.reserve(text.length * 3);
    this.length += encoder.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  octets(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** Writes a whole number from 0 to 2^53 in decimal. */
  number(value: number): void {
    this.reserve(NUMBER_OCTETS);
    this.length = putNumber(this.view, this.length, value);
  }

  /** Takes what was written, as a copy of its own, and starts again with an empty buffer. `before` and `after` are octets of room around it, for a frame. */
  take(before = 0, after = 0): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(before + this.length + after);
    taken.set(this.bytes.subarray(0, this.length), before);
    this.length = 0;
    return taken;
  }

  /** Gives back what a long answer has taken, if everything was taken out. */
  shrink(): void {
    if (this.length === 0 && this.bytes.length > LARGE) this.#use(new Uint8Array(this.#capacity));
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** Octets of buffer that are given back when they are not needed any more. */
const LARGE = 32 * 1024;
const encoder = new TextEncoder();
