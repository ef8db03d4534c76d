import { decodeCharset, isAsciiCompatible } from "@sluice/mime/charset";

/**
 * Cuts the octets of a text, which come in pieces, into windows that can be decoded one by one: where no character, and no
 * shift sequence of a 7-bit encoding, is cut. What is left over comes with the next window; it is at most as long as
 * a piece.
 */
export class TextWindows {
  readonly #charset: string | undefined;
  readonly #unit: number;
  #left = new Uint8Array(0);

  constructor(charset: string | undefined) {
    this.#charset = charset;
    this.#unit = octetsPerUnit(charset);
  }

  /** Whether octets that are ASCII are that text, whatever stands around them. */
  get readsAscii(): boolean {
    return isAsciiCompatible(this.#charset);
  }

  /** The window that these octets complete, valid as long as they are. `last`: no more will come. */
  cut(octets: Uint8Array, last: boolean): Uint8Array {
    let window = octets;
    if (this.#left.length > 0) {
      window = new Uint8Array(this.#left.length + octets.length);
      window.set(this.#left);
      window.set(octets, this.#left.length);
    }
    const end = last ? window.length : this.#end(window);
    this.#left = window.slice(end);
    return window.subarray(0, end);
  }

  /** The text of a window. */
  decode(window: Uint8Array): string {
    return decodeCharset(window, this.#charset);
  }

  #end(window: Uint8Array): number {
    if (this.#unit > 1) return window.length - (window.length % this.#unit);
    // Neither is part of a longer character in any charset of mail, and shifts end with the line (RFC 1468, 1557, 1843, 2152).
    for (const separator of [LF, SPACE]) {
      const at = window.lastIndexOf(separator);
      if (at >= window.length >> 1) return at + 1;
    }
    // No text that people write: UTF-8 at least is not torn.
    let end = window.length;
    while (end > 0 && window.length - end < 3 && ((window[end - 1] ?? 0) & 0xc0) === 0x80) end--;
    return ((window[end - 1] ?? 0) & 0xc0) === 0xc0 ? end - 1 : window.length;
  }
}

function octetsPerUnit(charset: string | undefined): number {
  const label = charset?.toLowerCase() ?? "";
  if (/^(utf-?16|ucs-?2|unicode$|csunicode|iso-10646-ucs-2|unicodefffe|unicodefeff)/.test(label)) return 2;
  return /^utf-?32/.test(label) ? 4 : 1;
}

const LF = 0x0a;
const SPACE = 0x20;
