import { CR, EQUALS, LF, NUL, PERCENT, QUOTE, SEMICOLON, STAR, isBlank, lower, matches } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import { BROKEN, ENDED, type HeaderCursor, MORE, type Progress, REPLACEMENT } from "./header-cursor.ts";

/** A parameter of a MIME field. The name keeps the case it came in; the value is unquoted. */
export interface Parameter {
  readonly name: Uint8Array;
  readonly value: Uint8Array;
}

/** One `name*N*=value` piece of RFC 2231. */
interface Piece extends Parameter {
  readonly index: number;
  /** The value is percent-encoded: the name ended with a star. */
  readonly extended: boolean;
}

/** Hold a parameter while it is read; their content never outlives a call. */
const name = new ByteWriter(64);
const value = new ByteWriter(256);
/** Past this index no continuation is meant. */
const MAX_INDEX = 0xffff;
const ZERO = 0x30;
const ENCODED_PERCENT = Uint8Array.of(PERCENT, 0x32, 0x35);
/** An empty charset and language: RFC 2231 section 4. */
const NO_CHARSET = Uint8Array.of(0x27, 0x27);

/**
 * Reads the parameters that follow a type or a disposition, from the first semicolon on.
 *
 * The pieces of a continued value (RFC 2231 section 3) are joined under one name; a value with percent-encoding keeps
 * it, under a name that ends with a star, so that the client decodes it. Pieces with a gap in their numbering stay
 * apart. What is no parameter is skipped up to the next semicolon.
 *
 * @param limit most parameters returned
 */
export function readParameters(cursor: HeaderCursor, limit: number): Parameter[] {
  const plain: Parameter[] = [];
  const pieces: Piece[] = [];
  while (!cursor.ended && plain.length + pieces.length < limit) {
    if (readParameter(cursor) === BROKEN) {
      cursor.at++;
      continue;
    }
    const piece = splitName();
    if (piece === undefined) plain.push({ name: name.copy(), value: value.copy() });
    else pieces.push(piece);
  }
  if (pieces.length > 0) join(pieces, plain);
  return plain;
}

/** `";" attribute "=" value`. BROKEN leaves the cursor where the search for the next one goes on. */
function readParameter(cursor: HeaderCursor): Progress {
  name.truncate();
  value.truncate();
  if (cursor.peek() !== SEMICOLON) return BROKEN;
  cursor.at++;
  if (cursor.skipSpace() !== MORE || cursor.token(name) !== MORE || cursor.peek() !== EQUALS) return BROKEN;
  cursor.at++;
  const progress = cursor.skipSpace();
  if (progress !== MORE) return progress;
  if (cursor.peek() === QUOTE) return cursor.quotedString(value);
  if (cursor.peek() !== EQUALS) return cursor.token(value);
  // `name==?utf-8?b?...?=`: an encoded word where none belongs, and not even quoted. Taken as it stands.
  while (!cursor.ended && cursor.peek() !== SEMICOLON && !isBlank(cursor.peek()) && cursor.peek() !== CR && cursor.peek() !== LF) {
    if (cursor.peek() === NUL) value.bytes(REPLACEMENT);
    else value.byte(cursor.peek());
    cursor.at++;
  }
  return cursor.ended ? ENDED : MORE;
}

/** Takes `name*2*` apart; undefined when the name is not of that form. */
function splitName(): Piece | undefined {
  const { buffer, length } = name;
  let star = 0;
  while (star < length && buffer[star] !== STAR) star++;
  if (star === length) return undefined;
  let at = star + 1;
  let index = 0;
  for (let digit = digitAt(at); digit >= 0; digit = digitAt(++at)) index = Math.min(index * 10 + digit, MAX_INDEX);
  const alone = star + 1 === length;
  const extended = alone || (at < length && buffer[at] === STAR);
  if (!alone && extended) at++;
  return at === length ? { name: name.copy(0, star), value: value.copy(), index, extended } : undefined;
}

function digitAt(at: number): number {
  const digit = at < name.length ? (name.buffer[at] ?? 0) - ZERO : -1;
  return digit <= 9 ? digit : -1;
}

function join(pieces: Piece[], into: Parameter[]): void {
  pieces.sort((a, b) => compareBytes(a.name, b.name) || a.index - b.index);
  for (let start = 0; start < pieces.length;) {
    const group = sameName(pieces, start);
    const encoded = group.some((piece) => piece.extended);
    const complete = group.every((piece, index) => piece.index === index);
    if (complete) into.push(joined(group, encoded));
    else for (const piece of group) into.push({ name: numberedName(piece), value: piece.value });
    start += group.length;
  }
}

/** The pieces from `start` on that differ from the first at most in the case of their name. */
function sameName(pieces: readonly Piece[], start: number): Piece[] {
  const group: Piece[] = [];
  let key: Uint8Array | undefined;
  for (let at = start; at < pieces.length; at++) {
    const piece = pieces[at];
    key ??= piece?.name.map(lower);
    if (piece === undefined || key === undefined || !matches(piece.name, 0, piece.name.length, key)) break;
    group.push(piece);
  }
  return group;
}

function joined(group: readonly Piece[], encoded: boolean): Parameter {
  const first = group[0];
  const value = new ByteWriter(128);
  if (encoded && first?.extended === false) value.bytes(NO_CHARSET);
  for (const piece of group) {
    if (encoded && !piece.extended) writeEscaped(value, piece.value);
    else value.bytes(piece.value);
  }
  const joinedName = first?.name ?? value.copy(0, 0);
  return { name: encoded ? withSuffix(joinedName, "*") : joinedName, value: value.copy() };
}

/** A plain piece among encoded ones: its percent signs mean themselves. */
function writeEscaped(out: ByteWriter, value: Uint8Array): void {
  for (const octet of value) {
    if (octet === PERCENT) out.bytes(ENCODED_PERCENT);
    else out.byte(octet);
  }
}

function numberedName(piece: Piece): Uint8Array {
  return withSuffix(piece.name, `*${piece.index}${piece.extended ? "*" : ""}`);
}

function withSuffix(name: Uint8Array, suffix: string): Uint8Array {
  const out = new ByteWriter(name.length + suffix.length);
  out.bytes(name);
  out.ascii(suffix);
  return out.copy();
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  }
  return a.length - b.length;
}
