import { BACKSLASH, LEFT_PAREN, LF, QUOTE, RIGHT_PAREN, SPACE, matches, toBytes } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import { MIME_LIMITS } from "./limits.ts";

const TEXT = toBytes('"text"');
const MESSAGE = toBytes('"message"');
const RFC822 = toBytes('"rfc822"');
const LEFT_BRACE = 0x7b;
/** type, subtype, parameters, id, description, encoding, size. */
const BASIC_FIELDS = 7;

/**
 * The BODY form of a BODYSTRUCTURE: the same without extension data (RFC 9051 section 7.5.2).
 *
 * @throws RangeError when the bytes are not a BODYSTRUCTURE as `MessageParser` makes it
 */
export function bodyFromBodyStructure(bodyStructure: Uint8Array): Uint8Array {
  const form = new BodyForm(bodyStructure);
  form.body(0);
  if (form.at !== bodyStructure.length) throw new RangeError(`BODYSTRUCTURE goes on at octet ${form.at}`);
  return form.out.copy();
}

class BodyForm {
  readonly out: ByteWriter;
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.out = new ByteWriter(bytes.length);
  }

  body(depth: number): void {
    if (depth > MIME_LIMITS.depth) throw new RangeError("BODYSTRUCTURE is nested too deeply");
    this.#copy(LEFT_PAREN);
    if (this.#bytes[this.at] === LEFT_PAREN) {
      while (this.#bytes[this.at] === LEFT_PAREN) this.body(depth + 1);
      this.#copy(SPACE);
      this.#copyValue();
    } else this.#singlePart(depth);
    while (this.#bytes[this.at] === SPACE) {
      this.at++;
      this.#skipValue();
    }
    this.#copy(RIGHT_PAREN);
  }

  #singlePart(depth: number): void {
    const type = this.at;
    this.#copyValue();
    const isText = matches(this.#bytes, type, this.at, TEXT);
    const isMessage = matches(this.#bytes, type, this.at, MESSAGE);
    const subtype = this.at + 1;
    let isRfc822 = false;
    for (let field = 1; field < BASIC_FIELDS; field++) {
      this.#copy(SPACE);
      this.#copyValue();
      if (field === 1) isRfc822 = isMessage && matches(this.#bytes, subtype, this.at, RFC822);
    }
    if (isRfc822) {
      this.#copy(SPACE);
      this.#copyValue();
      this.#copy(SPACE);
      this.body(depth + 1);
    }
    if (!isRfc822 && !isText) return;
    this.#copy(SPACE);
    this.#copyValue();
  }

  #copy(expected: number): void {
    if (this.#bytes[this.at] !== expected) throw new RangeError(`BODYSTRUCTURE is broken at octet ${this.at}`);
    this.out.byte(expected);
    this.at++;
  }

  #copyValue(): void {
    const start = this.at;
    this.#skipValue();
    this.out.bytes(this.#bytes, start, this.at);
  }

  /** Passes over a string, a number, NIL or a list of such. */
  #skipValue(): void {
    const bytes = this.#bytes;
    const start = this.at;
    let level = 0;
    do {
      const octet = bytes[this.at];
      if (octet === undefined) throw new RangeError("BODYSTRUCTURE ends too early");
      if (octet === QUOTE) this.#skipQuoted();
      else if (octet === LEFT_BRACE) this.#skipLiteral();
      else if (octet === LEFT_PAREN || octet === RIGHT_PAREN || octet === SPACE) {
        if (level === 0 && octet !== LEFT_PAREN) break;
        if (octet !== SPACE) level += octet === LEFT_PAREN ? 1 : -1;
        this.at++;
      } else this.#skipAtom();
    } while (level > 0);
    if (this.at === start) throw new RangeError(`BODYSTRUCTURE lacks a value at octet ${start}`);
  }

  #skipAtom(): void {
    const bytes = this.#bytes;
    while (this.at < bytes.length) {
      const octet = bytes[this.at];
      if (octet === SPACE || octet === LEFT_PAREN || octet === RIGHT_PAREN || octet === QUOTE) return;
      this.at++;
    }
  }

  #skipQuoted(): void {
    const bytes = this.#bytes;
    for (this.at++; this.at < bytes.length; this.at++) {
      if (bytes[this.at] === BACKSLASH) this.at++;
      else if (bytes[this.at] === QUOTE) {
        this.at++;
        return;
      }
    }
    throw new RangeError("BODYSTRUCTURE ends in a quoted string");
  }

  #skipLiteral(): void {
    const bytes = this.#bytes;
    let size = 0;
    for (this.at++; this.at < bytes.length && bytes[this.at] !== LF && size <= bytes.length; this.at++) {
      const digit = (bytes[this.at] ?? 0) - 0x30;
      if (digit >= 0 && digit <= 9) size = size * 10 + digit;
    }
    if (this.at + 1 + size > bytes.length) throw new RangeError("BODYSTRUCTURE ends in a literal");
    this.at += 1 + size;
  }
}
