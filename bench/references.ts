/** For each subject the simplest way to do the same: what a program without this code would write. */
import { compileFieldFilter } from "../packages/mime/src/field-filter.ts";
import { createReferenceTokenizer } from "../packages/imap/src/parser/reference-tokenizer.ts";
import { DEPTH_NEW } from "../packages/imap/src/parser/tape.ts";
import { NETWORK_CHUNK, type Inputs } from "./inputs.ts";
import { expectWork, MESSAGES, type Run, SEARCHED_FIELDS, type Setup } from "./subjects.ts";

const INLINE_LITERAL = 16_384;
const INLINE_TOTAL = 1 << 20;
const REPEAT = 64;
const LF = 0x0a;
const DASH = 0x2d;
const isWorkerd = navigator.userAgent === "Cloudflare-Workers";
const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

export interface Reference {
  /** What it is, in a few words. */
  readonly what: string;
  readonly setup: Setup;
}

export function createCoreReferences(inputs: Inputs): Readonly<Record<string, Reference>> {
  const tokenizer = "the TypeScript tokenizer";
  return {
    "tokenizer.short": { what: tokenizer, setup: () => tokenize(inputs.short) },
    "tokenizer.sets": { what: tokenizer, setup: () => tokenize(inputs.sets) },
    "tokenizer.quoted": { what: tokenizer, setup: () => tokenize(inputs.quoted) },
    "tokenizer.noop": { what: tokenizer, setup: () => tokenize(inputs.noop) },
    "tokenizer.search": { what: tokenizer, setup: () => tokenize(inputs.search) },
    "tokenizer.parens": { what: tokenizer, setup: () => tokenize(inputs.parens) },
    "tokenizer.tiny": { what: tokenizer, setup: () => tokenize(inputs.tiny) },
    "tokenizer.escapes": { what: tokenizer, setup: () => tokenize(inputs.escapes) },
    "tokenizer.append1k": { what: tokenizer, setup: () => tokenize(inputs.append1k) },
    "framer.pipelined": { what: "a buffer, indexOf LF, a tokenizer call a line", setup: () => frameLines(inputs.pipeline) },
    "link.pieces": { what: "JSON, octets as text, the tape as numbers", setup: () => passJson(inputs.pipeline) },
    "arguments.fetch": { what: "a regular expression, strings", setup: () => matchWords(inputs.fetch) },
    "response.flags": { what: "a template string a line, TextEncoder", setup: () => templateLines() },
    "mime.parse": { what: "indexOf LF, boundary lines compared", setup: () => scanLines(inputs.message, inputs.boundary) },
    "mime.scan": isWorkerd
      ? { what: "a string, indexOf LF", setup: () => scanString(inputs.message) }
      : { what: "Buffer.indexOf LF", setup: () => scanBuffer(inputs.message) },
    "mime.field-filter": { what: "the TypeScript filter", setup: () => filterFields(inputs.header, inputs.fields) },
    "string.quoted-or-literal": { what: "a string, regular expressions, encodeInto", setup: () => quoteStrings(inputs.strings) },
    "search.body": { what: "a string, a regular expression", setup: () => matchBody(inputs.body, inputs.words) },
    "search.body-texts": { what: "a string, regular expressions", setup: () => matchBodyOnce(inputs.body, inputs.words) },
    "search.field": { what: "a string, a regular expression", setup: () => matchField(inputs.plainHeader, inputs.words) },
    "set.parse": { what: "a string, split, Number", setup: () => splitSet(inputs.set) },
  };
}

function tokenize(input: Uint8Array): Run {
  const tokenizer = createReferenceTokenizer();
  return () => expectWork(tokenizer.parse(input, INLINE_LITERAL, INLINE_TOTAL, DEPTH_NEW, 0, 0).commands > 0);
}

function frameLines(input: Uint8Array): Run {
  const tokenizer = createReferenceTokenizer();
  const chunks = Array.from({ length: Math.ceil(input.length / NETWORK_CHUNK) }, (_, at) =>
    input.slice(at * NETWORK_CHUNK, (at + 1) * NETWORK_CHUNK),
  );
  return () => {
    let rest: Uint8Array = new Uint8Array(0);
    let commands = 0;
    for (const chunk of chunks) {
      const joined = new Uint8Array(rest.length + chunk.length);
      joined.set(rest);
      joined.set(chunk, rest.length);
      let start = 0;
      for (let feed = joined.indexOf(LF); feed >= 0; feed = joined.indexOf(LF, start)) {
        const line = joined.slice(start, feed + 1);
        const { tape, entries } = tokenizer.parse(line, INLINE_LITERAL, INLINE_TOTAL, DEPTH_NEW, 0, 0);
        if (tape.slice(0, entries * 4).length > 0) commands++;
        start = feed + 1;
      }
      rest = joined.subarray(start);
    }
    expectWork(commands > 0);
  };
}

function passJson(input: Uint8Array): Run {
  const tokenizer = createReferenceTokenizer();
  const pieces = Array.from({ length: REPEAT }, () => ({ text: "", tape: [0] }));
  let start = 0;
  for (const piece of pieces) {
    const line = input.slice(start, input.indexOf(LF, start) + 1);
    const { tape, entries } = tokenizer.parse(line, INLINE_LITERAL, INLINE_TOTAL, DEPTH_NEW, 0, 0);
    piece.text = latin1.decode(line);
    piece.tape = [...tape.subarray(0, entries * 4)];
    start += line.length;
  }
  const utf8 = new TextDecoder();
  return () => {
    const message = encoder.encode(JSON.stringify(pieces));
    const read: unknown = JSON.parse(utf8.decode(message));
    expectWork(Array.isArray(read) && read.length === REPEAT);
  };
}

/** Words by a regular expression, then what the handler needs of them: the ranges, and an object for each item. */
function matchWords(line: Uint8Array): Run {
  return () => {
    let items = 0;
    for (let time = 0; time < REPEAT; time++) {
      const words: readonly string[] = latin1.decode(line).match(/"(?:\\.|[^"\\])*"|[()]|[^\s()"]+/g) ?? [];
      const set = (words[3] ?? "")
        .split(",")
        .map((range) => range.split(":").map((number) => (number === "*" ? 0x1_0000_0000 : Number(number))));
      const attributes: { name: string; fields: string[] }[] = [];
      for (let at = 5; at < words.length - 1; at++) {
        const name = (words[at] ?? "").toUpperCase();
        const end = name.includes("[") && !name.includes("]") ? words.indexOf(")", at) : at;
        attributes.push({ name, fields: end === at ? [] : words.slice(at + 2, end).map((field) => field.toUpperCase()) });
        if (end !== at) at = end + 1;
      }
      items = set.length + attributes.length;
    }
    expectWork(items === 7);
  };
}

const NAMES = ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"];
const ROWS = 256;

function templateLines(): Run {
  const rows = Array.from({ length: ROWS }, (_, row) => ({ uid: 4000 + row * 3, flags: [1, 0, 3, 1][(row >> 3) & 3] ?? 0 }));
  return () => {
    const lines = rows.map(
      ({ uid, flags }, row) =>
        `* ${row + 1} FETCH (UID ${uid} FLAGS (${NAMES.filter((_, bit) => ((flags >> bit) & 1) === 1).join(" ")}))\r\n`,
    );
    expectWork(encoder.encode(lines.join("")).length > ROWS * 20);
  };
}

function scanLines(message: Uint8Array, boundary: string): Run {
  const dashes = encoder.encode(`--${boundary}`);
  return () => {
    let lines = 0;
    let found = 0;
    for (let feed = message.indexOf(LF); feed >= 0; feed = message.indexOf(LF, feed + 1)) {
      lines++;
      let at = 0;
      while (at < dashes.length && message[feed + 1 + at] === dashes[at]) at++;
      if (at === dashes.length) found++;
    }
    expectWork(lines > 1000 && found === 4);
  };
}

function bufferOf(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}

/** The fastest in workerd, where each call of indexOf on a Buffer takes long. */
function scanString(message: Uint8Array): Run {
  const buffer = bufferOf(message);
  return () => {
    const text = buffer.toString("latin1");
    let lines = 0;
    let found = 0;
    for (let feed = text.indexOf("\n"); feed >= 0; feed = text.indexOf("\n", feed + 1)) {
      lines++;
      if (text.charCodeAt(feed + 1) === DASH && text.charCodeAt(feed + 2) === DASH) found++;
    }
    expectWork(lines > 1000 && found === 4);
  };
}

/** The fastest in Node. */
function scanBuffer(message: Uint8Array): Run {
  const buffer = bufferOf(message);
  return () => {
    let lines = 0;
    let found = 0;
    for (let feed = buffer.indexOf(LF); feed >= 0; feed = buffer.indexOf(LF, feed + 1)) {
      lines++;
      if (buffer[feed + 1] === DASH && buffer[feed + 2] === DASH) found++;
    }
    expectWork(lines > 1000 && found === 4);
  };
}

function filterFields(header: Uint8Array, fields: readonly string[]): Run {
  const filter = compileFieldFilter(fields, false);
  const out = new Uint8Array(header.length + 2);
  return () => {
    let length = 0;
    for (let time = 0; time < REPEAT; time++) length = filter.filter(header, out, 0);
    expectWork(length > 2);
  };
}

function quoteStrings(strings: readonly Uint8Array[]): Run {
  const buffers = strings.map(bufferOf);
  const out = new Uint8Array(4096);
  return () => {
    let length = 0;
    for (let time = 0; time < REPEAT; time++) {
      length = 0;
      for (const buffer of buffers) {
        const text = buffer.toString("latin1");
        const plain = !/[\r\n\x80-\xff]/.test(text);
        const written = plain ? `"${text.replace(/["\\]/g, "\\$&")}"` : `{${text.length}}\r\n${text}`;
        length += encoder.encodeInto(written, out.subarray(length)).written;
      }
    }
    expectWork(length > 280);
  };
}

/** Only well-formed UTF-8 of as many characters as octets is ASCII. */
function matchBody(body: Uint8Array, words: readonly string[]): Run {
  const patterns = words.map((word) => new RegExp(word, "i"));
  return () => {
    let absent = 0;
    // A search for each word: nearly every SEARCH has one.
    for (const pattern of patterns) {
      const text = utf8.decode(body);
      if (text.length === body.length && !pattern.test(text)) absent++;
    }
    expectWork(absent === words.length);
  };
}

function matchBodyOnce(body: Uint8Array, words: readonly string[]): Run {
  const patterns = words.map((word) => new RegExp(word, "i"));
  return () => {
    let absent = 0;
    const text = utf8.decode(body);
    if (text.length === body.length) for (const pattern of patterns) if (!pattern.test(text)) absent++;
    expectWork(absent === words.length);
  };
}

function matchField(header: Uint8Array, words: readonly string[]): Run {
  const fields = SEARCHED_FIELDS.map((field) => new RegExp(`^${field}[ \\t]*:([^\\n]*(?:\\n[ \\t][^\\n]*)*)`, "im"));
  const buffer = bufferOf(header);
  return () => {
    let absent = 0;
    for (const word of words) {
      for (const field of fields) {
        for (let time = 0; time < MESSAGES; time++) {
          const value = field.exec(buffer.toString("latin1"))?.[1];
          if (value?.replaceAll("\r\n", "").toLowerCase().includes(word) === false) absent++;
        }
      }
    }
    expectWork(absent === words.length * fields.length * MESSAGES);
  };
}

function splitSet(set: Uint8Array): Run {
  return () => {
    const ranges = latin1
      .decode(set)
      .split(",")
      .map((range) => range.split(":").map(Number));
    expectWork(ranges.length === 400);
  };
}
