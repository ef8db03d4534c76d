import { CR, LF, SPACE, toBytes } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { TransferCodec } from "./transfer-decoder.ts";

/** An encoded line has at most 61 octets; what is longer is text. */
const MAX_LINE = 256;
const BEGIN = toBytes("begin ");
const END = toBytes("end");

/**
 * uuencode, which old mail uses as a Content-Transfer-Encoding of its own.
 *
 * Decodes what stands between a `begin` and an `end` line. Other lines, and lines whose length does not fit, stay as they
 * are.
 */
export class UuencodeCodec implements TransferCodec {
  readonly #line = new ByteWriter(80);
  #inside = false;
  #isLong = false;

  push(chunk: Uint8Array, out: ByteWriter): void {
    for (let at = 0; at < chunk.length;) {
      const lf = chunk.indexOf(LF, at);
      const end = lf < 0 ? chunk.length : lf + 1;
      this.#line.bytes(chunk, at, end);
      at = end;
      if (lf >= 0) this.#takeLine(out);
      else if (this.#line.length > MAX_LINE) this.#passLong(out);
    }
  }

  finish(out: ByteWriter): void {
    this.#takeLine(out);
  }

  #passLong(out: ByteWriter): void {
    out.bytes(this.#line.buffer, 0, this.#line.length);
    this.#line.truncate();
    this.#isLong = true;
  }

  #takeLine(out: ByteWriter): void {
    const line = this.#line;
    let size = line.length;
    if (size > 0 && line.buffer[size - 1] === LF) size--;
    if (size > 0 && line.buffer[size - 1] === CR) size--;
    if (this.#isLong || !this.#decodeLine(size, out)) out.bytes(line.buffer, 0, line.length);
    line.truncate();
    this.#isLong = false;
  }

  #decodeLine(size: number, out: ByteWriter): boolean {
    const { buffer } = this.#line;
    if (!this.#inside) {
      this.#inside = startsWith(buffer, size, BEGIN);
      return this.#inside;
    }
    if (size === END.length && startsWith(buffer, size, END)) {
      this.#inside = false;
      return true;
    }
    const count = size > 0 ? sixBits(buffer[0]) : 0;
    const groups = Math.ceil(count / 3);
    // Trailing spaces, which stand for zeros, are often lost on the way.
    if (groups * 4 + 1 < size - 1) return false;
    for (let group = 0, left = count; group < groups; group++, left -= 3) {
      const at = 1 + group * 4;
      let bits = 0;
      for (let i = at; i < at + 4; i++) bits = (bits << 6) | (i < size ? sixBits(buffer[i]) : 0);
      out.byte(bits >>> 16);
      if (left > 1) out.byte((bits >>> 8) & 0xff);
      if (left > 2) out.byte(bits & 0xff);
    }
    return true;
  }
}

function sixBits(octet: number | undefined): number {
  return ((octet ?? SPACE) - SPACE) & 0x3f;
}

function startsWith(bytes: Uint8Array, size: number, prefix: Uint8Array): boolean {
  if (size < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix[i]) return false;
  return true;
}
