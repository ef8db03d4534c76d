import * as fc from "fast-check";
import { describe, test } from "vitest";

import { COMMAND_ENTRIES, DEPTH_NEW, DEPTH_POISONED, Kind, kindAt, Status, TAPE_ENTRIES, tapeErrorText } from "../../src/parser/tape.ts";
import { both, INLINE_MAX, INLINE_TOTAL, octets, reference, snapshot, tokenize, wasm, words } from "./tokenizers.ts";

const GOLDEN: readonly (readonly [name: string, input: string, tape: readonly string[]])[] = [
  ["a command", "a1 NOOP\r\n", ["command 0-9 (3) =NOOP", "atom a1", "_atom NOOP =NOOP"]],
  ["the case of a name does not matter", "a noOP\r\n", ["command 0-8 (3) =NOOP", "atom a", "_atom noOP =NOOP"]],
  ["an empty line", "\r\n", ["command 0-2 (1)"]],
  ["a lone word keeps its id", "DONE\r\n", ["command 0-6 (2)", "atom DONE =DONE"]],
  ["base64 is one atom", "AGEAYg+/==\r\n", ["command 0-12 (2)", "atom AGEAYg+/== +odd"]],
  ["the tag has no id", "noop noop\r\n", ["command 0-11 (3) =NOOP", "atom noop", "_atom noop =NOOP"]],
  [
    "numbers, up to 32 bits",
    "1 0 4294967295 4294967296 007\r\n",
    ["command 0-31 (6)", "number 1 (1)", "_number 0 (0)", "_number 4294967295 (4294967295)", "_atom 4294967296", "_number 007 (7)"],
  ],
  [
    "sets",
    "a 1:2 * 1,2:* , : 1:2x 1x *x\r\n",
    [
      "command 0-30 (10)",
      "atom a",
      "_set 1:2",
      "_set * +odd",
      "_set 1,2:* +odd",
      "_set ,",
      "_set :",
      "_atom 1:2x",
      "_atom 1x",
      "_atom *x +odd",
    ],
  ],
  [
    "odd characters",
    "a %x \\Seen BODY[1]<0.5> +F a=b ~ a~\r\n",
    [
      "command 0-37 (9)",
      "atom a",
      "_atom %x +odd",
      "_atom \\Seen +odd =\\Seen",
      "_atom BODY[1]<0.5> +odd",
      "_atom +F +odd",
      "_atom a=b",
      "_atom ~",
      "_atom a~",
    ],
  ],
  [
    "parentheses",
    "a (b (c)) ()\r\n",
    ["command 0-14 (10)", "atom a", "_open (", "atom b", "_open (", "atom c", "close )", "close )", "_open (", "close )"],
  ],
  ["a section", "a X[Y (Z)]<1>\r\n", ["command 0-15 (7)", "atom a", "_atom X[Y +odd", "_open (", "atom Z", "close )", "atom ]<1> +odd"]],
  ["quoted strings", 'a "" "b c" "\\"\\\\"\r\n', ["command 0-19 (5)", "atom a", "_quoted ", "_quoted b c", '_quoted \\"\\\\ +escape']],
  [
    "a quoted string with controls and octets beyond ASCII",
    'a "\t\x01" "\x80"\r\n',
    ["command 0-12 (4)", "atom a", "_quoted \t\x01", "_quoted \x80 +eightBit"],
  ],
  ["strings side by side", 'a"b"c\r\n', ["command 0-7 (4)", "atom a", "quoted b", "atom c"]],
  ["spaces", "  a   b  \r\n", ["command 0-11 (3)", "_atom a", "_atom b"]],
  ["a bare LF", "a b\n", ["command 0-4 (3) +bareLineFeed", "atom a", "_atom b"]],
  ["an inline literal", "a {3+}\r\nx\n( b\r\n", ["command 0-15 (4)", "atom a", "_literal x\n( (3) +nonSynchronizing", "_atom b"]],
  ["an empty inline literal", "a {0+}\r\n\r\n", ["command 0-10 (3)", "atom a", "_literal  (0) +nonSynchronizing"]],
  ["a literal8 with NUL", "a ~{2+}\r\n\0\r\r\n", ["command 0-13 (3)", "atom a", "_literal \0\r (2) +nonSynchronizing +binary"]],
  ["a literal after LF alone", "a {1+}\nx\r\n", ["command 0-10 (3) +bareLineFeed", "atom a", "_literal x (1) +nonSynchronizing"]],
  ["a synchronizing literal", "a {3}\r\n", ["command 0-7 (3)", "atom a", "_literal  (3)"]],
  ["a synchronizing literal8", "a ~{3}\r\n", ["command 0-8 (3)", "atom a", "_literal  (3) +binary"]],
  ["a long literal", "a {101+}\r\n", ["command 0-10 (3)", "atom a", "_literal  (101) +nonSynchronizing"]],
  ["a literal without a space before", "a (){3}\r\n", ["command 0-9 (5)", "atom a", "_open (", "close )", "literal  (3)"]],
  [
    "an atom of 16 octets",
    "a AnnotationChange\r\n",
    ["command 0-20 (3) =ANNOTATIONCHANGE", "atom a", "_atom AnnotationChange =ANNOTATIONCHANGE"],
  ],
  ["an atom of 17 octets", "a AnnotationChangeX\r\n", ["command 0-21 (3)", "atom a", "_atom AnnotationChangeX"]],
  [
    "a long atom with an odd character at its end",
    `a ${"x".repeat(40)}%\r\n`,
    ["command 0-45 (3)", "atom a", `_atom ${"x".repeat(40)}% +odd`],
  ],
  ["a tag as a literal", "{1+}\r\na NOOP\r\n", ["command 0-14 (3)", "literal a (1) +nonSynchronizing", "_atom NOOP =NOOP"]],
  ["two commands", "a b\r\nc d\r\n", ["command 0-5 (3)", "atom a", "_atom b", "command 5-10 (3)", "atom c", "_atom d"]],
  ["closing too much", "a )b\r\n", ["command 0-6 (3) +error", "atom a", "error  =unmatchedClose"]],
  ["closing too little", "a (b\r\n", ["command 0-6 (5) +error", "atom a", "_open (", "atom b", "error  =missingClose"]],
  ["a bad escape", 'a "\\n"\r\n', ["command 0-8 (3) +error", "atom a", "error  =badEscape"]],
  ["an open quote", 'a "b\r\n', ["command 0-6 (3) +error", "atom a", "error  =controlInQuoted"]],
  ["NUL in a quoted string", 'a "\0"\r\n', ["command 0-7 (3) +error", "atom a", "error  =controlInQuoted"]],
  ["no literal", "a {x}\r\n", ["command 0-7 (3) +error", "atom a", "error  =literalHeader"]],
  ["a literal in the middle", "a {3} b\r\n", ["command 0-9 (3) +error", "atom a", "error  =literalHeader"]],
  [
    "a synchronizing literal beyond 32 bits",
    "a {4294967296}\r\nb c\r\n",
    ["command 0-16 (3) +error", "atom a", "error  =literalHeader", "command 16-21 (3)", "atom b", "_atom c"],
  ],
  ["CR without LF", "a\rb\r\n", ["command 0-5 (3) +error", "atom a", "error  =bareCarriageReturn"]],
  ["an octet beyond ASCII", "a \xe4\r\n", ["command 0-5 (3) +error", "atom a", "error  =illegalOctet"]],
  ["a control", "a b\x01c\r\n", ["command 0-7 (4) +error", "atom a", "_atom b", "error  =illegalOctet"]],
  ["DEL", "a \x7f\r\n", ["command 0-5 (3) +error", "atom a", "error  =illegalOctet"]],
  [
    "a literal at the end of a broken line belongs to its command (RFC 7888)",
    "a \x01 {7+}\r\nb BAD\r\n end\r\nc NOOP\r\n",
    ["command 0-23 (3) +error", "atom a", "error  =illegalOctet", "command 23-31 (3) =NOOP", "atom c", "_atom NOOP =NOOP"],
  ],
  [
    "a synchronizing literal at the end of a broken line is never sent",
    "a \x01 {7}\r\nb NOOP\r\n",
    ["command 0-9 (3) +error", "atom a", "error  =illegalOctet", "command 9-17 (3) =NOOP", "atom b", "_atom NOOP =NOOP"],
  ],
  [
    "a broken line after an inline literal does not look into it",
    "a {4+}\r\n{1+}\x01\r\nb c\r\n",
    [
      "command 0-15 (4) +error",
      "atom a",
      "_literal {1+} (4) +nonSynchronizing",
      "error  =illegalOctet",
      "command 15-20 (3)",
      "atom b",
      "_atom c",
    ],
  ],
];

describe.each(both)("%s", (_name, tokenizer) => {
  test.for(GOLDEN)("%s", ([, input, tape], { expect }) => {
    expect(tokenize(tokenizer, input)).toEqual(tape);
  });

  test("an incomplete command is left, whole", ({ expect }) => {
    const result = tokenizer.parse(octets("a NOOP\r\nb LOGIN ("), INLINE_MAX, INLINE_TOTAL, DEPTH_NEW, 0, 0);
    expect(snapshot(result)).toMatchObject({
      status: Status.done,
      consumed: 8,
      commands: 1,
      entries: 3,
      open: 3,
      resume: 8,
      depth: DEPTH_NEW,
    });
  });

  test.for(["a", "a ", 'a "x', "a {3", "a {3}", "a {3}\r", "a\r", "a (", "a \x01", "a {3+}\r"])(
    "nothing is kept of %j",
    (input, { expect }) => {
      const result = tokenizer.parse(octets(input), INLINE_MAX, INLINE_TOTAL, DEPTH_NEW, 0, 0);
      expect(snapshot(result)).toMatchObject({ status: Status.done, consumed: 0, commands: 0, entries: 0, resume: 0, depth: DEPTH_NEW });
    },
  );

  test("what stands before an inline literal is kept, also while the literal is awaited", ({ expect }) => {
    const input = octets("a (b {5+}\r\nxy");
    const result = tokenizer.parse(input, INLINE_MAX, INLINE_TOTAL, DEPTH_NEW, 0, 0);
    expect(result).toMatchObject({ status: Status.done, consumed: 0, commands: 0, entries: 5, open: 0, resume: 16, depth: 1 });
    expect(words(result.tape, octets("a (b {5+}\r\nxyz12"), 0, 5)).toEqual([
      "command 0-16 (5)",
      "atom a",
      "_open (",
      "atom b",
      "_literal xyz12 (5) +nonSynchronizing",
    ]);
  });

  test("a resumed command counts offsets, parentheses and entries from where it was", ({ expect }) => {
    const result = tokenizer.parse(octets(" c) d\r\n"), INLINE_MAX, INLINE_TOTAL, 1, 16, 5);
    expect(Array.from(result.tape.subarray(4, 8))).toEqual([Kind.atom | (1 << 8), 17, 18, 0]);
    expect(snapshot(result)).toMatchObject({ commands: 1, consumed: 7, entries: 4 });
    const unmatched = tokenizer.parse(octets(" )\r\n"), INLINE_MAX, INLINE_TOTAL, 0, 16, 5);
    expect(kindAt(unmatched.tape, 1)).toBe(Kind.error);
  });

  test("stops at a synchronizing literal, and at a long one", ({ expect }) => {
    const sync = tokenizer.parse(octets("a (b ~{5}\r\nrest"), INLINE_MAX, INLINE_TOTAL, DEPTH_NEW, 0, 0);
    expect(snapshot(sync)).toMatchObject({
      status: Status.syncLiteral,
      consumed: 11,
      literalSize: 5,
      literalFlags: 64,
      depth: 1,
      commands: 0,
      open: 0,
    });
    const long = tokenizer.parse(octets("x y\r\na (b {4294967295+}\r\nrest"), INLINE_MAX, INLINE_TOTAL, DEPTH_NEW, 0, 0);
    expect(snapshot(long)).toMatchObject({
      status: Status.streamLiteral,
      consumed: 25,
      literalSize: 4294967295,
      literalFlags: 32,
      depth: 1,
      commands: 1,
      open: 3,
    });
  });

  test("stops at a short literal that reaches beyond what a command may collect", ({ expect }) => {
    const fits = tokenizer.parse(octets("a {3+}\r\nxyz\r\n"), 3, 11, DEPTH_NEW, 0, 0);
    expect(fits.commands).toBe(1);
    const beyond = tokenizer.parse(octets("a {3+}\r\nxyz\r\n"), 3, 10, DEPTH_NEW, 0, 0);
    expect(snapshot(beyond)).toMatchObject({ status: Status.streamLiteral, consumed: 8, literalSize: 3 });
    const used = tokenizer.parse(octets("a {3+}\r\nxyz\r\n"), 3, 20, 0, 10, 3);
    expect(used.status).toBe(Status.streamLiteral);
  });

  test.for([
    "a {4294967296+}\r\n",
    "a {00000000003+}\r\n",
    "a {99999999999999999999999+}\r\n",
    "a \x01 {4294967296+}\r\n",
    "a \x01 {00000000003+}\r\n",
  ])("%j cannot be skipped", (input, { expect }) => {
    expect(tokenizer.parse(octets(input), INLINE_MAX, INLINE_TOTAL, DEPTH_NEW, 0, 0).status).toBe(Status.literalTooLarge);
  });

  test("a long literal of a broken command is told as such", ({ expect }) => {
    const result = tokenizer.parse(octets("a \x01 {500+}\r\n"), INLINE_MAX, INLINE_TOTAL, DEPTH_NEW, 0, 0);
    expect(snapshot(result)).toMatchObject({
      status: Status.streamLiteral,
      literalSize: 500,
      depth: DEPTH_POISONED,
      consumed: 12,
      entries: 3,
    });
  });

  test("the rest of a broken command is an error and nothing else", ({ expect }) => {
    const result = tokenizer.parse(octets("b c {2+}\r\nxy d\r\ne f\r\n"), INLINE_MAX, INLINE_TOTAL, DEPTH_POISONED, 20, 3);
    expect(result).toMatchObject({ status: Status.done, commands: 2, consumed: 21 });
    expect(kindAt(result.tape, 1)).toBe(Kind.error);
    expect(tapeErrorText(result.tape.slice(0, 8))).toBe("Rest of a command that could not be read");
  });

  test("a command's entries are bounded", ({ expect }) => {
    const fits = tokenizer.parse(octets(`${"a ".repeat(COMMAND_ENTRIES - 1)}\r\n`), 0, 0, DEPTH_NEW, 0, 0);
    expect(fits).toMatchObject({ commands: 1, entries: COMMAND_ENTRIES });
    expect(tapeErrorText(fits.tape.slice(0, fits.entries * 4))).toBeUndefined();
    const beyond = tokenizer.parse(octets(`${"a ".repeat(COMMAND_ENTRIES)}\r\n`), 0, 0, DEPTH_NEW, 0, 0);
    expect(beyond).toMatchObject({ commands: 1, entries: COMMAND_ENTRIES + 1 });
    expect(tapeErrorText(beyond.tape.slice(0, beyond.entries * 4))).toBe("Too many tokens in one command");
    const resumed = tokenizer.parse(octets("a b c\r\n"), 0, 0, 0, 0, COMMAND_ENTRIES - 2);
    expect(kindAt(resumed.tape, 3)).toBe(Kind.error);
  });

  test("a full tape ends between two commands", ({ expect }) => {
    const line = `${"(".repeat(999)}${")".repeat(999)}\r\n`;
    const input = octets(line.repeat(50));
    const result = tokenizer.parse(input, 0, 0, DEPTH_NEW, 0, 0);
    expect(result.status).toBe(Status.tapeFull);
    expect(result.consumed).toBe(result.commands * line.length);
    expect(result.entries).toBeLessThanOrEqual(TAPE_ENTRIES);
    expect(result.commands).toBeGreaterThan(0);
    const rest = tokenizer.parse(input.subarray(result.consumed), 0, 0, DEPTH_NEW, 0, 0);
    expect(rest.commands + result.commands).toBeLessThanOrEqual(50);
  });
});

/** Separated by bars. */
const FRAGMENTS = [
  "a|b|NOOP|uid|fetch|BODY.PEEK[HEADER.FIELDS|\\Seen|$Junk|1:*,5|4294967295|4294967296|~|*|%|+|DONE",
  ' | | | |(|)|\r\n|\r\n|\r\n|\r|\n|"|\\|{|}|~|\0|\x7f|\x80|\xb2|\xff|"abc"|"a\\"b\\\\"|"\xe4"',
  "{3}\r\n|{3+}\r\n|~{2+}\r\n|{0+}\n|{40+}\r\n| {9+}\r\n|{4294967296+}\r\n|{00000000001+}\r\n",
  "xxxxxxxxxxxxxxxxxxxxxxxxx|abcdefghijklmnop|1,2:3,1,2:3,1,2:3,1,2:3|11111111111111111111",
].flatMap((line) => line.split("|"));
const grammatical = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 20 }).map((fragments) => octets(fragments.join("")));
const bytewise = fc.uint8Array({ maxLength: 64 });
const state = fc.record({
  inlineMax: fc.constantFrom(0, 4, 50),
  inlineTotal: fc.constantFrom(0, 30, 1000),
  depth: fc.constantFrom(DEPTH_NEW, DEPTH_NEW, DEPTH_POISONED, 0, 2),
  used: fc.nat(40),
  entries: fc.constantFrom(0, 3, COMMAND_ENTRIES - 1, COMMAND_ENTRIES),
});

test.for([
  ["octets", bytewise],
  ["fragments", grammatical],
] as const)("both tokenizers say the same of random %s", ([, inputs], { expect }) => {
  fc.assert(
    fc.property(inputs, state, (input, { inlineMax, inlineTotal, depth, used, entries }) => {
      const before = depth === DEPTH_NEW ? ([0, 0] as const) : ([used, entries] as const);
      const expected = snapshot(reference.parse(input, inlineMax, inlineTotal, depth, ...before));
      expect(snapshot(wasm.parse(input, inlineMax, inlineTotal, depth, ...before))).toEqual(expected);
    }),
    { numRuns: 3000 },
  );
});

test("entries of a call lie one command after the other and inside of them", ({ expect }) => {
  fc.assert(
    fc.property(grammatical, (input) => {
      const { tape, entries, commands, consumed, open } = wasm.parse(input, INLINE_MAX, INLINE_TOTAL, DEPTH_NEW, 0, 0);
      let entry = 0;
      let end = 0;
      for (let index = 0; index < commands; index++) {
        expect(kindAt(tape, entry)).toBe(Kind.command);
        expect(tape[entry * 4 + 1]).toBe(end);
        end = tape[entry * 4 + 2] ?? 0;
        entry += tape[entry * 4 + 3] ?? 1;
        expect(input[end - 1]).toBe(0x0a);
      }
      expect(entry).toBe(entries === open ? entries : open);
      expect(consumed).toBeGreaterThanOrEqual(end);
      expect(consumed).toBeLessThanOrEqual(input.length);
    }),
    { numRuns: 1000 },
  );
});
