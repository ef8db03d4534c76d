import { CR, EQUALS, LF, QUESTION, SPACE, hexValue, isBlank, matches, toBytes, toText } from "./ascii.ts";
import { Base64Codec } from "./base64.ts";
import { ByteWriter } from "./byte-writer.ts";
import { decodeCharset, decodeUnlabelled } from "./charset.ts";

const UNDERSCORE = 0x5f;
const B = 0x62;
const Q = 0x71;
/** Longest charset name in an encoded word: RFC 2978 section 2.3 allows 40, a language may follow. */
const MAX_CHARSET = 100;
/** The charset of nearly all encoded words: its name is not made anew for each. */
const UTF_8 = "utf-8";
const UTF_8_OCTETS = toBytes(UTF_8);

/** `=?charset?encoding?text?=`, RFC 2047 section 2. Offsets into the value. */
interface EncodedWord {
  readonly charset: string;
  readonly encoding: number;
  readonly textStart: number;
  readonly textEnd: number;
  readonly end: number;
}

/**
 * Reads a header value as people see it: unfolded, encoded words decoded.
 *
 * White space between two encoded words goes (RFC 2047 section 6.2). Neighbours of one charset are decoded together, because
 * some senders cut a character in two. Text outside is read as UTF-8, else as windows-1252.
 */
export function decodeHeaderText(bytes: Uint8Array): string {
  let text = "";
  words.truncate();
  let charset = "";
  let plainStart = 0;
  let afterWord = false;
  for (let at = bytes.indexOf(EQUALS); at >= 0;) {
    const word = readEncodedWord(bytes, at);
    if (word === undefined) {
      at = bytes.indexOf(EQUALS, at + 1);
      continue;
    }
    const follows = afterWord && isSpaceOnly(bytes, plainStart, at);
    if (!follows || word.charset !== charset) text += takeWords(charset);
    if (!follows) text += plainText(bytes, plainStart, at);
    afterWord = true;
    charset = word.charset;
    decodeWord(bytes, word, words);
    plainStart = word.end;
    at = bytes.indexOf(EQUALS, word.end);
  }
  // ASCII behind a word is decoded with it, as UTF-8 has no state that a word could leave behind.
  if (words.length > 0 && charset === UTF_8 && appendAscii(bytes, plainStart, bytes.length, words)) return text + takeWords(charset);
  text += takeWords(charset);
  return text + plainText(bytes, plainStart, bytes.length);
}

/** The octets of neighbouring words while they are collected; nothing of them is left for the next value. */
const words = new ByteWriter(256);

function takeWords(charset: string): string {
  const text = words.length === 0 ? "" : decodeCharset(words.view(), charset);
  words.empty();
  return text;
}

/** Appends `[start, end)` without its line ends, where that is ASCII; false, and nothing, where it is not. */
function appendAscii(bytes: Uint8Array, start: number, end: number, out: ByteWriter): boolean {
  out.reserve(end - start);
  const { buffer } = out;
  let to = out.length;
  for (let at = start; at < end; at++) {
    const octet = bytes[at] ?? 0;
    if (octet > 0x7f) return false;
    if (octet !== CR && octet !== LF) buffer[to++] = octet;
  }
  out.length = to;
  return true;
}

function readEncodedWord(bytes: Uint8Array, start: number): EncodedWord | undefined {
  if (bytes[start + 1] !== QUESTION) return undefined;
  const charsetStart = start + 2;
  const limit = Math.min(bytes.length, charsetStart + MAX_CHARSET);
  let charsetEnd = charsetStart;
  while (charsetEnd < limit && bytes[charsetEnd] !== QUESTION) charsetEnd++;
  if (charsetEnd === charsetStart || charsetEnd === limit || bytes[charsetEnd + 2] !== QUESTION) return undefined;
  const encoding = (bytes[charsetEnd + 1] ?? 0) | 0x20;
  if (encoding !== B && encoding !== Q) return undefined;
  const textStart = charsetEnd + 3;
  const textEnd = bytes.indexOf(QUESTION, textStart);
  if (textEnd < 0 || bytes[textEnd + 1] !== EQUALS) return undefined;
  const charset = matches(bytes, charsetStart, charsetEnd, UTF_8_OCTETS) ? UTF_8 : toText(bytes, charsetStart, charsetEnd).toLowerCase();
  return { charset, encoding, textStart, textEnd, end: textEnd + 2 };
}

function decodeWord(bytes: Uint8Array, word: EncodedWord, out: ByteWriter): void {
  if (word.encoding === B) {
    const codec = new Base64Codec();
    codec.push(bytes.subarray(word.textStart, word.textEnd), out);
    codec.finish(out);
    return;
  }
  const { textEnd } = word;
  out.reserve(textEnd - word.textStart);
  const { buffer } = out;
  let to = out.length;
  for (let at = word.textStart; at < textEnd; at++) {
    const octet = bytes[at] ?? 0;
    const high = octet === EQUALS && at + 2 < textEnd ? hexValue(bytes[at + 1]) : -1;
    const low = high < 0 ? -1 : hexValue(bytes[at + 2]);
    if (low >= 0) {
      buffer[to++] = high * 16 + low;
      at += 2;
    } else if (octet === UNDERSCORE) buffer[to++] = SPACE;
    else if (octet !== CR && octet !== LF) buffer[to++] = octet;
  }
  out.length = to;
}

function isSpaceOnly(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const octet = bytes[at];
    if (!isBlank(octet) && octet !== CR && octet !== LF) return false;
  }
  return true;
}

/** Text outside encoded words, without its line ends. No words are being collected. */
function plainText(bytes: Uint8Array, start: number, end: number): string {
  if (start >= end) return "";
  if (appendAscii(bytes, start, end, words)) return takeWords(UTF_8);
  words.empty();
  const part = bytes.subarray(start, end);
  if (!part.includes(LF) && !part.includes(CR)) return decodeUnlabelled(part);
  const unfolded = new Uint8Array(part.length);
  let length = 0;
  for (const octet of part) if (octet !== CR && octet !== LF) unfolded[length++] = octet;
  return decodeUnlabelled(unfolded.subarray(0, length));
}
