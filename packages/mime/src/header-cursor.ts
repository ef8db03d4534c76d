import {
  AT,
  ATEXT,
  BACKSLASH,
  CLASS,
  CR,
  DOT,
  LEFT_BRACKET,
  LEFT_PAREN,
  LF,
  NUL,
  QUOTE,
  RIGHT_BRACKET,
  RIGHT_PAREN,
  SPACE,
  TAB,
  TOKEN,
} from "./ascii.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** The syntax is broken at the cursor. */
export const BROKEN = -1;
/** The value ended. */
export const ENDED = 0;
/** There is an octet at the cursor. */
export const MORE = 1;
export type Progress = typeof BROKEN | typeof ENDED | typeof MORE;

/** U+FFFD in UTF-8: stands for a NUL, which IMAP strings cannot carry (RFC 9051 section 4.3). */
export const REPLACEMENT: Uint8Array = Uint8Array.of(0xef, 0xbf, 0xbd);

/**
 * Reads the lexical elements of structured fields (RFC 5322 section 3.2, RFC 2045 section 5.1) from a folded value.
 *
 * Every reader appends what it read to a writer, then skips white space and comments, and says whether the value goes
 * on. Readers are tolerant: octets above ASCII are letters, obsolete forms are read.
 */
export class HeaderCursor {
  bytes: Uint8Array;
  at = 0;
  end = 0;
  /** Receives the text of the last comment passed. */
  readonly comment: ByteWriter | undefined;

  constructor(bytes: Uint8Array, comment?: ByteWriter) {
    this.bytes = bytes;
    this.comment = comment;
  }

  /** Places the cursor on `[start, end)`. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get ended(): boolean {
    return this.at >= this.end;
  }

  /** The octet at the cursor, or -1 at the end. */
  peek(): number {
    return this.at < this.end ? (this.bytes[this.at] ?? 0) : -1;
  }

  /** CFWS, RFC 5322 section 3.2.2. */
  skipSpace(): Progress {
    const { bytes, end } = this;
    while (this.at < end) {
      const octet = bytes[this.at];
      if (octet === SPACE || octet === TAB || octet === CR || octet === LF) this.at++;
      else if (octet !== LEFT_PAREN) return MORE;
      else if (!this.#skipComment()) return BROKEN;
    }
    return ENDED;
  }

  /** atom, RFC 5322 section 3.2.3. */
  atom(out: ByteWriter): Progress {
    const start = this.at;
    this.#skipClass(ATEXT);
    if (this.at === start) return BROKEN;
    out.bytes(this.bytes, start, this.at);
    return this.skipSpace();
  }

  /** dot-atom; white space around the dots is read too (obs-domain, RFC 5322 section 4.4). */
  dotAtom(out: ByteWriter): Progress {
    for (;;) {
      const progress = this.atom(out);
      if (progress !== MORE || this.peek() !== DOT) return progress;
      this.at++;
      out.byte(DOT);
      if (this.skipSpace() !== MORE) return BROKEN;
    }
  }

  /** token, RFC 2045 section 5.1. It may be empty. */
  token(out: ByteWriter): Progress {
    const start = this.at;
    this.#skipClass(TOKEN);
    out.bytes(this.bytes, start, this.at);
    return this.skipSpace();
  }

  /** quoted-string, without its quotes, its backslashes and its folding. The cursor is on the opening quote. */
  quotedString(out: ByteWriter): Progress {
    this.at++;
    return this.#delimited(out, QUOTE, -1) ? this.skipSpace() : BROKEN;
  }

  /** phrase or obs-phrase: words and dots, joined by single spaces. */
  phrase(out: ByteWriter): Progress {
    if (this.ended) return ENDED;
    if (this.peek() === DOT) return BROKEN;
    for (;;) {
      const progress = this.peek() === QUOTE ? this.quotedString(out) : this.#atomWithDots(out);
      if (progress !== MORE) return progress;
      const octet = this.peek();
      if (octet !== QUOTE && octet !== DOT && ((CLASS[octet] ?? 0) & ATEXT) === 0) return this.skipSpace();
      out.byte(SPACE);
    }
  }

  /** domain, after the `@` that the cursor is on. */
  domain(out: ByteWriter): Progress {
    if (this.peek() !== AT) return BROKEN;
    this.at++;
    if (this.skipSpace() !== MORE) return BROKEN;
    return this.peek() === LEFT_BRACKET ? this.#domainLiteral(out) : this.dotAtom(out);
  }

  #atomWithDots(out: ByteWriter): Progress {
    const { bytes, end } = this;
    const start = this.at;
    while (this.at < end && (bytes[this.at] === DOT || ((CLASS[bytes[this.at] ?? 0] ?? 0) & ATEXT) !== 0)) this.at++;
    out.bytes(bytes, start, this.at);
    return this.skipSpace();
  }

  /** domain-literal with its brackets; backslashes stay. */
  #domainLiteral(out: ByteWriter): Progress {
    const { bytes, end } = this;
    out.byte(LEFT_BRACKET);
    this.at++;
    while (this.at < end) {
      const octet = bytes[this.at++] ?? 0;
      if (octet === LEFT_BRACKET) return BROKEN;
      if (octet === RIGHT_BRACKET) {
        out.byte(octet);
        return this.skipSpace();
      }
      if (octet === BACKSLASH) {
        if (this.at >= end) return BROKEN;
        out.byte(BACKSLASH);
        this.#quotedPair(out);
      } else this.#text(octet, out);
    }
    return BROKEN;
  }

  #skipClass(wanted: number): void {
    const { bytes, end } = this;
    while (this.at < end && ((CLASS[bytes[this.at] ?? 0] ?? 0) & wanted) !== 0) this.at++;
  }

  /** Takes the octet after a backslash as it is. CR, LF and NUL are not taken: they keep their own meaning. */
  #quotedPair(out: ByteWriter | undefined): boolean {
    const octet = this.bytes[this.at] ?? 0;
    if (octet === CR || octet === LF || octet === NUL) return false;
    out?.byte(octet);
    this.at++;
    return true;
  }

  /** One octet of quoted text: folding goes, a NUL becomes U+FFFD. */
  #text(octet: number, out: ByteWriter): void {
    if (octet === LF || (octet === CR && this.peek() === LF)) return;
    if (octet === NUL) out.bytes(REPLACEMENT);
    else out.byte(octet);
  }

  #skipComment(): boolean {
    this.comment?.truncate();
    this.at++;
    return this.#delimited(this.comment, RIGHT_PAREN, LEFT_PAREN);
  }

  /**
   * Reads up to the closing octet, the one that matches where `open` nests, and passes it. When there is none the text is cut
   * back to the last fold, backslash or NUL, as if it had ended there: so do other servers, and clients see one answer.
   */
  #delimited(out: ByteWriter | undefined, close: number, open: number): boolean {
    const { bytes, end } = this;
    let level = 1;
    let settled = out?.length ?? 0;
    while (this.at < end) {
      const octet = bytes[this.at++] ?? 0;
      if (octet === close && --level === 0) return true;
      if (octet === open) level++;
      if (octet === BACKSLASH) {
        if (this.at >= end) break;
        const length = out?.length ?? 0;
        if (this.#quotedPair(out)) settled = length;
        else out?.byte(BACKSLASH);
      } else if (out !== undefined) {
        this.#text(octet, out);
        if (octet === LF || octet === NUL) settled = out.length;
      }
    }
    out?.truncate(settled);
    return false;
  }
}
