import { COMMA, SEMICOLON, SLASH, matches, toBytes, toText } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import { EnvelopeFields, type Ranges } from "./envelope.ts";
import { FieldReader } from "./field-reader.ts";
import { type FieldName, knownField } from "./field-names.ts";
import { BROKEN, ENDED, HeaderCursor, MORE } from "./header-cursor.ts";
import type { MimeLimits } from "./limits.ts";
import { type Parameter, readParameters } from "./parameters.ts";

/** A media type or a disposition: its words in the case they came in, and the parameters. */
interface Described {
  readonly type: Uint8Array;
  readonly subtype: Uint8Array;
  readonly parameters: readonly Parameter[];
}

/** What the header of a part says about it. Offsets point into `header`. */
export class PartHeader {
  readonly header: Uint8Array;
  readonly envelope = new EnvelopeFields();
  /** False when nothing says that this is MIME: then its Content- fields have no meaning (RFC 2045 section 4). */
  isMime: boolean;
  contentType: Described | undefined;
  encoding: Uint8Array | undefined;
  disposition: Described | undefined;
  languages: Uint8Array[] = [];
  id: Ranges = [];
  description: Ranges = [];
  location: Ranges = [];
  md5: Ranges = [];

  constructor(header: Uint8Array, isMime: boolean) {
    this.header = header;
    this.isMime = isMime;
  }

  forgetContent(): void {
    this.contentType = undefined;
    this.encoding = undefined;
    this.disposition = undefined;
    this.languages = [];
    this.id = [];
    this.description = [];
    this.location = [];
    this.md5 = [];
  }

  /** Whether the media type is `type/subtype`; both in lower case, no subtype means any. */
  isType(type: Uint8Array, subtype?: Uint8Array): boolean {
    const given = this.contentType;
    if (given === undefined || !matches(given.type, 0, given.type.length, type)) return false;
    return subtype === undefined || matches(given.subtype, 0, given.subtype.length, subtype);
  }

  /** The first parameter of the media type with that lower case name. */
  parameter(name: Uint8Array): Uint8Array | undefined {
    return this.contentType?.parameters.find((parameter) => matches(parameter.name, 0, parameter.name.length, name))?.value;
  }
}

/** Holds a word while it is read; its content never outlives a call. */
const word = new ByteWriter(64);
const NOTHING = new Uint8Array(0);
const CHARSET = toBytes("charset");

/**
 * Reads the fields of a part's header.
 *
 * @param header the header, without the empty line
 * @param isMime whether the part is MIME whatever its header says: parts of a multipart are
 */
export function readPartHeader(header: Uint8Array, isMime: boolean, limits: MimeLimits): PartHeader {
  const part = new PartHeader(header, isMime);
  const fields = new FieldReader(header);
  const cursor = new HeaderCursor(header);
  while (fields.next()) {
    const name = knownField(header, fields.nameStart, fields.nameEnd);
    if (name === undefined) continue;
    cursor.open(header, fields.valueStart, fields.valueEnd);
    if (!readContentField(part, name, cursor, limits)) part.envelope.add(name, fields.valueStart, fields.valueEnd);
  }
  if (!part.isMime) part.forgetContent();
  return part;
}

/** Of a repeated Content- field the first that can be read counts. */
function readContentField(part: PartHeader, name: FieldName, cursor: HeaderCursor, limits: MimeLimits): boolean {
  switch (name) {
    case "mime-version":
      part.isMime = true;
      return true;
    case "content-type":
      // Much software leaves MIME-Version out.
      part.isMime = true;
      part.contentType ??= readContentType(cursor, limits);
      return true;
    case "content-transfer-encoding":
      part.encoding ??= readEncoding(cursor);
      return true;
    case "content-disposition":
      if (part.disposition === undefined || part.disposition.parameters.length === 0) {
        part.disposition = readDisposition(cursor, limits) ?? part.disposition;
      }
      return true;
    case "content-language":
      if (part.languages.length === 0) part.languages = readLanguages(cursor, limits);
      return true;
    case "content-id":
      part.id = firstOf(part.id, cursor);
      return true;
    case "content-description":
      part.description = firstOf(part.description, cursor);
      return true;
    case "content-location":
      part.location = firstOf(part.location, cursor);
      return true;
    case "content-md5":
      part.md5 = firstOf(part.md5, cursor);
      return true;
    default:
      return false;
  }
}

function firstOf(known: Ranges, cursor: HeaderCursor): Ranges {
  return known.length > 0 ? known : [cursor.at, cursor.end];
}

/**
 * RFC 2045 section 5.1. A field that breaks the grammar gives empty words, and the part is then of no type: it is not
 * guessed to be text, which would show binary data as text. A type alone, as before MIME, keeps its word.
 */
function readContentType(cursor: HeaderCursor, limits: MimeLimits): Described {
  word.truncate();
  const typeEnd = cursor.skipSpace() === MORE ? cursor.token(word) : BROKEN;
  const type = word.copy();
  if (typeEnd !== MORE) return { type, subtype: NOTHING, parameters: [] };
  const broken: Described = { type: NOTHING, subtype: NOTHING, parameters: [] };
  if (type.length === 0 || cursor.peek() !== SLASH) return broken;
  word.truncate();
  cursor.at++;
  if (cursor.skipSpace() !== MORE || cursor.token(word) === BROKEN || word.length === 0) return broken;
  if (!cursor.ended && cursor.peek() !== SEMICOLON) return broken;
  return { type, subtype: word.copy(), parameters: readParameters(cursor, limits.parameters) };
}

/** RFC 2045 section 6.1: one token and nothing after it. */
function readEncoding(cursor: HeaderCursor): Uint8Array | undefined {
  word.truncate();
  cursor.skipSpace();
  return cursor.token(word) === ENDED && word.length > 0 ? word.copy() : undefined;
}

/** RFC 2183. */
function readDisposition(cursor: HeaderCursor, limits: MimeLimits): Described | undefined {
  word.truncate();
  cursor.skipSpace();
  if (cursor.token(word) === BROKEN) return undefined;
  return { type: word.copy(), subtype: NOTHING, parameters: readParameters(cursor, limits.parameters) };
}

/** RFC 3282. */
function readLanguages(cursor: HeaderCursor, limits: MimeLimits): Uint8Array[] {
  const languages: Uint8Array[] = [];
  word.truncate();
  cursor.skipSpace();
  while (languages.length < limits.parameters && cursor.atom(word) !== BROKEN) {
    languages.push(word.copy());
    word.truncate();
    if (cursor.peek() !== COMMA) break;
    cursor.at++;
    cursor.skipSpace();
  }
  return languages;
}

/** The words of a part in lower case, for code that decides by them; BODYSTRUCTURE keeps the original ones. */
export function lowerText(word: Uint8Array, limits: MimeLimits): string {
  return toText(word, 0, Math.min(word.length, limits.token)).toLowerCase();
}

/** The charset parameter as it was given. */
export function charsetOf(part: PartHeader, limits: MimeLimits): string | undefined {
  const value = part.parameter(CHARSET);
  return value === undefined ? undefined : toText(value, 0, Math.min(value.length, limits.token));
}
