import { LEFT_PAREN, RIGHT_PAREN, SPACE, matches, toBytes } from "./ascii.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type Ranges } from "./envelope.ts";
import { NIL, writeString, writeUnfolded } from "./imap-string.ts";
import type { Parameter } from "./parameters.ts";
import type { PartHeader } from "./part-header.ts";

const CHARSET = toBytes("charset");
const DEFAULT_CHARSET = '"charset" "us-ascii"';
/** An IMAP multipart has at least one part (RFC 9051 body-type-mpart): what stands for the parts that are not there. */
const EMPTY_PART = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)';

/**
 * The answer of one part, but for what is known only when its body has ended. Octets of `fragments`: what precedes the
 * size is `[front, middle)`, the extension data that follows the sizes `[middle, back)`, and the ENVELOPE of a
 * message that is embedded in another `[back, end)`.
 */
export interface Fragment {
  readonly front: number;
  readonly middle: number;
  readonly back: number;
  readonly end: number;
}

/** A part as the structure writer needs it. */
export interface StructurePart {
  readonly kind: "leaf" | "multipart" | "message";
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly lines: number;
  /** Whether the answer carries the number of lines: text parts do. */
  readonly isText: boolean;
  readonly fragment: Fragment;
  readonly children: readonly StructurePart[];
}

/** How a part is named in its answer. */
export type TypeName = "given" | "text/plain" | "message/rfc822" | "application/octet-stream";

/** Appends the type, the parameters and the other basic fields of a leaf or of an embedded message, up to its size. */
export function writeLeafFront(out: ByteWriter, part: PartHeader, name: TypeName, isText: boolean, brief: boolean): void {
  const type = part.contentType;
  if (name === "given" && type !== undefined) {
    writeString(out, type.type, 0, type.type.length);
    out.byte(SPACE);
    writeString(out, type.subtype, 0, type.subtype.length);
  } else {
    const [top, sub] = name === "given" ? ["text", "plain"] : name.split("/");
    out.ascii(`"${top}" "${sub}"`);
  }
  out.byte(SPACE);
  writeParameters(out, brief ? [] : (type?.parameters ?? []), isText);
  out.byte(SPACE);
  writeValue(out, part, brief ? [] : part.id);
  out.byte(SPACE);
  writeValue(out, part, brief ? [] : part.description);
  out.byte(SPACE);
  if (part.encoding === undefined) out.ascii('"7bit"');
  else writeString(out, part.encoding, 0, part.encoding.length);
}

/** Appends the extension data of a leaf or of an embedded message. */
export function writeLeafBack(out: ByteWriter, part: PartHeader, brief: boolean): void {
  out.byte(SPACE);
  writeValue(out, part, brief ? [] : part.md5);
  writeCommonBack(out, part, brief);
}

/** Appends the subtype and the parameters of a multipart. */
export function writeMultipartFront(out: ByteWriter, part: PartHeader, brief: boolean): void {
  const subtype = part.contentType?.subtype ?? new Uint8Array(0);
  writeString(out, subtype, 0, subtype.length);
  out.byte(SPACE);
  writeParameters(out, brief ? [] : (part.contentType?.parameters ?? []), false);
}

/** Appends disposition, language and location, the extension data that every kind of part has. */
export function writeCommonBack(out: ByteWriter, part: PartHeader, brief: boolean): void {
  out.byte(SPACE);
  if (part.disposition === undefined || brief) out.bytes(NIL);
  else {
    out.byte(LEFT_PAREN);
    writeString(out, part.disposition.type, 0, part.disposition.type.length);
    out.byte(SPACE);
    writeParameters(out, part.disposition.parameters, false);
    out.byte(RIGHT_PAREN);
  }
  out.byte(SPACE);
  if (part.languages.length === 0 || brief) out.bytes(NIL);
  else {
    let before = LEFT_PAREN;
    for (const language of part.languages) {
      out.byte(before);
      writeString(out, language, 0, language.length);
      before = SPACE;
    }
    out.byte(RIGHT_PAREN);
  }
  out.byte(SPACE);
  writeValue(out, part, brief ? [] : part.location);
}

function writeValue(out: ByteWriter, part: PartHeader, range: Ranges): void {
  const [start, end] = range;
  if (start === undefined || end === undefined) out.bytes(NIL);
  else writeUnfolded(out, part.header, start, end);
}

/** The parameter list. A text part always tells its charset, us-ascii when the message does not (RFC 2045 section 5.2). */
function writeParameters(out: ByteWriter, parameters: readonly Parameter[], isText: boolean): void {
  if (parameters.length === 0 && !isText) {
    out.bytes(NIL);
    return;
  }
  let before = LEFT_PAREN;
  let hasCharset = false;
  for (const { name, value } of parameters) {
    out.byte(before);
    writeString(out, name, 0, name.length);
    out.byte(SPACE);
    writeString(out, value, 0, value.length);
    before = SPACE;
    if (isText && matches(name, 0, name.length, CHARSET)) hasCharset = true;
  }
  if (isText && !hasCharset) {
    out.byte(before);
    out.ascii(DEFAULT_CHARSET);
  }
  out.byte(RIGHT_PAREN);
}

/** Appends the BODYSTRUCTURE (RFC 9051 section 7.5.2) of a part and all parts in it, extension data included. */
export function writeBodyStructure(out: ByteWriter, part: StructurePart, fragments: Uint8Array): void {
  const { back, front, middle } = part.fragment;
  out.byte(LEFT_PAREN);
  if (part.kind === "multipart") {
    for (const child of part.children) writeBodyStructure(out, child, fragments);
    if (part.children.length === 0) out.ascii(EMPTY_PART);
    out.byte(SPACE);
    out.bytes(fragments, front, middle);
  } else {
    out.bytes(fragments, front, middle);
    out.byte(SPACE);
    out.decimal(part.bodyEnd - part.bodyStart);
    const message = part.children[0];
    if (part.kind === "message" && message !== undefined) {
      out.byte(SPACE);
      out.bytes(fragments, message.fragment.back, message.fragment.end);
      out.byte(SPACE);
      writeBodyStructure(out, message, fragments);
    }
    if (part.kind === "message" || part.isText) {
      out.byte(SPACE);
      out.decimal(part.lines);
    }
  }
  out.bytes(fragments, middle, back);
  out.byte(RIGHT_PAREN);
}
