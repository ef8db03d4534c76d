import { AT, CR, GREATER, LEFT_BRACKET, LEFT_PAREN, LESS, LF, QUOTE, isBlank, toText } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import { HeaderCursor, MORE } from "./header-cursor.ts";

/** Holds an id while it is read; its content never outlives a call. */
const text = new ByteWriter(128);

/**
 * The message ids of a Message-ID, In-Reply-To or References value (RFC 5322 section 3.6.4), normalized so that equal
 * ids are equal strings: without angle brackets, white space, comments and needless quotes.
 *
 * What is no message id is skipped. Of more than `limit` ids the first, which is the root of the thread, and the last
 * ones are kept.
 */
export function messageIds(bytes: Uint8Array, start: number, end: number, limit: number): string[] {
  const ids: string[] = [];
  const cursor = new HeaderCursor(bytes);
  let at = start;
  for (;;) {
    const open = bytes.indexOf(LESS, at);
    if (open < 0 || open >= end) return ids;
    cursor.open(bytes, open + 1, end);
    const stop = findPlainEnd(bytes, open + 1, end);
    let id: string | undefined;
    if (bytes[stop] === GREATER && stop < end) {
      cursor.at = stop + 1;
      const hasAt = bytes.subarray(open, stop).includes(AT);
      id = hasAt ? withoutSpace(bytes, open + 1, stop) : undefined;
    } else if (stop < end && bytes[stop] !== LESS) id = structuredId(cursor);
    else cursor.at = stop;
    if (id !== undefined) {
      if (ids.length >= limit) ids.splice(1, 1);
      ids.push(id);
    }
    at = cursor.at;
  }
}

/** Where the common form ends: at `>`, or before what needs the grammar. A `<` starts the next id: no octet is read twice. */
function findPlainEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const octet = bytes[at];
    if (octet === GREATER || octet === LESS || octet === QUOTE || octet === LEFT_PAREN || octet === LEFT_BRACKET) return at;
  }
  return end;
}

/** `id-left "@" id-right ">"` by the grammar. */
function structuredId(cursor: HeaderCursor): string | undefined {
  text.truncate();
  if (cursor.ended || cursor.skipSpace() !== MORE) return undefined;
  const left = cursor.peek() === QUOTE ? cursor.quotedString(text) : cursor.dotAtom(text);
  if (left !== MORE || cursor.peek() !== AT) return undefined;
  text.byte(AT);
  if (cursor.domain(text) !== MORE || cursor.peek() !== GREATER) return undefined;
  cursor.at++;
  return toText(text.view());
}

function withoutSpace(bytes: Uint8Array, start: number, end: number): string {
  text.truncate();
  for (let at = start; at < end; at++) {
    const octet = bytes[at] ?? 0;
    if (!isBlank(octet) && octet !== CR && octet !== LF) text.byte(octet);
  }
  return toText(text.view());
}
