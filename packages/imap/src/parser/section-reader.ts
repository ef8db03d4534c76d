import { LIMITS } from "../limits.ts";
import { bad } from "../protocol/status-error.ts";
import type { ArgumentReader } from "./argument-reader.ts";
import { UPPER } from "./atom-table.ts";
import { isAtom, text } from "./octets.ts";
import { Kind } from "./tape.ts";

export type SectionText = "HEADER" | "HEADER.FIELDS" | "HEADER.FIELDS.NOT" | "TEXT" | "MIME";

/** One `BODY[section]<partial>` of a FETCH (RFC 9051 section 6.4.5). */
export interface Section {
  readonly kind: "BODY" | "BINARY" | "BINARY.SIZE";
  /** `BODY.PEEK`, `BINARY.PEEK`: leaves `\Seen` as it is. BINARY.SIZE always does. */
  readonly peek: boolean;
  /** Part numbers, from 1; empty for the whole message. */
  readonly partPath: readonly number[];
  readonly text: SectionText | undefined;
  /** Field names of HEADER.FIELDS and HEADER.FIELDS.NOT. */
  readonly fields: readonly Uint8Array[] | undefined;
  /** The list of them as the client wrote it, `(From To)`: answers repeat it verbatim, or Apple Mail finds nothing in them. */
  readonly rawFields: Uint8Array | undefined;
  readonly partial: { readonly offset: number; readonly count: number } | undefined;
}

interface Name {
  readonly name: Uint8Array;
  readonly kind: Section["kind"];
  readonly peek: boolean;
}

const NAMES: readonly Name[] = [
  { name: octetsFrom("BODY.PEEK"), kind: "BODY", peek: true },
  { name: octetsFrom("BODY"), kind: "BODY", peek: false },
  { name: octetsFrom("BINARY.PEEK"), kind: "BINARY", peek: true },
  { name: octetsFrom("BINARY"), kind: "BINARY", peek: false },
  { name: octetsFrom("BINARY.SIZE"), kind: "BINARY.SIZE", peek: true },
];

const TEXTS: readonly { readonly name: Uint8Array; readonly text: SectionText }[] = (
  ["HEADER.FIELDS", "HEADER", "TEXT", "MIME", "HEADER.FIELDS.NOT"] as const
).map((text) => ({ name: octetsFrom(text), text }));

const DOT = 0x2e;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const NO_PATH: readonly number[] = [];

/** Octets of the longest section that is neither its part numbers nor its field list, and of a partial. */
const WORD_LENGTH = 64;
/** Of each part number, its dot included. */
const NUMBER_LENGTH = 11;

/**
 * Reads a section whose brackets the tokenizer leaves inside of atoms: `BODY[1.TEXT]<0.5>` is one atom,
 * and `BODY[HEADER.FIELDS (A)]<0.5>` is an atom, a list, and the atom `]<0.5>` without a space before it.
 *
 * section = "[" [section-spec] "]"; partial = "<" number64 "." nz-number64 ">"
 */
export function readSection(args: ArgumentReader): Section {
  const octets = args.rawAtom("a section");
  if (octets.length > WORD_LENGTH + LIMITS.sectionDepth * NUMBER_LENGTH) throw bad("Section is too long");
  const bracket = find(octets, OPEN_BRACKET, 0);
  const name = bracket < octets.length ? NAMES.find((one) => isWord(octets, 0, bracket, one.name)) : undefined;
  if (name === undefined) throw bad("Expected BODY[, BODY.PEEK[, BINARY[, BINARY.PEEK[ or BINARY.SIZE[");
  const { kind, peek } = name;

  const end = find(octets, CLOSE_BRACKET, bracket);
  const closed = end < octets.length;
  const path: number[] = [];
  const rest = readPath(octets, bracket + 1, end, path);
  const sectionText = readText(octets, rest, end, path.length > 0, kind);
  const listed = sectionText === "HEADER.FIELDS" || sectionText === "HEADER.FIELDS.NOT";
  if (listed === closed) throw bad(listed ? `Expected a list of fields after ${sectionText}` : "Expected a closing bracket of the section");

  const list = listed ? readFields(args) : undefined;
  const partial = listed ? readPartial(readClosing(args), 1, kind) : readPartial(octets, end + 1, kind);
  const partPath = path.length === 0 ? NO_PATH : path;
  return { kind, peek, partPath, text: sectionText, fields: list?.fields, rawFields: list?.raw, partial };
}

/** section-part = nz-number *("." nz-number), added to `path`. Returns where what follows its last dot begins. */
function readPath(octets: Uint8Array, start: number, end: number, path: number[]): number {
  let at = start;
  while (at < end && isDigit(octets[at])) {
    const first = at;
    let number = 0;
    for (; at < end && isDigit(octets[at]); at++) number = number * 10 + (octets[at] ?? 0) - 0x30;
    if (number === 0 || number > 0xffff_ffff || at - first > 10) throw bad("Expected a part number from 1 to 4294967295");
    if (path.length === LIMITS.sectionDepth) throw bad(`More than ${LIMITS.sectionDepth} part numbers in a section`);
    path.push(number);
    if (at === end) break;
    if (octets[at] !== DOT || at + 1 === end) throw bad("Expected a dot and a part number, HEADER, TEXT or MIME in the section");
    at++;
  }
  return at;
}

/** section-text = section-msgtext / "MIME"; MIME only of a part (RFC 9051 section 6.4.5.1). */
function readText(octets: Uint8Array, start: number, end: number, ofPart: boolean, kind: Section["kind"]): SectionText | undefined {
  if (start === end) return undefined;
  if (kind !== "BODY") throw bad("Expected only part numbers in a BINARY section");
  const found = TEXTS.find(({ name }) => isWord(octets, start, end, name))?.text;
  if (found !== undefined && (found !== "MIME" || ofPart)) return found;
  throw bad("Expected HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT, TEXT, or MIME of a part, in the section");
}

/** Offset of an octet; the length if there is none. */
function find(octets: Uint8Array, octet: number, start: number): number {
  let at = start;
  while (at < octets.length && octets[at] !== octet) at++;
  return at;
}

function isDigit(octet: number | undefined): boolean {
  return octet !== undefined && octet >= 0x30 && octet <= 0x39;
}

/** Whether the octets from `start` to `end` are this word, in upper case, in any case. */
function isWord(octets: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start !== word.length) return false;
  for (let at = 0; at < word.length; at++) if (UPPER[octets[start + at] ?? 0] !== word[at]) return false;
  return true;
}

/** SP header-list; header-list = "(" header-fld-name *(SP header-fld-name) ")"; header-fld-name = astring */
function readFields(args: ArgumentReader): { readonly fields: readonly Uint8Array[]; readonly raw: Uint8Array } {
  args.space();
  const start = args.position;
  args.open("a list of fields");
  const fields: Uint8Array[] = [];
  let literals = false;
  do {
    if (fields.length === LIMITS.headerFields) throw bad(`More than ${LIMITS.headerFields} fields in a section`);
    literals ||= args.peekKind() === Kind.literal;
    fields.push(args.astring("a field name"));
  } while (args.trySpace());
  args.close();
  return { fields, raw: literals ? writeFields(fields) : args.rawSlice(start, args.position) };
}

/** The list without literals, which a client would have to be sent as such: they become quoted strings. */
function writeFields(fields: readonly Uint8Array[]): Uint8Array {
  const words = fields.map((field) => {
    const name = text(field);
    if (!/^[ -~]*$/.test(name)) throw bad("Expected a field name of printable ASCII characters");
    return /^[^ "(){]+$/.test(name) && isAtom(field) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
  });
  return new TextEncoder().encode(`(${words.join(" ")})`);
}

/** The atom that begins with the section's closing bracket. */
function readClosing(args: ArgumentReader): Uint8Array {
  const octets = args.rawAtom("the closing bracket of the section");
  if (octets[0] !== CLOSE_BRACKET || octets.length > WORD_LENGTH) throw bad("Expected the closing bracket of the section");
  return octets;
}

/** What stands behind the closing bracket. */
function readPartial(octets: Uint8Array, start: number, kind: Section["kind"]): Section["partial"] {
  if (start === octets.length) return undefined;
  const match = /^<(\d{1,15})\.(\d{1,15})>$/.exec(text(octets.subarray(start)));
  if (match === null || kind === "BINARY.SIZE") throw bad("Expected the end of the section, or <offset.count>");
  const count = Number(match[2]);
  if (count === 0) throw bad("Expected a count of octets that is not 0");
  return { offset: Number(match[1]), count };
}

function octetsFrom(word: string): Uint8Array {
  return Uint8Array.from(word, (character) => character.charCodeAt(0));
}
