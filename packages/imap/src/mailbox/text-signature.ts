/**
 * What an index keeps of a message's text, so that a search need not read it: which grams are in it, short pieces of folded text
 * (search/grams.ts). It may say of a text that it is not there, never that it is. In the literature it is a signature file of n-grams, a Bloom
 * filter with one hash; it has nothing to do with cryptography.
 */
export interface TextSignature {
  /** Of all that BODY looks at. */
  readonly body: GramSet;
  /** Of what TEXT looks at as well: the header of the message and those of its parts. */
  readonly header: GramSet;
}

/** A bit for each gram, in a power of two of octets: the low bits of a gram's number say which. */
export type GramSet = Uint8Array;

/** The set in which any gram may be. */
export const ANY_GRAM: GramSet = Uint8Array.of(0xff);

/** A search for a text, by the numbers of its grams. */
export interface GramQuery {
  readonly of: "body" | "text";
  /** At least one, at most LIMITS.queriedGrams. */
  readonly grams: readonly number[];
}

/** What the signatures say of a message: the text is not in it, has to be looked for, or has to be looked for because there is no signature yet. */
export const GramMatch = { no: 0, maybe: 1, unsigned: 2 } as const;

/** Whether all these grams may be in the set. */
export function mayHold(set: GramSet, grams: readonly number[]): boolean {
  const last = set.length - 1;
  return grams.every((gram) => (((set[(gram >>> 3) & last] ?? 0) >>> (gram & 7)) & 1) === 1);
}
