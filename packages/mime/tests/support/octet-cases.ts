import * as fc from "fast-check";

import { toBytes, toText } from "../../src/ascii.ts";
import { FieldReader } from "../../src/field-reader.ts";
import { headerFieldValues } from "../../src/header-fields.ts";
import { decodeHeaderText } from "../../src/header-text.ts";
import { MIME_LIMITS } from "../../src/limits.ts";
import { MessageParser } from "../../src/message-parser.ts";
import { parseMessage } from "./parse-message.ts";
import type { OctetScanner } from "../../src/octet-scanner.ts";
import { plainOctetScanner } from "../../src/plain-octet-scanner.ts";

/** What is asked of a scanner. `octets` is behind `before` octets that mean nothing: there the edge of its window is. */
export interface OctetCase {
  readonly octets: Uint8Array;
  readonly before: number;
  readonly text: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly not: boolean;
  readonly cuts: readonly number[];
}

const PIECES = [
  "subject:|Subject:|SUBJECT :|Subject\t:|X-Subject:|Subjec|To: |to:|from: a@b|List-Id: c|:| : ",
  "\r\n|\r\n|\n|\n|\r|\r\n |\n\t|\r\n\r\n|\n\n| |\t|  |-|--|---|\r\n--b|\n--b--|\n-",
  "a|A|b|AB|ab|Ba|needle|NEEDLE|nEEdle|needl|needle in hay|[|{|@|`|Z|z|=|?|=?|?=|=?utf-8?q?ab?=|\0|\x7f|\x80|\xc3\xa4|\xff",
  "Content-Type: multipart/mixed; boundary=b\r\n|Content-Type: message/rfc822\r\n|Content-Type: text/plain\r\n",
].flatMap((line) => line.split("|"));

const pieces = fc.array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(1, 1, 1, 2, 9, 40)), { maxLength: 40 });
const octetsArbitrary = fc.oneof(
  { weight: 4, arbitrary: pieces.map((parts) => toBytes(parts.map(([piece, count]) => piece.repeat(count)).join(""))) },
  // Header after header of the most usual kind.
  {
    weight: 4,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.constantFrom("Subject", "To", "X-Long-Name-Of-A-Field", "subject "),
          fc.array(fc.constantFrom("ab", "needle", " ", "\r\n ", "x")),
          fc.constantFrom("\r\n", "\n"),
        ),
        { maxLength: 8 },
      )
      .map((fields) => toBytes(fields.map(([name, value, end]) => `${name}: ${value.join("")}${end}`).join(""))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
);

/** Cases around the edge of a window of `window` octets, and without one. */
export function octetCases(window: number): fc.Arbitrary<OctetCase> {
  return fc.record({
    octets: octetsArbitrary,
    before: fc.oneof(
      { weight: 20, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: window - 200, max: window + 2 }) },
    ),
    text: fc.oneof(
      fc.constantFrom(
        "",
        "a",
        "ab",
        "b a",
        "needle",
        "needle in hay",
        "dle",
        "\t",
        "\0",
        "[",
        "{",
        "@",
        "=?",
        "x".repeat(40),
        "a".repeat(64),
        "a".repeat(65),
        "\u00e4",
        "a\n",
      ),
      fc.array(fc.constantFrom("a", "b", " ", "needle", "subject:", "x"), { minLength: 1, maxLength: 6 }).map((parts) => parts.join("")),
    ),
    name: fc.constantFrom("subject", "to", "x-subject", "x-long-name-of-a-field", "sub", "from: a", "", "to ", "list-id", "n".repeat(65)),
    names: fc.array(
      fc.constantFrom("Subject", "to", "X-Subject", "from", "List-Id", "X-Long-Name-Of-A-Field", "", "a", "-", "\xc3\xa4", "n".repeat(31)),
      { maxLength: 5 },
    ),
    not: fc.boolean(),
    cuts: fc.array(fc.nat(1000), { maxLength: 6 }),
  });
}

/** What the subject says otherwise than plain TypeScript, in a line; `undefined` if it says the same. */
export function octetDifference(test: OctetCase, subject: OctetScanner): string | undefined {
  const { before, name, names, not, text } = test;
  const octets = new Uint8Array(before + test.octets.length).fill(0x78);
  octets.set(test.octets, before);
  for (const inHeader of [false, true]) {
    const [found, expected] = [lineStory(subject, octets, inHeader), lineStory(plainOctetScanner, octets, inHeader)];
    if (found !== expected) return `lines, in a header ${inHeader}: ${found} instead of ${expected}`;
    const grams = same(
      `grams, in a header ${inHeader}`,
      gramStory(subject, octets, inHeader),
      gramStory(plainOctetScanner, octets, inHeader),
    );
    if (grams !== undefined) return grams;
  }
  return (
    textDifference(
      "text",
      subject.holdsText(octets, text),
      toText(octets).toLowerCase().includes(text),
      /^[\0-\x7f]*$/.test(toText(octets)) && isPlainText(text) && text !== "",
    ) ??
    textDifference(
      "header",
      subject.headerHolds(octets, text),
      wholeHeader(octets).includes(text),
      isPlainHeader(octets) && isPlainText(text) && text !== "",
    ) ??
    textDifference(
      "field",
      subject.fieldHolds(octets, name, text),
      headerFieldValues(octets, name).some((value) => decodeHeaderText(value).toLowerCase().includes(text)),
      isPlainHeader(octets) && isPlainText(text) && /^[!-9;-~]{1,64}$/.test(name),
    ) ??
    same(
      "named fields",
      headerFieldValues(subject.fieldsNamed(octets, name), name).map((value) => toText(value)),
      headerFieldValues(octets, name).map((value) => toText(value)),
    ) ??
    same(
      "filter",
      toText(subject.fieldFilter(names, not).select(octets)),
      toText(plainOctetScanner.fieldFilter(names, not).select(octets)),
    ) ??
    same("message", messageStory(octets, test.cuts, subject), JSON.stringify(parseMessage(octets)))
  );
}

/** Plays `count` random cases. Answers the smallest one with a difference, and the difference; `undefined` if there is none. */
export function fuzzOctets(seed: number, count: number, subject: OctetScanner, window: number): string | undefined {
  const found = fc.check(
    fc.property(octetCases(window), (test) => octetDifference(test, subject) === undefined),
    { seed, numRuns: count },
  );
  const [test] = found.counterexample ?? [];
  return test && `${octetDifference(test, subject) ?? "the scanner has thrown"}\n  case: ${fc.stringify(test)}`;
}

/** The grams that are added to a set, which has some already. */
function gramStory(scanner: OctetScanner, octets: Uint8Array, inHeader: boolean): string {
  const sets = [8, 256].map((size) => new Uint8Array(size).fill(0x11, 0, 4));
  const decided = sets.map((set) => scanner.addGrams(octets, inHeader, set));
  return decided.every(Boolean) ? sets.join(";") : decided.join(";");
}

function same(what: string, found: unknown, expected: unknown): string | undefined {
  const [shown, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
  return shown === wanted ? undefined : `${what}: ${shown} instead of ${wanted}`;
}

function textDifference(what: string, found: boolean | undefined, expected: boolean, mustSay: boolean): string | undefined {
  if (found === expected || (found === undefined && !mustSay)) return undefined;
  return `${what}: ${found} instead of ${expected}`;
}

function isPlainText(text: string): boolean {
  return text.length <= 64 && !/[\r\n\x80-\uffff]/.test(text);
}

/** Without anything for which a header must be decoded, and short enough for one window. */
function isPlainHeader(octets: Uint8Array): boolean {
  return octets.length <= 65_536 && !/[\x80-\xff]|=\?|\r(?!\n)/.test(toText(octets));
}

function wholeHeader(octets: Uint8Array): string {
  const lines: string[] = [];
  const fields = new FieldReader(octets);
  while (fields.next()) lines.push(decodeHeaderText(octets.subarray(fields.start, fields.end)).toLowerCase());
  return lines.join("\n");
}

function lineStory(scanner: OctetScanner, octets: Uint8Array, inHeader: boolean): string {
  const story: number[] = [];
  scanner.open(octets);
  for (let at = 0; at < octets.length;) {
    at = scanner.nextLine(at, inHeader);
    story.push(at, scanner.lines);
  }
  return story.join(" ");
}

function messageStory(octets: Uint8Array, cuts: readonly number[], scanner: OctetScanner): string {
  const parser = new MessageParser(MIME_LIMITS, scanner);
  let at = 0;
  for (const cut of [...cuts.map((n) => n % (octets.length + 1)).toSorted((one, other) => one - other), octets.length]) {
    parser.push(octets.subarray(at, cut));
    at = cut;
  }
  return JSON.stringify(parser.finish());
}
