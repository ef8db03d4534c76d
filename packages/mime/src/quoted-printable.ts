import { CR, EQUALS, LF, hexValue, isBlank } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { TransferCodec } from "./transfer-decoder.ts";

/** Blanks held back until it is known whether they end a line. More than a line's worth (RFC 2045 section 6.7) is text. */
const MAX_HELD = 76;

/** What the octets so far are the beginning of. */
type State = "text" | "blanks" | "escape" | "escape digit" | "escape blanks" | "cr" | "soft cr";

/**
 * quoted-printable, RFC 2045 section 6.7.
 *
 * Blanks at the end of a line go, a bare LF becomes CRLF: it is a line end of text. An escape that is none stays as it
 * stands, so that nothing is lost.
 */
export class QuotedPrintableCodec implements TransferCodec {
  #state: State = "text";
  readonly #held = new ByteWriter(MAX_HELD + 4);

  push(chunk: Uint8Array, out: ByteWriter): void {
    out.reserve(chunk.length + this.#held.length + 2);
    for (let at = 0; at < chunk.length;) {
      if (this.#state === "text") at = this.#copyText(chunk, at, out);
      else if (this.#take(chunk[at] ?? 0, out)) at++;
    }
  }

  finish(out: ByteWriter): void {
    // A part often ends in a soft line break: its line end belongs to the boundary.
    if (this.#state === "escape digit" || this.#state === "cr") this.#giveBack(out);
    this.#held.truncate();
    this.#state = "text";
  }

  /** Copies up to the octet that needs a decision, which is held. */
  #copyText(chunk: Uint8Array, from: number, out: ByteWriter): number {
    let start = from;
    for (let at = from; at < chunk.length; at++) {
      const octet = chunk[at] ?? 0;
      if (octet > EQUALS) continue;
      if (octet === LF) {
        out.bytes(chunk, start, at);
        out.byte(CR);
        start = at;
        continue;
      }
      const state = octet === EQUALS ? "escape" : octet === CR ? "cr" : isBlank(octet) ? "blanks" : "text";
      if (state === "text") continue;
      const next = chunk[at + 1];
      if (state === "blanks" && next !== undefined && next > EQUALS) continue;
      if (state === "cr" && next === LF) {
        at++;
        continue;
      }
      out.bytes(chunk, start, at);
      const high = state === "escape" ? hexValue(next) : -1;
      const low = high < 0 ? -1 : hexValue(chunk[at + 2]);
      if (low >= 0) {
        out.byte(high * 16 + low);
        at += 2;
        start = at + 1;
        continue;
      }
      this.#hold(octet, state);
      return at + 1;
    }
    out.bytes(chunk, start, chunk.length);
    return chunk.length;
  }

  #hold(octet: number, state: State): void {
    this.#held.byte(octet);
    this.#state = state;
  }

  /** Takes the octet that follows held ones; false leaves it to be read as text. */
  #take(octet: number, out: ByteWriter): boolean {
    switch (this.#state) {
      case "blanks":
      case "escape blanks":
        if (isBlank(octet) && this.#held.length < MAX_HELD) {
          this.#held.byte(octet);
          return true;
        }
        if (octet === CR) {
          this.#hold(octet, this.#state === "blanks" ? "cr" : "soft cr");
          return true;
        }
        return octet === LF ? this.#endLine(out, this.#state === "blanks") : this.#giveBack(out);
      case "escape":
        return this.#takeEscape(octet, out);
      case "escape digit":
        return this.#takeDigit(octet, out);
      case "cr":
      case "soft cr":
        return octet === LF ? this.#endLine(out, this.#state === "cr") : this.#giveBack(out);
      default:
        return false;
    }
  }

  #takeEscape(octet: number, out: ByteWriter): boolean {
    if (octet === LF) return this.#endLine(out, false);
    if (hexValue(octet) >= 0) this.#hold(octet, "escape digit");
    else if (isBlank(octet)) this.#hold(octet, "escape blanks");
    else if (octet === CR) this.#hold(octet, "soft cr");
    else return this.#giveBack(out);
    return true;
  }

  #takeDigit(octet: number, out: ByteWriter): boolean {
    const low = hexValue(octet);
    if (low < 0) return this.#giveBack(out);
    out.byte(hexValue(this.#held.buffer[1]) * 16 + low);
    this.#held.truncate();
    this.#state = "text";
    return true;
  }

  #endLine(out: ByteWriter, hard: boolean): boolean {
    if (hard) {
      out.byte(CR);
      out.byte(LF);
    }
    this.#held.truncate();
    this.#state = "text";
    return true;
  }

  #giveBack(out: ByteWriter): false {
    out.bytes(this.#held.buffer, 0, this.#held.length);
    this.#held.truncate();
    this.#state = "text";
    return false;
  }
}
