import { FieldReader } from "@sluice/mime/field-reader";
import { decodeHeaderText } from "@sluice/mime/header-text";

import { foldText } from "./fold.ts";

/** One message's header, folded for searching. What is read of it is kept: a search may have hundreds of keys. */
export class HeaderText {
  readonly #head: Uint8Array;
  #whole: string | undefined;
  #scans = 0;
  #values: Map<string, Uint8Array[]> | undefined;
  readonly #folded = new Map<string, readonly string[]>();

  constructor(head: Uint8Array) {
    this.#head = head;
  }

  /** All fields, each with its name. */
  get whole(): string {
    return (this.#whole ??= foldHeader(this.#head));
  }

  /** Whether a field of that name, which is in lower case, holds that text, which is folded. */
  holds(name: string, text: string): boolean {
    // Nearly every search has one key for the header: then nothing is worth keeping, and most values need no decoding.
    if (++this.#scans > MAX_SCANS || text.length > MAX_SCANNED_TEXT) return this.values(name).some((value) => value.includes(text));
    const fields = new FieldReader(this.#head);
    while (fields.next()) {
      if (fields.nameEnd - fields.nameStart !== name.length || !startsWith(this.#head, fields.nameStart, name)) continue;
      const { valueStart, valueEnd } = fields;
      const found = isPlain(this.#head, valueStart, valueEnd)
        ? includesText(this.#head, valueStart, valueEnd, text)
        : foldText(decodeHeaderText(this.#head.subarray(valueStart, valueEnd))).includes(text);
      if (found) return true;
    }
    return false;
  }

  /** The values of the fields of that name, which is in lower case. */
  values(name: string): readonly string[] {
    let folded = this.#folded.get(name);
    if (folded === undefined) {
      folded = (this.#valuesByName().get(name) ?? []).map((value) => foldText(decodeHeaderText(value)));
      this.#folded.set(name, folded);
    }
    return folded;
  }

  #valuesByName(): Map<string, Uint8Array[]> {
    if (this.#values !== undefined) return this.#values;
    const values = new Map<string, Uint8Array[]>();
    const fields = new FieldReader(this.#head);
    while (fields.next()) {
      if (fields.nameEnd === fields.nameStart) continue;
      const name = latin1.decode(this.#head.subarray(fields.nameStart, fields.nameEnd)).toLowerCase();
      const value = this.#head.subarray(fields.valueStart, fields.valueEnd);
      const known = values.get(name);
      if (known === undefined) values.set(name, [value]);
      else known.push(value);
    }
    this.#values = values;
    return values;
  }
}

/** A header as text to search in: a line for each field, so that nothing is found across two of them. */
export function foldHeader(header: Uint8Array): string {
  const lines: string[] = [];
  const fields = new FieldReader(header);
  while (fields.next()) lines.push(foldText(decodeHeaderText(header.subarray(fields.start, fields.end))));
  return lines.join("\n");
}

/** Printable ASCII on one line, without encoded words: it says what it says. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const octet = bytes[at] ?? 0;
    if ((octet < 0x20 && octet !== TAB) || octet > 0x7e) return false;
    if (octet === EQUALS && bytes[at + 1] === QUESTION) return false;
  }
  return true;
}

/** Whether ASCII `[start, end)` holds a text in lower case. Time is the product of their lengths at worst: the text is short. */
function includesText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  const last = end - text.length;
  for (let at = start; at <= last; at++) if (startsWith(bytes, at, text)) return true;
  return false;
}

/** Whether the octets at `at` are that text, which is in lower case, in any case. */
function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const octet = bytes[at + index] ?? 0;
    if ((octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet) !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** Keys for which a header is looked through anew. With more it pays to keep what was found. */
const MAX_SCANS = 3;
/** Characters of a text that is compared at each octet of a value. */
const MAX_SCANNED_TEXT = 64;
const TAB = 0x09;
const EQUALS = 0x3d;
const QUESTION = 0x3f;
const latin1 = new TextDecoder("latin1");
