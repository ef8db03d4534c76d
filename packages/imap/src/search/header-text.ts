import { FieldReader } from "@sluice/mime/field-reader";
import { headerFieldValues } from "@sluice/mime/header-fields";
import { decodeHeaderText } from "@sluice/mime/header-text";
import type { OctetScanner } from "@sluice/mime/octet-scanner";

import { foldText } from "./fold.ts";

/** One message's header, folded for searching. What is read of it is kept: a search may have hundreds of keys. */
export class HeaderText {
  readonly #head: Uint8Array;
  readonly #octets: OctetScanner;
  #whole: string | undefined;
  #scans = 0;
  #values: Map<string, Uint8Array[]> | undefined;
  readonly #folded = new Map<string, readonly string[]>();

  constructor(head: Uint8Array, octets: OctetScanner) {
    this.#head = head;
    this.#octets = octets;
  }

  /** Whether any field, with its name, holds that text, which is folded. */
  holdsAnywhere(text: string): boolean {
    const answer = this.#mayScan() ? this.#octets.headerHolds(this.#head, text) : undefined;
    return answer ?? (this.#whole ??= foldHeader(this.#head)).includes(text);
  }

  /** Whether a field of that name, which is in lower case, holds that text, which is folded. */
  holds(name: string, text: string): boolean {
    const answer = this.#mayScan() ? this.#octets.fieldHolds(this.#head, name, text) : undefined;
    return answer ?? this.values(name).some((value) => value.includes(text));
  }

  #mayScan(): boolean {
    return ++this.#scans <= MAX_SCANS;
  }

  /** The values of the fields of that name, which is in lower case. */
  values(name: string): readonly string[] {
    let folded = this.#folded.get(name);
    if (folded === undefined) {
      const values =
        this.#scans <= MAX_SCANS
          ? headerFieldValues(this.#octets.fieldsNamed(this.#head, name), name)
          : (this.#valuesByName().get(name) ?? []);
      folded = values.map((value) => foldText(decodeHeaderText(value)));
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

/** Keys for which a header is looked through anew. With more it pays to keep what was found. */
const MAX_SCANS = 8;
const latin1 = new TextDecoder("latin1");
