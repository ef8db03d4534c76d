import * as fc from "fast-check";
import { describe, test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { Atom } from "../../src/parser/atom-ids.ts";
import { Framer, type FramerLimits } from "../../src/parser/framer.ts";
import { octetsOf } from "../../src/parser/segment.ts";
import { ENTRY_SIZE, idAt, tapeErrorText } from "../../src/parser/tape.ts";
import type { Tokenizer } from "../../src/parser/tokenizer.ts";
import { type Decision, RecordingSink, tapeOf } from "./recording-sink.ts";
import { both, latin1, octets, reference, wasm } from "./tokenizers.ts";

const SMALL: FramerLimits = { lineLength: 200, inlineLiteral: 10, inlineTotal: 60, inlineOffers: 30, pausedInput: 2048, tagLength: 16 };

function run(
  text: string,
  decide: (size: number, synchronizing: boolean) => Decision = () => "later",
  limits: FramerLimits = SMALL,
  cuts: readonly number[] = [],
  tokenizer: Tokenizer = wasm,
): { sink: RecordingSink; framer: Framer } {
  const sink = new RecordingSink(({ size, synchronizing }) => decide(size, synchronizing));
  const framer = new Framer(tokenizer, limits);
  sink.framer = framer;
  const input = octets(text);
  const ends = [...new Set(cuts.map((cut) => cut % (input.length + 1)))].sort((a, b) => a - b);
  let start = 0;
  for (const end of [...ends, input.length]) {
    framer.push(input.slice(start, end), sink);
    start = end;
  }
  return { sink, framer };
}

function everyOctet(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => index);
}

/** Scripts with their decision for each literal and what the framer must say, however they are split. */
const SCRIPTS: readonly (readonly [
  name: string,
  input: string,
  decide: (size: number, synchronizing: boolean) => Decision,
  story: readonly string[],
])[] = [
  [
    "a pipeline",
    "a NOOP\r\nb CHECK\r\nc IDLE\r\nDONE\r\n\r\n",
    () => "later",
    ["a NOOP\r\n", "b CHECK\r\n", "c IDLE\r\n", "DONE\r\n", "\r\n"],
  ],
  ["lines that end with LF alone", "a NOOP\nb NOOP\n", () => "later", ["a NOOP\n", "b NOOP\n"]],
  [
    "small non-synchronizing literals",
    "a LOGIN {3+}\r\nb\r\n {4+}\r\npass\r\nc NOOP\r\n",
    () => "later",
    ["a LOGIN {3+}\r\nb\r\n {4+}\r\npass\r\n", "c NOOP\r\n"],
  ],
  [
    "a synchronizing literal, collected",
    "a LOGIN {4}\r\nuser {4}\r\npass\r\nb NOOP\r\n",
    () => "inline",
    ["a LOGIN {4}\r\n literal 4", "a LOGIN {4}\r\nuser {4}\r\n literal 4", "a LOGIN {4}\r\nuser {4}\r\npass\r\n", "b NOOP\r\n"],
  ],
  [
    "a literal in a list, collected",
    "a X (b {2}\r\n)( c {2+}\r\n\r\n d)\r\n",
    () => "inline",
    ["a X (b {2}\r\n literal 2", "a X (b {2}\r\n)( c {2+}\r\n\r\n d)\r\n"],
  ],
  [
    "a synchronizing literal, streamed",
    "a APPEND b {12}\r\nSubject: x\r\n\r\nc NOOP\r\n",
    () => "stream",
    ["a APPEND b {12}\r\n literal 12", "chunk Subject: x\r\n", "end", "...\r\n", "c NOOP\r\n"],
  ],
  ["an empty streamed literal", "a APPEND b {0}\r\n\r\n", () => "stream", ["a APPEND b {0}\r\n literal 0", "end", "...\r\n"]],
  [
    "MULTIAPPEND",
    "a APPEND b {11+}\r\n01234567890 (\\Seen) {12}\r\n012345678901 {3+}\r\nxyz\r\nc NOOP\r\n",
    () => "stream",
    [
      "a APPEND b {11+}\r\n literal 11",
      "chunk 01234567890",
      "end",
      "... (\\Seen) {12}\r\n literal 12",
      "chunk 012345678901",
      "end",
      "... {3+}\r\nxyz\r\n",
      "c NOOP\r\n",
    ],
  ],
  ["a refused synchronizing literal", "a APPEND b {300}\r\nc NOOP\r\n", () => "refuse", ["a APPEND b {300}\r\n literal 300", "c NOOP\r\n"]],
  [
    "a refused non-synchronizing literal",
    "a APPEND b {13+}\r\nx LOGOUT\r\n 12 z {4+}\r\nno\r\n (\r\nc NOOP\r\n",
    () => "refuse",
    ["a APPEND b {13+}\r\n literal 13", "c NOOP\r\n"],
  ],
  [
    "a refused one whose last literal would have been synchronizing",
    "a APPEND b {11+}\r\n01234567890 {4}\r\nc NOOP\r\n",
    () => "refuse",
    ["a APPEND b {11+}\r\n literal 11", "c NOOP\r\n"],
  ],
  [
    "a command refused in its second literal",
    "a APPEND b {11+}\r\n01234567890 {12+}\r\n012345678901 {1+}\r\n)\r\nc NOOP\r\n",
    (size) => (size === 11 ? "stream" : "refuse"),
    ["a APPEND b {11+}\r\n literal 11", "chunk 01234567890", "end", "... {12+}\r\n literal 12", "c NOOP\r\n"],
  ],
  [
    "literals beyond what one command may collect",
    `a X${" {10+}\r\n0123456789".repeat(4)}\r\nb NOOP\r\n`,
    () => "stream",
    [`a X${" {10+}\r\n0123456789".repeat(3)} {10+}\r\n literal 10`, "chunk 0123456789", "end", "...\r\n", "b NOOP\r\n"],
  ],
  [
    "a broken line",
    "a ) {5+}\r\nb X\r\n {3+}\r\n\r\n\n\r\nc NOOP\r\n",
    () => "later",
    ["a ) {5+}\r\nb X\r\n {3+}\r\n\r\n\n\r\n", "c NOOP\r\n"],
  ],
  [
    "a broken line with a long literal",
    "a ) {15+}\r\nb LOGOUT\r\n12345 {3+}\r\n\r\n\n (\r\nc NOOP\r\n",
    () => "later",
    ["a ) {15+}\r\n", "c NOOP\r\n"],
  ],
  ["a literal of NULs", "a X ~{3+}\r\n\0\0\0\r\nb NOOP\r\n", () => "later", ["a X ~{3+}\r\n\0\0\0\r\n", "b NOOP\r\n"]],
  ["NUL outside of a literal", "a X \0\r\nb NOOP\r\n", () => "later", ["a X \0\r\n", "b NOOP\r\n"]],
  ["a size that nobody can skip", "a X {4294967296+}\r\nb NOOP\r\n", () => "later", ["fatal literal-too-large a"]],
  [
    "a size that nobody can skip, in what is swallowed",
    "a X {11+}\r\n01234567890 {99999999999+}\r\nb NOOP\r\n",
    () => "refuse",
    ["a X {11+}\r\n literal 11", "fatal literal-too-large undefined"],
  ],
  ["a literal's size that is no number", "a X {many}\r\nb NOOP\r\n", () => "later", ["fatal bad-literal a"]],
  ["a synchronizing size beyond 32 bits", "a X\r\nb X {4294967296}\r\nc NOOP\r\n", () => "later", ["a X\r\n", "fatal bad-literal b"]],
  [
    "a literal's header in the middle of a line is a bad argument",
    "a X {x} y\r\nb NOOP\r\n",
    () => "later",
    ["a X {x} y\r\n", "b NOOP\r\n"],
  ],
  ["a line too long", `a X\r\nb ${"x".repeat(250)}\r\nc NOOP\r\n`, () => "later", ["a X\r\n", "fatal line-too-long b"]],
  ["a line too long without a tag", `${"x".repeat(250)}\r\nc NOOP\r\n`, () => "later", ["fatal line-too-long undefined"]],
  [
    "a line too long before a size that nobody can skip",
    `a ${"x".repeat(250)} {4294967296+}\r\n`,
    () => "later",
    ["fatal line-too-long a"],
  ],
  ["a line too long before a literal", `a ${"x".repeat(250)} {300}\r\nc NOOP\r\n`, () => "stream", ["fatal line-too-long a"]],
  [
    "a line too long after a literal",
    `a X {11+}\r\n01234567890 ${"x".repeat(250)}\r\n`,
    () => "stream",
    ["a X {11+}\r\n literal 11", "chunk 01234567890", "end", "fatal line-too-long a"],
  ],
  ["a TLS hello", "\x16\x03\x01\x02\n\x01\r\na NOOP\r\n", () => "later", ["fatal not-imap undefined"]],
  ["binary", "\x00\x00\x00\x10a NOOP\r\n", () => "later", ["fatal not-imap undefined"]],
  ["an HTTP request", "GET /x HTTP/1.1\r\nHost: a LOGOUT\r\n", () => "later", ["fatal not-imap undefined"]],
  ["an HTTP request that cannot be tokenized", 'POST /{}" HTTP/1.0\r\na LOGOUT\r\n', () => "later", ["fatal not-imap undefined"]],
  ["a tag that is a method", "GET NOOP\r\nGET / HTTP/1.1\r\n", () => "later", ["GET NOOP\r\n", "GET / HTTP/1.1\r\n"]],
];

describe.each(both)("with the %s tokenizer", (_name, tokenizer) => {
  test.for(SCRIPTS)("%s: in one chunk, octet by octet, and cut once anywhere", ([, input, decide, story], { expect }) => {
    const whole = run(input, decide, SMALL, [], tokenizer).sink;
    expect(whole.story).toEqual(story);
    expect(run(input, decide, SMALL, everyOctet(input), tokenizer).sink.events).toEqual(whole.events);
    for (const cut of everyOctet(input)) expect(run(input, decide, SMALL, [cut], tokenizer).sink.events).toEqual(whole.events);
  });
});

test("random input says the same however it is split, and whichever tokenizer reads it", ({ expect }) => {
  const fragments = [
    'a|b|NOOP|x|FETCH|1:*|(|)|(|)|\\Seen| | | |\r\n|\r\n|\r\n|\n|\r|"q\\"s"|"|{|\0|\xff|0123456789',
    "{3+}\r\n|{0+}\r\n|~{9+}\r\n|{10+}\r\n|{11+}\r\n|{30+}\r\n|{3}\r\n|{12}\r\n|~{0}\r\n",
    "{4294967296+}\r\n|{99999999999}\r\n|0123456789|0123456789012345678901234567890123456789012345678901234567890123456789",
  ].flatMap((line) => line.split("|"));
  const fragment = fc.constantFrom(...fragments);
  const script = fc.array(fragment, { maxLength: 40 }).map((parts) => `a ${parts.join("")}`);
  fc.assert(
    fc.property(script, fc.array(fc.nat(), { maxLength: 12 }), fc.nat(), (text, cuts, salt) => {
      const decide = (size: number): Decision => (["inline", "stream", "refuse"] as const)[(size + salt) % 3] ?? "refuse";
      const whole = run(text, decide).sink.events;
      expect(run(text, decide, SMALL, cuts).sink.events).toEqual(whole);
      expect(run(text, decide, SMALL, everyOctet(text), reference).sink.events).toEqual(whole);
    }),
    { numRuns: 1500 },
  );
});

test("a command that came in parts has the tape of one that came whole", ({ expect }) => {
  const input = 'a LOGIN ({3+}\r\nx y "\\"" {2+}\r\n)) 17 1:*)\r\n';
  const parts = run(input, undefined, SMALL, everyOctet(input)).sink.segments[0];
  const { tape } = reference.parse(octets(input), 10, 60, -2, 0, 0);
  if (parts === undefined) throw new Error("no command");
  expect(Array.from(tapeOf(parts))).toEqual(Array.from(tape.slice(0, parts.tapeEnd - parts.tapeStart)));
  expect(idAt(tapeOf(parts), 0)).toBe(Atom.LOGIN);
});

test("what the sink is given outlives the tokenizer's tape, and other connections' commands", ({ expect }) => {
  const { sink, framer } = { sink: new RecordingSink(), framer: new Framer(wasm, SMALL) };
  for (const part of ["a NOOP\r\nb NOOP\r\nc NO", "OP\r\nd APPEND d {99}\r\n"]) framer.push(octets(part), sink);
  const before = sink.segments.map((segment) => [latin1(octetsOf(segment)), Array.from(tapeOf(segment))]);
  expect(before.map(([text]) => text)).toEqual(["a NOOP\r\n", "b NOOP\r\n", "c NOOP\r\n", "d APPEND d {99}\r\n"]);
  for (let time = 0; time < 3; time++) new Framer(wasm, LIMITS).push(octets("z UID FETCH 17 (FLAGS)\r\n".repeat(500)), new RecordingSink());
  expect(sink.segments.map((segment) => [latin1(octetsOf(segment)), Array.from(tapeOf(segment))])).toEqual(before);
});

test("commands cost no arrays of their own", ({ expect }) => {
  const chunks = ["a NOOP\r\nb UID FETCH 1 (FLAGS)\r\nc NO", "OP\r\nd NOOP\r\n"].map((text) => Uint8Array.from(octets(text)));
  const sink = new RecordingSink();
  const framer = new Framer(wasm, LIMITS);
  // So that what follows fits in one array of tapes.
  framer.push(octets(`${"a ".repeat(5000)}\r\n`), new RecordingSink());
  for (const chunk of chunks) framer.push(chunk, sink);
  const [first, second, third, fourth] = sink.segments;
  expect(sink.segments).toHaveLength(4);
  expect([first?.bytes, second?.bytes, fourth?.bytes].map((bytes) => bytes?.buffer)).toEqual([
    chunks[0]?.buffer,
    chunks[0]?.buffer,
    chunks[1]?.buffer,
  ]);
  for (const segment of [second, third, fourth]) expect(segment?.tape).toBe(first?.tape);
});

test("a few octets do not keep the large buffer that they came in", ({ expect }) => {
  const received = new Uint8Array(65_536);
  const text = "a NOOP\r\nb UID FETCH 1 (FLAGS)\r\nc NO";
  received.set(octets(text));
  const { sink } = run("");
  new Framer(wasm, LIMITS).push(received.subarray(0, text.length), sink);
  const [first, second] = sink.segments;
  expect(sink.segments).toHaveLength(2);
  expect(second?.bytes).toBe(first?.bytes);
  expect(first?.bytes.buffer.byteLength).toBe(text.length - "c NO".length);
});

test("a piece that waits for a decision holds only itself", ({ expect }) => {
  const { sink } = run("a NOOP\r\nb APPEND c {99}\r\n", undefined, LIMITS);
  const waiting = sink.segments[1];
  expect(waiting?.bytes.buffer.byteLength).toBe("b APPEND c {99}\r\n".length);
  expect(waiting?.tape.buffer.byteLength).toBe(5 * ENTRY_SIZE * 4);
});

test("streamed octets are views of the chunk, and never tokenized", ({ expect }) => {
  const counting = countingTokenizer(wasm);
  const sink = new RecordingSink(() => "stream");
  const framer = new Framer(counting, LIMITS);
  sink.framer = framer;
  framer.push(octets("a APPEND b {3000000+}\r\n"), sink);
  const afterHeader = counting.octets;
  const chunks = Array.from({ length: 30 }, () => new Uint8Array(100_000).fill(0x0a));
  for (const chunk of chunks) framer.push(chunk, sink);
  expect(counting.octets).toBe(afterHeader);
  expect(sink.chunks.map(({ buffer }) => buffer)).toEqual(chunks.map(({ buffer }) => buffer));
  framer.push(octets("\r\nb NOOP\r\n"), sink);
  expect(sink.segments.map(({ continues }) => continues)).toEqual([false, true, false]);
});

test("a piece after a streamed literal has no command id", ({ expect }) => {
  const { sink } = run("a APPEND b {11+}\r\n01234567890 NOOP NOOP\r\n", () => "stream");
  expect(sink.segments.map((segment) => idAt(tapeOf(segment), 0))).toEqual([Atom.APPEND, 0]);
  expect(sink.segments.map((segment) => idAt(tapeOf(segment), 1))).toEqual([0, Atom.NOOP]);
});

function headers(text: string): unknown {
  const { events } = run(text, () => "refuse").sink;
  return events.flatMap((event) => (event.kind === "literal" ? [event.literal] : []));
}

test("the header of a literal is told", ({ expect }) => {
  expect(headers("a {5}\r\n")).toEqual([{ size: 5, synchronizing: true, binary: false }]);
  expect(headers("a ~{4294967295+}\r\n")).toEqual([{ size: 4294967295, synchronizing: false, binary: true }]);
});

function withLiterals(count: number): string {
  return `a X${" {1}\r\nx".repeat(count)}\r\n`;
}

describe("pausing", () => {
  test("what comes meanwhile waits, and is read after the decision", ({ expect }) => {
    for (const decision of ["inline", "stream", "refuse"] as const) {
      const { sink, framer } = run("a X {5}\r\nb NOO");
      expect(framer.paused).toBe(true);
      framer.push(octets("P\r\nc NOOP\r\n"), sink);
      expect(sink.events).toHaveLength(1);
      sink.act(decision);
      expect(framer.paused).toBe(false);
      const rest = {
        inline: ["a X {5}\r\nb NOOP\r\n", "c NOOP\r\n"],
        stream: ["chunk b NOO", "end", "...P\r\n", "c NOOP\r\n"],
        refuse: ["b NOOP\r\n", "c NOOP\r\n"],
      };
      expect(sink.story.slice(1)).toEqual(rest[decision]);
    }
  });

  test("what comes meanwhile is bounded, in octets and in chunks", ({ expect }) => {
    const large = run("a X {5}\r\n");
    large.framer.push(new Uint8Array(2048), large.sink);
    expect(large.framer.paused).toBe(true);
    large.framer.push(new Uint8Array(1), large.sink);
    expect(large.sink.story.at(-1)).toBe("fatal input-overflow a");
    const many = run("a X {5}\r\n");
    for (let count = 0; count < 9; count++) many.framer.push(new Uint8Array(1), many.sink);
    expect(many.sink.story.at(-1)).toBe("fatal input-overflow a");
  });

  test("a decision that nobody asked for is refused", ({ expect }) => {
    const { sink, framer } = run("a NOOP\r\n");
    expect(() => framer.acceptInline(sink)).toThrow("no literal waits");
    expect(() => framer.acceptStream(sink)).toThrow("no literal waits");
    expect(() => framer.refuse(sink)).toThrow("no literal waits");
  });

  test("a literal that makes its command too long is not collected", ({ expect }) => {
    expect(run("a X {195}\r\n", () => "inline").sink.story).toEqual(["a X {195}\r\n literal 195", "fatal line-too-long a"]);
  });

  test("the literals that are collected with one command are counted", ({ expect }) => {
    const limits = { ...SMALL, inlineOffers: 2 };
    expect(run(withLiterals(2).repeat(3), () => "inline", limits).sink.story.filter((event) => event.endsWith("x\r\n"))).toHaveLength(3);
    expect(run(withLiterals(3), () => "inline", limits).sink.story.at(-1)).toBe("fatal line-too-long a");
  });

  test("collecting one literal after the other ends at the length of a line", ({ expect }) => {
    const { sink } = run(`a X${" {9}\r\n123456789".repeat(30)}\r\n`, () => "inline");
    expect(sink.story.at(-1)).toBe("fatal line-too-long a");
    expect(sink.events.length).toBeLessThan(16);
  });
});

test("nothing is said after a fatal event", ({ expect }) => {
  const { sink, framer } = run("\x16\x03\x01");
  framer.push(octets("a NOOP\r\n"), sink);
  expect(sink.events).toHaveLength(1);
  expect(framer.paused).toBe(false);
});

test("a throwing sink leaves the framer able to go on", ({ expect }) => {
  const framer = new Framer(wasm, SMALL);
  const sink = new RecordingSink();
  const failing = new RecordingSink();
  failing.command = () => {
    throw new Error("sink");
  };
  expect(() => framer.push(octets("a NOOP\r\n"), failing)).toThrow("sink");
  framer.push(octets("b NOOP\r\n"), sink);
  expect(sink.story).toEqual(["b NOOP\r\n"]);
});

test("limits may be raised while a line is coming", ({ expect }) => {
  const framer = new Framer(wasm, { ...SMALL, lineLength: 20 });
  const sink = new RecordingSink();
  framer.push(octets("a XXXXXXXXXX"), sink);
  framer.limits = SMALL;
  framer.push(octets("YYYYYYYYYYYYYYYYYYYY\r\n"), sink);
  expect(sink.story).toEqual(["a XXXXXXXXXXYYYYYYYYYYYYYYYYYYYY\r\n"]);
});

function endOf(text: string, decision: Decision = "later"): string {
  return run(text, () => decision).framer.endOfInput();
}

test("the end of the input is clean only between two commands", ({ expect }) => {
  expect(endOf("")).toBe("clean");
  expect(endOf("a NOOP\r\n")).toBe("clean");
  expect(endOf("a NOOP\r\nb")).toBe("mid-command");
  expect(endOf("a X {3+}\r\nx")).toBe("mid-command");
  expect(endOf("a X {3}\r\n")).toBe("mid-command");
  expect(endOf("a X {3}\r\nabc", "stream")).toBe("mid-command");
  expect(endOf("a X {3}\r\nabc\r\n", "stream")).toBe("clean");
  expect(endOf("a X {30+}\r\nabc", "refuse")).toBe("mid-command");
  expect(endOf("a X {11+}\r\n01234567890", "refuse")).toBe("mid-command");
  expect(endOf("a X {11+}\r\n01234567890\r\n", "refuse")).toBe("clean");
});

describe("work is linear in the input", () => {
  const cases: readonly (readonly [string, (units: number) => string])[] = [
    ["a long set", (units) => `a UID FETCH ${"1,".repeat(units * 10)}2\r\n`],
    ["short commands", (units) => "a NOOP\r\n".repeat(units * 2)],
    ["many literals", (units) => `a X${" {0+}\r\n".repeat(units)}\r\n`],
    ["many synchronizing literals", (units) => `a X${" {1}\r\nx".repeat(units)}\r\n`],
    ["a literal of line ends after a long line", (units) => `a ${"x ".repeat(units * 4)}{${units * 4}+}\r\n${"\n".repeat(units * 4)}\r\n`],
    ["broken lines with literals", (units) => `a )${" {1+}\r\n\n".repeat(units)}\r\n`],
    [
      "a swallowed command",
      (units) => `a X {99999}\r\n`.repeat(units) + `a X {20000+}\r\n${"\n".repeat(20000)}${"x {1+}\r\n\n".repeat(units)}\r\n`,
    ],
  ];
  const limits: FramerLimits = {
    lineLength: 1 << 20,
    inlineLiteral: 16_384,
    inlineTotal: 65_536,
    inlineOffers: 1000,
    pausedInput: 1 << 20,
    tagLength: 16,
  };

  test.for(cases)("%s, octet by octet", ([, make], { expect }) => {
    for (const units of [30, 300]) {
      const text = make(units);
      const counting = countingTokenizer(wasm);
      const { framer } = run(text, (size) => (size > 16_384 ? "refuse" : "inline"), limits, everyOctet(text), counting);
      expect(framer.endOfInput()).toBe("clean");
      // Each octet once alone when it begins a command, and once with its line.
      expect(counting.octets).toBeLessThanOrEqual(2 * text.length);
    }
  });

  test("lines longer than the tokenizer's window, in chunks of any size", ({ expect }) => {
    const line = `a UID FETCH ${"1,".repeat(140_000)}2\r\n`;
    const text = line.repeat(3);
    for (const size of [16_384, 270_000, text.length]) {
      const counting = countingTokenizer(wasm);
      const cuts = Array.from({ length: Math.floor(text.length / size) }, (_, index) => index * size);
      const { sink } = run(text, undefined, limits, cuts, counting);
      expect(sink.segments.map(({ bytes }) => bytes.length)).toEqual([line.length, line.length, line.length]);
      expect(counting.octets).toBeLessThanOrEqual(2 * text.length);
    }
  });
});

function countingTokenizer(tokenizer: Tokenizer): Tokenizer & { octets: number } {
  return {
    window: tokenizer.window,
    octets: 0,
    parse(input, ...rest) {
      this.octets += input.length;
      return tokenizer.parse(input, ...rest);
    },
  };
}

test("what is wrong with a broken command can be told", ({ expect }) => {
  const { sink } = run("a )\r\nb NOOP\r\n");
  expect(sink.segments.map((segment) => tapeErrorText(tapeOf(segment)))).toEqual(["Closing parenthesis without an opening one", undefined]);
});
