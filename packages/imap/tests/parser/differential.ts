import * as z from "zod";

import { Framer, type FramerLimits, type FramerSink, type LiteralHeader } from "../../src/parser/framer.ts";
import { octetsOf, type Segment } from "../../src/parser/segment.ts";
import type { TapeResult, Tokenizer } from "../../src/parser/tokenizer.ts";
import { tapeOf } from "./recording-sink.ts";
import { latin1, octets } from "./tokenizers.ts";

/** One call of a tokenizer. */
export interface CallCase {
  readonly kind: "call";
  readonly input: Uint8Array;
  readonly inlineMax: number;
  readonly inlineTotal: number;
  readonly depth: number;
  readonly used: number;
  readonly entries: number;
}

/** A connection's input, cut at these offsets; `salt` says what is decided on its literals. */
export interface SplitCase {
  readonly kind: "split";
  readonly input: Uint8Array;
  readonly cuts: readonly number[];
  readonly salt: number;
}

export type DifferentialCase = CallCase | SplitCase;

/** Small enough that inputs of some dozens of octets reach them. */
const SMALL: FramerLimits = { lineLength: 200, inlineLiteral: 10, inlineTotal: 60, inlineOffers: 30, pausedInput: 2048, tagLength: 16 };

const Text = z.string().transform(octets);
/** A case as it is kept in a file: one character for each octet. */
const KeptCase = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("call"),
    input: Text,
    inlineMax: z.int(),
    inlineTotal: z.int(),
    depth: z.int(),
    used: z.int(),
    entries: z.int(),
  }),
  z.strictObject({ kind: z.literal("split"), input: Text, cuts: z.array(z.int()), salt: z.int() }),
]);

/** Reads a kept case. Throws if the text is none. */
export function readCase(json: string): DifferentialCase {
  return KeptCase.parse(JSON.parse(json));
}

/** A case as JSON in printable ASCII. */
export function writeCase(test: DifferentialCase): string {
  // Lists on one line: as the formatter has them.
  const json = JSON.stringify({ ...test, input: latin1(test.input) }, undefined, 2).replace(/\[\n[^\]]*\]/g, (list) =>
    list.replace(/\n */g, " ").replace("[ ", "[").replace(" ]", "]"),
  );
  return `${json.replace(/[^\n -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}

/** What the subject says differently from the oracle, in a line; `undefined` if it says the same. */
export function differenceOf(test: DifferentialCase, subject: Tokenizer, oracle: Tokenizer): string | undefined {
  if (test.kind === "call") return callDifference(test, subject, oracle);
  const expected = story(oracle, test, []);
  const found = story(subject, test, test.cuts);
  return listDifference("what the framer says", found, expected) ?? listDifference("without cuts", story(subject, test, []), expected);
}

const FIELDS = ["status", "consumed", "commands", "literalSize", "literalFlags", "depth", "entries", "resume", "open"] as const;

function callDifference(test: CallCase, subject: Tokenizer, oracle: Tokenizer): string | undefined {
  const call = (tokenizer: Tokenizer): TapeResult =>
    tokenizer.parse(test.input, test.inlineMax, test.inlineTotal, test.depth, test.used, test.entries);
  const expected = call(oracle);
  const found = call(subject);
  for (const field of FIELDS) {
    if (found[field] !== expected[field]) return `${field}: ${found[field]} instead of ${expected[field]}`;
  }
  const values = expected.entries * 4;
  for (let at = 0; at < values; at++) {
    if (found.tape[at] !== expected.tape[at]) return `tape at ${at}: ${found.tape[at]} instead of ${expected.tape[at]}`;
  }
  return undefined;
}

function listDifference(what: string, found: readonly number[], expected: readonly number[]): string | undefined {
  const at = found.findIndex((value, index) => value !== expected[index]);
  if (at === -1 && found.length === expected.length) return undefined;
  const place = at === -1 ? Math.min(found.length, expected.length) : at;
  return `${what}, value ${place}: ${found[place] ?? "nothing"} instead of ${expected[place] ?? "nothing"}`;
}

const REASONS = ["line-too-long", "literal-too-large", "bad-literal", "not-imap", "input-overflow"] as const;

/** All that a framer says, as numbers. Streamed octets in a row are one thing, however they came. */
function story(tokenizer: Tokenizer, { input, salt }: SplitCase, cuts: readonly number[]): number[] {
  const out: number[] = [];
  let streamed = -1;
  const begin = (kind: number): void => {
    streamed = -1;
    out.push(kind);
  };
  const piece = (segment: Segment): void => {
    const bytes = octetsOf(segment);
    const tape = tapeOf(segment);
    out.push(segment.continues ? 1 : 0, bytes.length, ...bytes, tape.length, ...tape);
  };
  const framer = new Framer(tokenizer, SMALL);
  const sink: FramerSink = {
    command: (segment) => {
      begin(-101);
      piece(segment);
    },
    literal: (segment, literal: LiteralHeader) => {
      begin(-102);
      piece(segment);
      out.push(literal.size, literal.synchronizing ? 1 : 0, literal.binary ? 1 : 0);
      const choice = (literal.size + salt) % 3;
      if (choice === 0) framer.acceptInline(sink);
      else if (choice === 1) framer.acceptStream(sink);
      else framer.refuse(sink);
    },
    chunk: (data) => {
      if (streamed === -1) streamed = out.push(-103);
      out.push(...data);
    },
    literalEnd: () => begin(-104),
    fatal: (reason, tag) => {
      begin(-105);
      out.push(REASONS.indexOf(reason), ...(tag ?? [-1]));
    },
  };
  let start = 0;
  for (const end of [...cuts, input.length]) {
    framer.push(input.slice(start, end), sink);
    start = end;
  }
  out.push(framer.endOfInput() === "clean" ? 1 : 0);
  return out;
}
