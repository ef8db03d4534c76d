import type { FieldFilter } from "./field-filter.ts";

/**
 * Port: scans over many octets, which a machine can do many at a time. {@link plainOctetScanner} is the way to do without; any other gives
 * the same answers, only sooner, and says more often what octets alone can say.
 *
 * One scanner serves all of an isolate: nothing is kept from one call to the next, but for the chunk that was opened.
 */
export interface OctetScanner {
  /** The chunk that `nextLine` goes over, until the next call. It must not change meanwhile: what else is asked of it may be answered from a copy, made once. */
  open(chunk: Uint8Array): void;
  /**
   * Passes over line ends from `from` on, up to the start of a line that may mean something to a MIME parser: it begins with two dashes or,
   * in a header, with CR or LF. Octets that the end of the chunk cuts off may be those. Answers the offset of that line, which is the
   * length of the chunk where its last line end is the last octet too, or that length where there is no such line.
   */
  nextLine(from: number, inHeader: boolean): number;
  /** Line ends that the last call of `nextLine` has passed. */
  readonly lines: number;
  /**
   * Whether octets of text that are all ASCII hold `text`, which is folded (imap's search/fold.ts): upper case and lower case are the same.
   * `undefined`: the octets must be decoded to know.
   */
  holdsText(octets: Uint8Array, text: string): boolean | undefined;
  /** The same for a header, all its fields with their names, unfolded. Nothing is found across two fields. */
  headerHolds(header: Uint8Array, text: string): boolean | undefined;
  /** The same for the values of the fields called `name`, which is in lower case. An empty text asks only whether there is one. */
  fieldHolds(header: Uint8Array, name: string, text: string): boolean | undefined;
  /** A header in which the fields called `name` stand as in this one; others may be missing. A short header is read sooner. */
  fieldsNamed(header: Uint8Array, name: string): Uint8Array;
  /**
   * Adds the grams of octets that are ASCII to a set, which has a power of two of octets, 8 at least: four octets that follow each other, in lower
   * case, as packages/mime/src/grams.ts numbers them. In a header line ends are passed over. False where other octets are among
   * them, or an encoded word may be in a header: then any of the grams may have been added.
   */
  addGrams(octets: Uint8Array, inHeader: boolean, set: Uint8Array): boolean;
  /** Prepares what `compileFieldFilter` does. */
  fieldFilter(names: readonly (string | Uint8Array)[], not: boolean): FieldFilter;
}
