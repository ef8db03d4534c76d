import { toBytes, toText } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import { MIME_LIMITS } from "./limits.ts";
import type { MimePart } from "./mime-part.ts";

/** The first octet of an encoded tree. A new form gets a new number; trees of an older one are parsed from the message again. */
const VERSION = 1;

const KINDS = ["leaf", "multipart", "message"] as const;

/** Words that nearly every tree is made of, written as one octet. Append only: their numbers are stored. */
const WORDS = [
  "text",
  "plain",
  "html",
  "multipart",
  "mixed",
  "alternative",
  "related",
  "application",
  "octet-stream",
  "pdf",
  "image",
  "jpeg",
  "png",
  "gif",
  "message",
  "rfc822",
  "7bit",
  "8bit",
  "binary",
  "base64",
  "quoted-printable",
  "us-ascii",
  "utf-8",
  "UTF-8",
  "iso-8859-1",
  "ISO-8859-1",
  "windows-1252",
  "attachment",
  "inline",
  "signed",
  "report",
  "delivery-status",
  "calendar",
  "US-ASCII",
  "pgp-signature",
  "x-pkcs7-signature",
  "pkcs7-signature",
  "digest",
  "audio",
  "video",
  "",
  "rfc822-headers",
  "msword",
  "zip",
  "csv",
] as const;
const WORD_NUMBERS: ReadonlyMap<string, number> = new Map(WORDS.map((word, number) => [word, number]));

/** The octets were not written by `encodeStructure`, or are damaged. Parse the message again. */
export class StructureFormatError extends Error {
  override readonly name = "StructureFormatError";
}

/** Packs a tree for storage: about 15 octets a part. */
export function encodeStructure(root: MimePart): Uint8Array {
  const out = new ByteWriter(64);
  out.byte(VERSION);
  encodePart(out, root, 0);
  return out.copy();
}

/**
 * Unpacks what `encodeStructure` packed.
 *
 * @throws StructureFormatError on anything else; never anything but that, and always in time linear to the octets
 */
export function decodeStructure(bytes: Uint8Array): MimePart {
  const reader = new StructureReader(bytes);
  if (reader.number() !== VERSION) throw new StructureFormatError("MIME structure of an unknown version");
  const root = reader.part(0, 0);
  if (reader.at !== bytes.length) throw new StructureFormatError("MIME structure has octets after its end");
  return root;
}

/** @param origin the offset that this part's own is told from */
function encodePart(out: ByteWriter, part: MimePart, origin: number): void {
  out.byte(KINDS.indexOf(part.kind));
  writeNumber(out, part.headerStart - origin);
  writeNumber(out, part.bodyStart - part.headerStart);
  writeNumber(out, part.bodyEnd - part.bodyStart);
  writeNumber(out, part.headerLines);
  writeNumber(out, part.lines);
  for (const word of [part.type, part.subtype, part.encoding, part.charset, part.disposition]) writeWord(out, word);
  if (part.kind === "message") encodePart(out, part.message, part.headerStart);
  if (part.kind !== "multipart") return;
  writeNumber(out, part.children.length);
  for (const child of part.children) encodePart(out, child, part.headerStart);
}

/** Seven bits an octet, the lowest first. */
function writeNumber(out: ByteWriter, value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.byte((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.byte(rest);
}

/** 0 is undefined, an odd number a known word, an even one the length of the word that follows. */
function writeWord(out: ByteWriter, word: string | undefined): void {
  if (word === undefined) {
    out.byte(0);
    return;
  }
  const known = WORD_NUMBERS.get(word);
  if (known !== undefined) {
    writeNumber(out, known * 2 + 1);
    return;
  }
  const bytes = toBytes(word.slice(0, MIME_LIMITS.token));
  writeNumber(out, bytes.length * 2);
  out.bytes(bytes);
}

class StructureReader {
  at = 0;
  readonly #bytes: Uint8Array;
  #parts = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  part(depth: number, origin: number): MimePart {
    if (depth > MIME_LIMITS.depth || ++this.#parts > MIME_LIMITS.parts) throw new StructureFormatError("MIME structure is too large");
    const kind = KINDS[this.number()];
    const headerStart = this.#sum(origin, this.number());
    const bodyStart = this.#sum(headerStart, this.number());
    const bodyEnd = this.#sum(bodyStart, this.number());
    const headerLines = this.number();
    const lines = this.number();
    const type = this.#word() ?? "";
    const subtype = this.#word() ?? "";
    const encoding = this.#word() ?? "7bit";
    const charset = this.#word();
    const disposition = this.#word();
    const base = { headerStart, bodyStart, bodyEnd, headerLines, lines, type, subtype, encoding, charset, disposition };
    switch (kind) {
      case "leaf":
        return { kind, ...base };
      case "message":
        return { kind, ...base, message: this.part(depth + 1, headerStart) };
      case "multipart": {
        const children: MimePart[] = [];
        for (let left = this.number(); left > 0; left--) children.push(this.part(depth + 1, headerStart));
        return { kind, ...base, children };
      }
      default:
        throw new StructureFormatError("MIME structure has a part of an unknown kind");
    }
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const octet = this.#bytes[this.at++];
      if (octet === undefined) throw new StructureFormatError("MIME structure ends too early");
      value = this.#sum(value, (octet & 0x7f) * scale);
      if (octet < 0x80) return value;
    }
  }

  #sum(a: number, b: number): number {
    const sum = a + b;
    if (!Number.isSafeInteger(sum)) throw new StructureFormatError("MIME structure has a number that is too large");
    return sum;
  }

  #word(): string | undefined {
    const number = this.number();
    if (number === 0) return undefined;
    if (number % 2 === 1) {
      const word = WORDS[(number - 1) / 2];
      if (word === undefined) throw new StructureFormatError("MIME structure has an unknown word");
      return word;
    }
    const end = this.at + number / 2;
    if (number / 2 > MIME_LIMITS.token || end > this.#bytes.length)
      throw new StructureFormatError("MIME structure has a word that is too long");
    const word = toText(this.#bytes, this.at, end);
    this.at = end;
    return word;
  }
}
