import { type MimePart, childrenOf } from "./mime-part.ts";

/** What of a part is asked for; undefined is its body, or the whole message when there is no path either. */
export type SectionText = "HEADER" | "HEADER.FIELDS" | "HEADER.FIELDS.NOT" | "TEXT" | "MIME" | undefined;

/** Octets `[start, end)` of the message. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the octets of a section (RFC 9051 section 6.4.5: `BODY[1.2.HEADER]`).
 *
 * For the HEADER.FIELDS forms the answer is the whole header, for a field filter to pass over. Undefined means that the
 * message has no such part; the answer to the client is then an empty string, which is what common servers send and what
 * clients expect more than NIL.
 *
 * @param path part numbers, from 1
 */
export function resolveSection(root: MimePart, path: readonly number[], text: SectionText): ByteRange | undefined {
  if (path.length === 0) return text === "MIME" ? undefined : rangeOf(root, text);
  const part = findPart(root, path);
  if (part === undefined) return undefined;
  if (text === undefined) return { start: part.bodyStart, end: part.bodyEnd };
  if (text === "MIME") return { start: part.headerStart, end: part.bodyStart };
  return part.kind === "message" ? rangeOf(part.message, text) : undefined;
}

/**
 * The part with that number.
 *
 * A part that is no multipart is its own part 1. The parts of an embedded message count as parts of the message/rfc822
 * part that holds it.
 */
export function findPart(root: MimePart, path: readonly number[]): MimePart | undefined {
  let part: MimePart | undefined = root;
  for (let i = 0; i < path.length && part !== undefined; i++) {
    if (i > 0 && part.kind === "leaf") return undefined;
    if (i > 0 && part.kind === "message") part = part.message;
    part = part.kind === "multipart" ? childrenOf(part)[(path[i] ?? 0) - 1] : singlePart(part, path[i] ?? 0);
  }
  return part;
}

function singlePart(part: MimePart, number: number): MimePart | undefined {
  return number === 1 ? part : undefined;
}

/** A section of a whole message: the top one, or an embedded one. */
function rangeOf(message: MimePart, text: SectionText): ByteRange {
  if (text === undefined) return { start: message.headerStart, end: message.bodyEnd };
  if (text === "TEXT") return { start: message.bodyStart, end: message.bodyEnd };
  return { start: message.headerStart, end: message.bodyStart };
}
