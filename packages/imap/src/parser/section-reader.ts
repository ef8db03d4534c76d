import { LIMITS } from "../limits.ts";
import { bad } from "../protocol/status-error.ts";
import type { ArgumentReader } from "./argument-reader.ts";
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
  readonly kind: Section["kind"];
  readonly peek: boolean;
}

const NAMES: ReadonlyMap<string, Name> = new Map<string, Name>([
  ["BODY", { kind: "BODY", peek: false }],
  ["BODY.PEEK", { kind: "BODY", peek: true }],
  ["BINARY", { kind: "BINARY", peek: false }],
  ["BINARY.PEEK", { kind: "BINARY", peek: true }],
  ["BINARY.SIZE", { kind: "BINARY.SIZE", peek: true }],
]);

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
  const word = text(octets).toUpperCase();
  const bracket = word.indexOf("[");
  const name = bracket === -1 ? undefined : NAMES.get(word.slice(0, bracket));
  if (name === undefined) throw bad("Expected BODY[, BODY.PEEK[, BINARY[, BINARY.PEEK[ or BINARY.SIZE[");

  const close = word.indexOf("]", bracket);
  const inner = word.slice(bracket + 1, close === -1 ? undefined : close);
  const { partPath, rest } = readPath(inner);
  const sectionText = readText(rest, partPath.length > 0, name.kind);
  const listed = sectionText === "HEADER.FIELDS" || sectionText === "HEADER.FIELDS.NOT";
  if (listed !== (close === -1))
    throw bad(listed ? `Expected a list of fields after ${sectionText}` : "Expected a closing bracket of the section");

  const list = listed ? readFields(args) : undefined;
  const after = listed ? readClosing(args) : word.slice(close + 1);
  const partial = readPartial(after, name.kind);
  return { ...name, partPath, text: sectionText, fields: list?.fields, rawFields: list?.raw, partial };
}

/** section-part = nz-number *("." nz-number), and what follows its last dot. */
function readPath(inner: string): { readonly partPath: readonly number[]; readonly rest: string } {
  const partPath: number[] = [];
  let rest = inner;
  while (/^\d/.test(rest)) {
    const [digits = ""] = /^\d+/.exec(rest) ?? [];
    const number = Number(digits);
    if (number === 0 || number > 0xffff_ffff || digits.length > 10) throw bad("Expected a part number from 1 to 4294967295");
    if (partPath.length === LIMITS.sectionDepth) throw bad(`More than ${LIMITS.sectionDepth} part numbers in a section`);
    partPath.push(number);
    rest = rest.slice(digits.length);
    if (rest === "") break;
    if (!rest.startsWith(".") || rest === ".") throw bad("Expected a dot and a part number, HEADER, TEXT or MIME in the section");
    rest = rest.slice(1);
  }
  return { partPath, rest };
}

/** section-text = section-msgtext / "MIME"; MIME only of a part (RFC 9051 section 6.4.5.1). */
function readText(rest: string, ofPart: boolean, kind: Section["kind"]): SectionText | undefined {
  if (rest === "") return undefined;
  if (kind !== "BODY") throw bad("Expected only part numbers in a BINARY section");
  if (rest === "HEADER" || rest === "HEADER.FIELDS" || rest === "HEADER.FIELDS.NOT" || rest === "TEXT") return rest;
  if (rest === "MIME" && ofPart) return rest;
  throw bad("Expected HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT, TEXT, or MIME of a part, in the section");
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
function readClosing(args: ArgumentReader): string {
  const octets = args.rawAtom("the closing bracket of the section");
  if (octets[0] !== 0x5d || octets.length > WORD_LENGTH) throw bad("Expected the closing bracket of the section");
  return text(octets.subarray(1));
}

function readPartial(after: string, kind: Section["kind"]): Section["partial"] {
  if (after === "") return undefined;
  const match = /^<(\d{1,15})\.(\d{1,15})>$/.exec(after);
  if (match === null || kind === "BINARY.SIZE") throw bad("Expected the end of the section, or <offset.count>");
  const count = Number(match[2]);
  if (count === 0) throw bad("Expected a count of octets that is not 0");
  return { offset: Number(match[1]), count };
}
