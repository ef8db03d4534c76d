import { BACKSLASH, CR, LF, NUL, QUOTE, SPACE, TAB, isBlank, toBytes } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import { REPLACEMENT } from "./header-cursor.ts";

/** RFC 9051 nil. */
export const NIL: Uint8Array = toBytes("NIL");

/** Room for a value on its way from header to IMAP string; its content never outlives a call. */
const scratch = new ByteWriter(256);

/**
 * Appends a string (RFC 9051 section 4.3): quoted where that is legal, else a literal.
 *
 * Octets above ASCII go into a literal, because a client that has not enabled UTF8=ACCEPT takes no others in a quoted
 * string. The octets must hold no NUL.
 */
export function writeString(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  // Nearly all are quoted: written while it is found out, with room for a backslash before each octet.
  out.reserve(2 * (end - start) + 2);
  const { buffer } = out;
  let at = out.length;
  buffer[at++] = QUOTE;
  for (let i = start; i < end; i++) {
    const octet = bytes[i] ?? 0;
    if (octet >= 0x80 || octet === CR || octet === LF) {
      writeLiteral(out, bytes, start, end);
      return;
    }
    if (octet === QUOTE || octet === BACKSLASH) buffer[at++] = BACKSLASH;
    buffer[at++] = octet;
  }
  buffer[at++] = QUOTE;
  out.length = at;
}

function writeLiteral(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  out.ascii(`{${end - start}}\r\n`);
  out.bytes(bytes, start, end);
}

/**
 * Appends an unstructured field value without its line ends; blanks stay as they are.
 *
 * Folding white space follows its line end by definition; a stray line end inside a word becomes a space, so that the
 * words stay apart. A NUL becomes U+FFFD.
 */
export function writeUnfolded(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  if (isPlain(bytes, start, end)) {
    writeString(out, bytes, start, end);
    return;
  }
  scratch.truncate();
  for (let i = start; i < end; i++) {
    const octet = bytes[i] ?? 0;
    if (octet === NUL) scratch.bytes(REPLACEMENT);
    else if (octet !== CR && octet !== LF) scratch.byte(octet);
    else if (i + 1 < end && !isSpace(bytes[i + 1] ?? 0)) scratch.byte(SPACE);
  }
  writeString(out, scratch.buffer, 0, scratch.length);
}

/** Appends text that people read (a subject, a name): runs of white space become one space, none at either end. */
export function writeDisplayText(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  scratch.truncate();
  let gap = false;
  for (let i = start; i < end; i++) {
    const octet = bytes[i] ?? 0;
    if (isSpace(octet)) {
      gap = scratch.length > 0;
      continue;
    }
    if (gap) scratch.byte(SPACE);
    gap = false;
    if (octet === NUL) scratch.bytes(REPLACEMENT);
    else scratch.byte(octet);
  }
  writeString(out, scratch.buffer, 0, scratch.length);
}

function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const octet = bytes[i];
    if (octet === CR || octet === LF || octet === NUL) return false;
  }
  return true;
}

function isSpace(octet: number): boolean {
  return octet === CR || octet === LF || octet === TAB || isBlank(octet);
}
