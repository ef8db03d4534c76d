import { FieldReader } from "@sluice/mime/field-reader";
import { decodeHeaderText } from "@sluice/mime/header-text";

import { foldText } from "./fold.ts";

/** One message's header, folded for searching. What is read of it is kept: a search may have hundreds of keys. */
export class HeaderText {
  readonly #head: Uint8Array;
  #whole: string | undefined;
  #values: Map<string, Uint8Array[]> | undefined;
  readonly #folded = new Map<string, readonly string[]>();

  constructor(head: Uint8Array) {
    this.#head = head;
  }

  /** All fields, each with its name. */
  get whole(): string {
    return (this.#whole ??= foldHeader(this.#head));
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

const latin1 = new TextDecoder("latin1");
