import { COLON, CR, LF, isBlank } from "./ascii.ts";

/** A field name longer than a legal line (RFC 5322 section 2.1.1) is no name. */
const MAX_NAME = 998;

/**
 * Walks the fields of a header (RFC 5322 section 2.2) without allocating.
 *
 * Line ends may be CRLF or LF. A line without a colon is a field with an empty name, so that nothing is skipped.
 * The walk ends at the empty line or at the end of the bytes.
 */
export class FieldReader {
  readonly bytes: Uint8Array;
  /** The whole field with its line ends: `[start, end)`. */
  start = 0;
  end = 0;
  nameStart = 0;
  /** Blanks before the colon are not part of the name (RFC 5322 section 4.5, obsolete syntax). */
  nameEnd = 0;
  /** The value: after the colon and the blanks that follow it, to before the last line end. Folding is still inside. */
  valueStart = 0;
  valueEnd = 0;

  constructor(bytes: Uint8Array, start = 0) {
    this.bytes = bytes;
    this.end = start;
  }

  /** Moves to the next field; false at the end of the header. */
  next(): boolean {
    const { bytes } = this;
    const size = bytes.length;
    const start = this.end;
    if (start >= size) return false;
    const first = bytes[start];
    if (first === LF || (first === CR && bytes[start + 1] === LF)) return false;

    let at = start;
    while (at < size && bytes[at] !== COLON && bytes[at] !== LF) at++;
    const colon = at < size && bytes[at] === COLON ? at : -1;
    let line = bytes[at] === LF ? at : bytes.indexOf(LF, at);
    const firstLineEnd = this.#textEnd(start, line);
    while (line >= 0 && line + 1 < size && isBlank(bytes[line + 1])) line = bytes.indexOf(LF, line + 1);

    this.start = start;
    this.end = line < 0 ? size : line + 1;
    this.valueEnd = this.#textEnd(start, line);
    this.#setName(start, colon);
    this.valueStart = colon < 0 || this.nameEnd === this.nameStart ? start : this.#valueAfter(colon + 1, firstLineEnd);
    if (this.valueEnd < this.valueStart) this.valueEnd = this.valueStart;
    return true;
  }

  #setName(start: number, colon: number): void {
    let end = colon < 0 ? start : colon;
    while (end > start && isBlank(this.bytes[end - 1])) end--;
    this.nameStart = start;
    this.nameEnd = end - start > MAX_NAME ? start : end;
  }

  /** Where the text of the line that ends with the LF at `line` (-1: with the bytes) ends. */
  #textEnd(start: number, line: number): number {
    if (line < 0) return this.bytes.length;
    return line > start && this.bytes[line - 1] === CR ? line - 1 : line;
  }

  /** Skips the blanks of the first line; of a first line of nothing but blanks it skips one, as other servers do. */
  #valueAfter(from: number, firstLineEnd: number): number {
    let at = from;
    while (at < firstLineEnd && isBlank(this.bytes[at])) at++;
    return at === firstLineEnd && firstLineEnd > from ? from + 1 : at;
  }
}
