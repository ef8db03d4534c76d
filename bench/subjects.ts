/**
 * What the micro benchmarks measure: one entry per hot path. This file is bundled with the sources of each revision that is
 * compared (bench/bundle.ts), so it may use only what all of them have, and must not itself be what makes the difference.
 */
import { ByteWriter as MimeWriter } from "../packages/mime/src/byte-writer.ts";
import { writeString } from "../packages/mime/src/imap-string.ts";
import { MIME_LIMITS } from "../packages/mime/src/limits.ts";
import { MessageParser } from "../packages/mime/src/message-parser.ts";
import type { OctetScanner } from "../packages/mime/src/octet-scanner.ts";
import { plainOctetScanner } from "../packages/mime/src/plain-octet-scanner.ts";
import { createWasmOctetScanner } from "../packages/mime/src/wasm-octet-scanner.ts";
import { LABELS } from "../packages/imap/src/fetch/plan.ts";
import { readFetch } from "../packages/imap/src/fetch/read-fetch.ts";
import { ScalarWriter } from "../packages/imap/src/fetch/scalar-writer.ts";
import { LIMITS } from "../packages/imap/src/limits.ts";
import { MessagePage } from "../packages/imap/src/mailbox/message-page.ts";
import { ArgumentReader } from "../packages/imap/src/parser/argument-reader.ts";
import { Framer, type FramerSink } from "../packages/imap/src/parser/framer.ts";
import type { Segment } from "../packages/imap/src/parser/segment.ts";
import { DEPTH_NEW } from "../packages/imap/src/parser/tape.ts";
import type { Tokenizer } from "../packages/imap/src/parser/tokenizer.ts";
import { createWasmTokenizer } from "../packages/imap/src/parser/wasm-tokenizer.ts";
import { ByteWriter } from "../packages/imap/src/protocol/byte-writer.ts";
import { parseSequenceSet } from "../packages/imap/src/protocol/sequence-set.ts";
import type { View } from "../packages/imap/src/session/view.ts";
import { encodeFrames, readObjectFrames, type ObjectFrames, type OutgoingFrame } from "../packages/imap/src/transport/link-frames.ts";
import type { Inputs } from "./inputs.ts";

/** Does one round of work, of some ten to some hundred microseconds, and checks that it was done. */
export type Run = () => void;
/** Makes a subject ready to run. */
export type Setup = () => Run;

export interface SubjectOptions {
  readonly inputs: Inputs;
  /** The compiled parser of the same revision. */
  readonly wasm: object;
  /** The octet scans of the same revision. */
  readonly octets: object | undefined;
  /** Octets of a network chunk. */
  readonly chunk: number;
  /** Wraps every tokenizer; the gate's self-test plants its slow-down here. */
  readonly wrap?: (tokenizer: Tokenizer) => Tokenizer;
}

const INLINE_LITERAL = 16_384;
const INLINE_TOTAL = 1 << 20;
/** Fields of the usual searches. */
export const SEARCHED_FIELDS = ["subject", "from", "to"];
/** Of messages of which the same is asked, one after the other. */
export const MESSAGES = 8;
/** Repetitions of what takes about a microsecond. */
const REPEAT = 64;

export function expectWork(done: boolean): void {
  if (!done) throw new Error("the benchmark did not do its work");
}

/** The scanner of a revision that has its module; the plain one of any other. */
export function scannerOf(octets: object | undefined): OctetScanner {
  return octets === undefined ? plainOctetScanner : createWasmOctetScanner(octets);
}

export function createCoreSubjects({
  inputs,
  wasm,
  octets,
  chunk,
  wrap = (tokenizer) => tokenizer,
}: SubjectOptions): Readonly<Record<string, Setup>> {
  const tokenizer = (): Tokenizer => wrap(createWasmTokenizer(wasm));
  const scanner = scannerOf(octets);
  return {
    "tokenizer.short": () => tokenize(tokenizer(), inputs.short),
    "tokenizer.sets": () => tokenize(tokenizer(), inputs.sets),
    "tokenizer.quoted": () => tokenize(tokenizer(), inputs.quoted),
    "tokenizer.noop": () => tokenize(tokenizer(), inputs.noop),
    "tokenizer.search": () => tokenize(tokenizer(), inputs.search),
    "tokenizer.parens": () => tokenize(tokenizer(), inputs.parens),
    "tokenizer.tiny": () => tokenize(tokenizer(), inputs.tiny),
    "tokenizer.escapes": () => tokenize(tokenizer(), inputs.escapes),
    "tokenizer.append1k": () => tokenize(tokenizer(), inputs.append1k),
    "framer.pipelined": () => frame(tokenizer(), inputs.pipeline, chunk),
    "link.pieces": () => passPieces(tokenizer(), inputs.pipeline),
    "arguments.fetch": () => readArguments(tokenizer(), inputs.fetch),
    "response.flags": () => writeFlags(),
    "mime.parse": () => parseMessage(inputs.message, scanner),
    "mime.scan": () => scanLines(inputs.message, scanner),
    "mime.field-filter": () => filterFields(inputs.header, inputs.fields, scanner),
    "string.quoted-or-literal": () => writeStrings(inputs.strings),
    "search.body": () => searchBody(inputs.body, inputs.words, scanner),
    "search.body-texts": () => searchBodyOnce(inputs.body, inputs.words, scanner),
    "search.field": () => searchField(inputs.plainHeader, inputs.words, scanner),
    "set.parse": () => () => expectWork(parseSequenceSet(inputs.set).length > 0),
  };
}

function tokenize(tokenizer: Tokenizer, input: Uint8Array): Run {
  return () => expectWork(tokenizer.parse(input, INLINE_LITERAL, INLINE_TOTAL, DEPTH_NEW, 0, 0).commands > 0);
}

function frame(tokenizer: Tokenizer, input: Uint8Array, size: number): Run {
  const chunks = Array.from({ length: Math.ceil(input.length / size) }, (_, at) => input.slice(at * size, (at + 1) * size));
  let commands = 0;
  const sink: FramerSink = {
    command: () => void commands++,
    literal: () => {},
    chunk: () => {},
    literalEnd: () => {},
    fatal: () => {},
  };
  const framer = new Framer(tokenizer, LIMITS);
  return () => {
    commands = 0;
    for (const part of chunks) framer.push(part, sink);
    expectWork(commands > 0);
  };
}

/** What the edge does to send commands, and the account object to have them. */
function passPieces(tokenizer: Tokenizer, input: Uint8Array): Run {
  const frames: OutgoingFrame[] = [];
  const sink: FramerSink = {
    command: (segment) => void frames.push({ kind: "piece", segment, literal: undefined }),
    literal: () => {},
    chunk: () => {},
    literalEnd: () => {},
    fatal: () => {},
  };
  new Framer(tokenizer, LIMITS).push(input, sink);
  frames.length = REPEAT;
  let pieces = 0;
  const to: ObjectFrames = {
    hello: () => {},
    checkpoint: () => {},
    piece: () => void pieces++,
    literal: () => {},
    literalEnd: () => {},
    credit: () => {},
    closed: () => {},
  };
  return () => {
    pieces = 0;
    readObjectFrames(encodeFrames(frames), to);
    expectWork(pieces === REPEAT);
  };
}

/** The one command of a line. */
export function segmentOf(tokenizer: Tokenizer, line: Uint8Array): Segment {
  const segments: Segment[] = [];
  const sink: FramerSink = {
    command: (segment) => void segments.push(segment),
    literal: () => {},
    chunk: () => {},
    literalEnd: () => {},
    fatal: () => {},
  };
  new Framer(tokenizer, LIMITS).push(line, sink);
  const [segment] = segments;
  if (segment === undefined) throw new Error("the framer found no command");
  return segment;
}

function readArguments(tokenizer: Tokenizer, line: Uint8Array): Run {
  const segment = segmentOf(tokenizer, line);
  return () => {
    let attributes = 0;
    for (let time = 0; time < REPEAT; time++) {
      const args = new ArgumentReader(segment);
      args.tag();
      args.commandName();
      ({ length: attributes } = readFetch(args, "a UID set").attributes);
      args.end();
    }
    expectWork(attributes === 4);
  };
}

/** All that the writer asks of its view: a whole one would bring the storage along. */
function isView(value: object): value is View {
  return "mailbox" in value && "isRecent" in value;
}

function writeFlags(): Run {
  const page = new MessagePage(LIMITS.pageRows);
  page.count = LIMITS.pageRows;
  for (let row = 0; row < page.count; row++) {
    page.uid[row] = 4000 + row * 3;
    page.flags[row] = [1, 0, 3, 1][(row >> 3) & 3] ?? 0;
  }
  const view: object = { mailbox: { keywords: ["$Junk", "$Forwarded"] }, isRecent: () => false };
  if (!isView(view)) throw new Error("no view");
  const out = new ByteWriter(65_536);
  const writer = new ScalarWriter(out, view, [
    { kind: "uid", label: LABELS.uid },
    { kind: "flags", label: LABELS.flags },
  ]);
  return () => {
    out.length = 0;
    for (let row = 0; row < page.count; row++) {
      writer.begin(row + 1, page, row, undefined);
      out.byte(0x29);
      out.byte(0x0d);
      out.byte(0x0a);
    }
    expectWork(out.length > page.count * 20);
  };
}

function parseMessage(message: Uint8Array, scanner: OctetScanner): Run {
  return () => {
    const parser = new MessageParser(MIME_LIMITS, scanner);
    parser.push(message);
    expectWork(parser.finish().size === message.length);
  };
}

function scanLines(message: Uint8Array, scanner: OctetScanner): Run {
  return () => {
    let lines = 0;
    let found = 0;
    scanner.open(message);
    for (let at = 0; at < message.length; lines += scanner.lines) {
      at = scanner.nextLine(at, false);
      if (at < message.length) found++;
    }
    expectWork(lines > 1000 && found === 4);
  };
}

function filterFields(header: Uint8Array, fields: readonly string[], scanner: OctetScanner): Run {
  const filter = scanner.fieldFilter(fields, false);
  const out = new Uint8Array(header.length + 2);
  return () => {
    let length = 0;
    for (let time = 0; time < REPEAT; time++) length = filter.filter(header, out, 0);
    expectWork(length > 2);
  };
}

function writeStrings(strings: readonly Uint8Array[]): Run {
  const out = new MimeWriter(4096);
  return () => {
    for (let time = 0; time < REPEAT; time++) {
      out.truncate();
      for (const string of strings) writeString(out, string, 0, string.length);
    }
    expectWork(out.length > 280);
  };
}

/** None of the words is there: all is looked at. */
function searchBody(body: Uint8Array, words: readonly string[], scanner: OctetScanner): Run {
  return () => {
    let absent = 0;
    for (const word of words) if (scanner.holdsText(body, word) === false) absent++;
    expectWork(absent === words.length);
  };
}

/** One search for all words. */
function searchBodyOnce(body: Uint8Array, words: readonly string[], scanner: OctetScanner): Run {
  return () => {
    let absent = 0;
    scanner.open(body);
    for (const word of words) if (scanner.holdsText(body, word) === false) absent++;
    expectWork(absent === words.length);
  };
}

function searchField(header: Uint8Array, words: readonly string[], scanner: OctetScanner): Run {
  return () => {
    let absent = 0;
    for (const word of words) {
      for (const field of SEARCHED_FIELDS)
        for (let time = 0; time < MESSAGES; time++) if (scanner.fieldHolds(header, field, word) === false) absent++;
    }
    expectWork(absent === words.length * SEARCHED_FIELDS.length * MESSAGES);
  };
}
