import { CR, EQUALS, LF, QUESTION, SPACE, hexValue, isBlank, toText } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import { decodeCharset, decodeUnlabelled } from "./charset.ts";
import { decodeTransfer } from "./transfer-decoder.ts";

const UNDERSCORE = 0x5f;
const B = 0x62;
const Q = 0x71;
/** Longest charset name in an encoded word: RFC 2978 section 2.3 allows 40, a language may follow. */
const MAX_CHARSET = 100;

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
  const pending = new ByteWriter(64);
  let charset = "";
  let plainStart = 0;
  let afterWord = false;
  const flush = (): void => {
    if (pending.length > 0) text += decodeCharset(pending.view(), charset);
    pending.truncate();
  };
  for (let at = bytes.indexOf(EQUALS); at >= 0;) {
    const word = readEncodedWord(bytes, at);
    if (word === undefined) {
      at = bytes.indexOf(EQUALS, at + 1);
      continue;
    }
    const follows = afterWord && isSpaceOnly(bytes, plainStart, at);
    if (!follows || word.charset !== charset) flush();
    if (!follows) text += plainText(bytes, plainStart, at);
    afterWord = true;
    charset = word.charset;
    decodeWord(bytes, word, pending);
    plainStart = word.end;
    at = bytes.indexOf(EQUALS, word.end);
  }
  flush();
  return text + plainText(bytes, plainStart, bytes.length);
}

function readEncodedWord(bytes: Uint8Array, start: number): EncodedWord | undefined {
  if (bytes[start + 1] !== QUESTION) return undefined;
  const charsetEnd = bytes.subarray(0, start + 2 + MAX_CHARSET).indexOf(QUESTION, start + 2);
  if (charsetEnd <= start + 2 || bytes[charsetEnd + 2] !== QUESTION) return undefined;
  const encoding = (bytes[charsetEnd + 1] ?? 0) | 0x20;
  if (encoding !== B && encoding !== Q) return undefined;
  const textStart = charsetEnd + 3;
  const textEnd = bytes.indexOf(QUESTION, textStart);
  if (textEnd < 0 || bytes[textEnd + 1] !== EQUALS) return undefined;
  return { charset: toText(bytes, start + 2, charsetEnd).toLowerCase(), encoding, textStart, textEnd, end: textEnd + 2 };
}

function decodeWord(bytes: Uint8Array, word: EncodedWord, out: ByteWriter): void {
  if (word.encoding === B) {
    out.bytes(decodeTransfer(bytes.subarray(word.textStart, word.textEnd), "base64"));
    return;
  }
  for (let at = word.textStart; at < word.textEnd; at++) {
    const octet = bytes[at] ?? 0;
    const high = octet === EQUALS && at + 2 < word.textEnd ? hexValue(bytes[at + 1]) : -1;
    const low = high < 0 ? -1 : hexValue(bytes[at + 2]);
    if (low >= 0) {
      out.byte(high * 16 + low);
      at += 2;
    } else if (octet === UNDERSCORE) out.byte(SPACE);
    else if (octet !== CR && octet !== LF) out.byte(octet);
  }
}

function isSpaceOnly(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const octet = bytes[at];
    if (!isBlank(octet) && octet !== CR && octet !== LF) return false;
  }
  return true;
}

/** Text outside encoded words, without its line ends. */
function plainText(bytes: Uint8Array, start: number, end: number): string {
  if (start >= end) return "";
  const part = bytes.subarray(start, end);
  if (!part.includes(LF) && !part.includes(CR)) return decodeUnlabelled(part);
  const unfolded = new Uint8Array(part.length);
  let length = 0;
  for (const octet of part) if (octet !== CR && octet !== LF) unfolded[length++] = octet;
  return decodeUnlabelled(unfolded.subarray(0, length));
}
