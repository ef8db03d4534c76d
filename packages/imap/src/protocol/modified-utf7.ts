import { bad, no } from "./status-error.ts";

/**
 * Decodes modified UTF-7 (RFC 3501 section 5.1.3).
 *
 * Each text has exactly one encoding; any other, such as printable ASCII in base64 or a shift with no need,
 * is refused, so that two names on the wire never mean one mailbox. Lone surrogates are refused as well.
 * @throws BAD for an octet above 0x7F, NO [CANNOT] for what is not well-formed.
 */
export function decodeModifiedUtf7(octets: Uint8Array): string {
  let text = "";
  let start = 0;
  for (let at = 0; at < octets.length;) {
    const octet = octets[at] ?? 0;
    if (octet >= 0x80) throw bad("Mailbox name has 8-bit characters, and UTF8=ACCEPT is not enabled");
    if (octet !== AMPERSAND) {
      at++;
      continue;
    }
    text += ascii(octets, start, at);
    const end = octets.indexOf(MINUS, at);
    if (end < 0) throw malformed();
    text += end === at + 1 ? "&" : decodeShifted(octets, at + 1, end);
    at = start = end + 1;
  }
  text += ascii(octets, start, octets.length);
  if (start > 0 && (!text.isWellFormed() || encodeModifiedUtf7(text) !== ascii(octets, 0, octets.length))) throw malformed();
  return text;
}

/** Encodes a text as modified UTF-7: printable ASCII. */
export function encodeModifiedUtf7(text: string): string {
  return text.replace(/&|[^\x20-\x7e]+/g, (run) => (run === "&" ? "&-" : `&${encodeShifted(run)}-`));
}

function decodeShifted(octets: Uint8Array, from: number, to: number): string {
  let text = "";
  let bits = 0;
  let count = 0;
  for (let at = from; at < to; at++) {
    const value = VALUES[octets[at] ?? 0] ?? -1;
    if (value < 0) throw malformed();
    bits = ((bits << 6) | value) & 0x3f_ffff;
    count += 6;
    if (count < 16) continue;
    count -= 16;
    text += String.fromCharCode((bits >>> count) & 0xffff);
  }
  return text;
}

function encodeShifted(run: string): string {
  let text = "";
  let bits = 0;
  let count = 0;
  for (let at = 0; at < run.length; at++) {
    bits = ((bits << 16) | run.charCodeAt(at)) & 0x3f_ffff;
    count += 16;
    for (; count >= 6; count -= 6) text += ALPHABET.charAt((bits >>> (count - 6)) & 63);
  }
  return count > 0 ? text + ALPHABET.charAt((bits << (6 - count)) & 63) : text;
}

function ascii(octets: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(octets[at] ?? 0);
  return text;
}

function malformed(): Error {
  return no("Mailbox name is not valid modified UTF-7", "CANNOT");
}

const AMPERSAND = 0x26;
const MINUS = 0x2d;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
const VALUES = Int8Array.from({ length: 128 }, (_, octet) => ALPHABET.indexOf(String.fromCharCode(octet)));
