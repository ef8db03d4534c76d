import { CR, DASH, LF } from "./ascii.ts";
import { compileFieldFilter } from "./field-filter.ts";
import { addGrams } from "./grams.ts";
import type { OctetScanner } from "./octet-scanner.ts";

let chunk: Uint8Array = new Uint8Array(0);
let lines = 0;

/** The scanner that is TypeScript alone: what there is without a module, and what others are compared with. It leaves all texts to be decoded. */
export const plainOctetScanner: OctetScanner = {
  open(next) {
    chunk = next;
  },
  nextLine(from, inHeader) {
    lines = 0;
    for (let feed = chunk.indexOf(LF, from); feed >= 0; feed = chunk.indexOf(LF, feed + 1)) {
      lines++;
      if (mayMean(chunk, feed + 1, inHeader)) return feed + 1;
    }
    return chunk.length;
  },
  get lines() {
    return lines;
  },
  holdsText: () => undefined,
  headerHolds: () => undefined,
  fieldHolds: () => undefined,
  fieldsNamed: (header) => header,
  addGrams,
  fieldFilter: compileFieldFilter,
};

/** Whether the line at `at` is one that `nextLine` stops at. */
export function mayMean(octets: Uint8Array, at: number, inHeader: boolean): boolean {
  const octet = octets[at] ?? DASH;
  return octet === DASH ? (octets[at + 1] ?? DASH) === DASH : inHeader && (octet === CR || octet === LF);
}
