import { ByteWriter } from "../protocol/byte-writer.ts";

/**
 * An ENVELOPE for a client that has not enabled UTF8=ACCEPT: strings of raw UTF-8 become encoded words (RFC 2047), as the
 * sender should have written them (RFC 6855 section 3). Octets of another charset stay in their literals: nobody knows
 * what they mean, and clients guess.
 */
export function asciiEnvelope(envelope: Uint8Array): Uint8Array {
  // Only a literal has a line end, and only octets beyond ASCII need one.
  if (!envelope.includes(CR)) return envelope;
  const out = new ByteWriter(envelope.length * 2);
  let from = 0;
  for (let at = 0; at < envelope.length;) {
    if (envelope[at] === QUOTE) at = endOfQuoted(envelope, at);
    else if (envelope[at] === OPEN_BRACE) {
      const { start, end } = literalAt(envelope, at);
      const text = utf8Text(envelope.subarray(start, end));
      if (text !== undefined) {
        out.octets(envelope.subarray(from, at));
        out.ascii(`"${encodedWords(text)}"`);
        from = end;
      }
      at = end;
    } else at++;
  }
  out.octets(envelope.subarray(from));
  return out.take();
}

function endOfQuoted(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** `{size}`, CRLF, octets. */
function literalAt(bytes: Uint8Array, brace: number): { readonly start: number; readonly end: number } {
  let size = 0;
  let at = brace + 1;
  for (; (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39; at++) size = size * 10 + (bytes[at] ?? 0) - 0x30;
  return { start: at + 3, end: at + 3 + size };
}

function utf8Text(octets: Uint8Array): string | undefined {
  try {
    return decoder.decode(octets);
  } catch {
    // It is not UTF-8: the only thing that a strict decoder throws for.
    return undefined;
  }
}

/** Words of at most 75 characters (RFC 2047 section 2), none of which cuts a character. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    const octets = binary(character);
    if (word.length + octets.length > WORD_OCTETS) {
      words.push(word);
      word = "";
    }
    word += octets;
  }
  words.push(word);
  return words.map((octets) => `=?utf-8?B?${btoa(octets)}?=`).join(" ");
}

function binary(character: string): string {
  return Array.from(encoder.encode(character), (octet) => String.fromCharCode(octet)).join("");
}

/** 60 characters of base64 beside the 12 of `=?utf-8?B?` and `?=`. */
const WORD_OCTETS = 45;
const CR = 0x0d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
