import * as fc from "fast-check";

import { COMMAND_ENTRIES, DEPTH_NEW, DEPTH_POISONED } from "../../src/parser/tape.ts";
import type { CallCase, SplitCase } from "./differential.ts";
import { octets } from "./tokenizers.ts";

/** Pieces of IMAP, whole and broken, separated by bars. */
const FRAGMENTS = [
  "a|b|NOOP|uid|fetch|BODY.PEEK[HEADER.FIELDS|\\Seen|$Junk|1:*,5|4294967295|4294967296|~|*|%|+|DONE",
  ' | | | |(|)|\r\n|\r\n|\r\n|\r|\n|"|\\|{|}|~|\0|\x7f|\x80|\xb2|\xff|"abc"|"a\\"b\\\\"|"\xe4"',
  "{3}\r\n|{3+}\r\n|~{2+}\r\n|{0+}\n|{40+}\r\n| {9+}\r\n|{4294967296+}\r\n|{00000000001+}\r\n",
  "xxxxxxxxxxxxxxxxxxxxxxxxx|abcdefghijklmnop|1,2:3,1,2:3,1,2:3,1,2:3|11111111111111111111",
].flatMap((line) => line.split("|"));

/** Any octets. */
const anyOctets = fc.uint8Array({ maxLength: 64 });

/** Octets that repeat: what code that looks at sixteen at a time sees as its edges. */
const runs = fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 40 })), { maxLength: 8 }).map((parts) => {
  const out = new Uint8Array(parts.reduce((length, [, count]) => length + count, 0));
  let at = 0;
  for (const [octet, count] of parts) {
    out.fill(octet, at, at + count);
    at += count;
  }
  return out;
});

/** Strings, sets and atoms that are long enough for all that is done for long ones, now and then with something else in them. */
const RUN_PIECES = 'text of a string| |"|"|\\\\|\\"|\\x|\xe4|\xff|1|23,|4:5,|*|%|x|ATOM|(|)|{|~|\r\n|\0'.split("|");
const longRuns = fc
  .array(fc.tuple(fc.constantFrom(...RUN_PIECES), fc.constantFrom(1, 1, 2, 7, 20, 50)), { maxLength: 12 })
  .map((parts) => octets(parts.map(([piece, count]) => piece.repeat(count)).join("")));

const fragments = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 20 }).map((parts) => octets(parts.join("")));

const ARGUMENTS =
  'INBOX|1:*|17|4294967295|1,2:3,7:*|FLAGS|(UID FLAGS)|(\\Seen $Junk)|BODY[HEADER.FIELDS (From To)]<0.5>|"a b"|"\\"\\\\"|""|"' +
  'long quoted string of more than thirty-two octets"|{3+}\r\n)\r\n|~{4+}\r\n\0\r\n\0|{0+}\r\n|{2}\r\nxy|{101+}\r\n|NIL|%|*|((()))|1-Feb-2024|+FLAGS.SILENT';
const argument = fc.constantFrom(...ARGUMENTS.split("|"));
const command = fc
  .tuple(
    fc.constantFrom("a", "A0001", "*", "tag.of.more.than.sixteen.octets"),
    fc.constantFrom("NOOP", "UID FETCH", "select", "UID STORE", "LOGIN", "APPEND", "X"),
    fc.array(argument, { maxLength: 5 }),
    fc.constantFrom("\r\n", "\r\n", "\r\n", "\n", " \r\n"),
  )
  .map(([tag, name, rest, end]) => `${[tag, name, ...rest].join(" ")}${end}`);
/** Commands that are right, of which some have one octet changed. */
const commands = fc
  .tuple(fc.array(command, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.nat(), fc.integer({ min: 0, max: 255 }))
  .map(([lines, change, at, octet]) => {
    const input = octets(lines.join(""));
    if (change) input[at % input.length] = octet;
    return input;
  });

const state = fc.record({
  inlineMax: fc.constantFrom(0, 4, 50),
  inlineTotal: fc.constantFrom(0, 30, 1000),
  depth: fc.constantFrom(DEPTH_NEW, DEPTH_NEW, DEPTH_POISONED, 0, 2),
  used: fc.nat(40),
  entries: fc.constantFrom(0, 3, COMMAND_ENTRIES - 1, COMMAND_ENTRIES),
});

function callOf(inputs: fc.Arbitrary<Uint8Array>): fc.Arbitrary<CallCase> {
  return fc.tuple(inputs, state).map(([input, { inlineMax, inlineTotal, depth, used, entries }]) => {
    const fresh = depth === DEPTH_NEW;
    return { kind: "call", input, inlineMax, inlineTotal, depth, used: fresh ? 0 : used, entries: fresh ? 0 : entries };
  });
}

function splitOf(inputs: fc.Arbitrary<Uint8Array>): fc.Arbitrary<SplitCase> {
  return fc.tuple(inputs, fc.array(fc.nat(), { maxLength: 12 }), fc.nat({ max: 2 })).map(([input, cuts, salt]) => ({
    kind: "split",
    input,
    cuts: cuts.map((cut) => cut % (input.length + 1)).sort((a, b) => a - b),
    salt,
  }));
}

/** The levels of the differential fuzzing, by name. */
export const LEVELS: ReadonlyMap<string, fc.Arbitrary<CallCase | SplitCase>> = new Map<string, fc.Arbitrary<CallCase | SplitCase>>([
  ["octets", callOf(anyOctets)],
  ["runs", callOf(runs)],
  ["long runs", callOf(longRuns)],
  ["fragments", callOf(fragments)],
  ["commands", callOf(commands)],
  ["split octets", splitOf(anyOctets)],
  ["split fragments", splitOf(fragments)],
  ["split commands", splitOf(commands)],
]);
