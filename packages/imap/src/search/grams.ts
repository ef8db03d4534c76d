import { gramNumber, setBit } from "@sluice/mime/grams";
import type { OctetScanner } from "@sluice/mime/octet-scanner";

import { LIMITS } from "../limits.ts";
import { ANY_GRAM, type GramSet } from "../mailbox/text-signature.ts";

/**
 * A gram begins at each UTF-16 unit of a folded text: four units, or two where one of them is of a script that writes whole words in
 * one or two characters. What a gram is depends on nothing but its own units, so all grams of a string are among those of every text
 * that holds it. A gram's number has as many bits as the largest set needs.
 */
function gramOf(first: number, second: number, third: number, fourth: number, lastBit: number): number {
  const gram = isWide(first, second) ? first ^ (second << 16) : first ^ (second << 8) ^ (third << 16) ^ (fourth << 24);
  return gramNumber(gram, lastBit);
}

function isWide(first: number, second: number): boolean {
  return first >= WIDE || second >= WIDE;
}

/** The numbers of a folded string's grams: none when it is too short, at most LIMITS.queriedGrams from all over a long one. */
export function gramsOf(text: string): readonly number[] {
  const grams = new Set<number>();
  const step = Math.ceil(text.length / LIMITS.queriedGrams);
  for (let at = 0; at + 1 < text.length; at += step) {
    const [first, second] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
    if (at + 3 >= text.length && !isWide(first, second)) continue;
    grams.add(gramOf(first, second, text.charCodeAt(at + 2), text.charCodeAt(at + 3), LAST_BIT));
  }
  return [...grams];
}

/** Collects the grams of the texts of one set. */
export class GramCollector {
  readonly #all = new Uint8Array(LIMITS.gramSet);
  /** The part of it that is used now. */
  #set = this.#all;

  /** Begins a set for about so many units of text: no larger than it must be where no two grams are the same. */
  begin(units: number): void {
    let octets = LEAST_OCTETS;
    while (octets * GRAMS_PER_OCTET < units && octets < this.#all.length) octets *= 2;
    this.#set = this.#all.subarray(0, octets).fill(0);
  }

  /** Adds a folded text. */
  addText(text: string): void {
    const set = this.#set;
    const lastBit = set.length * 8 - 1;
    let first = text.charCodeAt(0);
    let second = text.charCodeAt(1);
    let third = text.charCodeAt(2);
    for (let at = 3; at < text.length; at++) {
      const fourth = text.charCodeAt(at);
      setBit(set, gramOf(first, second, third, fourth, lastBit));
      first = second;
      second = third;
      third = fourth;
    }
    // At the end there is room for shorter ones only.
    if (isWide(first, second)) setBit(set, gramOf(first, second, 0, 0, lastBit));
    if (isWide(second, third)) setBit(set, gramOf(second, third, 0, 0, lastBit));
  }

  /** Adds octets that are ASCII, not folded yet. False where the text must be added in another way. */
  addOctets(scanner: OctetScanner, octets: Uint8Array, inHeader: boolean): boolean {
    return scanner.addGrams(octets, inHeader, this.#set);
  }

  /** The set of what was added; that of any gram where it was too much. */
  end(): GramSet {
    const set = this.#set;
    const words = new Int32Array(set.buffer, 0, set.length / 4);
    let count = 0;
    for (let at = 0; at < words.length; at++) count += bitsIn(words[at] ?? 0);
    let octets = LEAST_OCTETS;
    while (octets * GRAMS_PER_OCTET < count) octets *= 2;
    if (octets > set.length) return ANY_GRAM;
    const kept = octets / 4;
    for (let at = kept; at < words.length; at++) words[at & (kept - 1)] = (words[at & (kept - 1)] ?? 0) | (words[at] ?? 0);
    return set.slice(0, octets);
  }
}

function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** The first unit of the CJK scripts, of which words are often two units long; surrogates are above it too. */
const WIDE = 0x2e80;
const LAST_BIT = LIMITS.gramSet * 8 - 1;
/** Two to four bits for a gram: of other texts' grams a quarter to two fifths seem to be there, and a word has several. */
const GRAMS_PER_OCTET = 4;
/** A set of a few words is as good as it can be for little: it does not grow a row of some dozens of octets by much. */
const LEAST_OCTETS = 64;
