import { describe, test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { ArgumentReader } from "../../src/parser/argument-reader.ts";
import { Atom } from "../../src/parser/atom-ids.ts";
import { Framer } from "../../src/parser/framer.ts";
import { Kind } from "../../src/parser/tape.ts";
import { StatusError } from "../../src/protocol/status-error.ts";
import { RecordingSink } from "./recording-sink.ts";
import { latin1, octets, wasm } from "./tokenizers.ts";

/** A reader of the first piece of what a client sends. */
function reader(text: string, entry = 1): ArgumentReader {
  const sink = new RecordingSink();
  new Framer(wasm, LIMITS).push(octets(text), sink);
  const [segment] = sink.segments;
  if (segment === undefined) throw new Error("no command");
  return new ArgumentReader(segment, entry);
}

/** A reader of arguments, behind `a X `. */
function args(text: string): ArgumentReader {
  const read = reader(`a X ${text}\r\n`);
  read.tag();
  read.commandName();
  read.space();
  return read;
}

/** The text of the BAD that reading throws. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof StatusError && error.status === "BAD") return error.message;
    throw error;
  }
  return "accepted";
}

describe("tag and name", () => {
  test.for<[string, string, string]>([
    ["a1 NOOP\r\n", "a1", "NOOP"],
    ["A.b]-7 noop\r\n", "A.b]-7", "NOOP"],
    ["7 uid FETCH 1 X\r\n", "7", "UID FETCH"],
    ["7 UID Frobnicate\r\n", "7", "UID FROBNICATE"],
    ["1,2:3 frobnicate\r\n", "1,2:3", "FROBNICATE"],
    ["a UID\r\n", "a", "UID"],
    ["a UID (\r\n)\r\n", "a", "UID"],
  ])("of %j", ([text, tag, name], { expect }) => {
    const read = reader(text);
    expect(latin1(read.tag())).toBe(tag);
    expect(read.commandName()).toBe(name);
  });

  test.for<[string, string]>([
    ["+ NOOP\r\n", "Expected a tag, found an atom at octet 1"],
    ["a+ NOOP\r\n", "Expected a tag, found an atom at octet 1"],
    ["* NOOP\r\n", "Expected a tag, found a sequence set at octet 1"],
    ["\\a NOOP\r\n", "Expected a tag, found an atom at octet 1"],
    ['"a" NOOP\r\n', "Expected a tag, found a quoted string at octet 1"],
    [" a NOOP\r\n", "Expected a tag, found a space at octet 1"],
    ["\r\n", "Expected a tag, found the end of the command"],
    [`${"a".repeat(65)} NOOP\r\n`, "Expected a tag, found an atom at octet 1"],
    ["\x01 NOOP\r\n\r\n", "Octet that is not allowed outside of a string"],
  ])("%j has no tag", ([text, message], { expect }) => {
    // The framer ends a connection whose first octet is a control: here it is not the first.
    const read = text.startsWith("\x01") ? readerOfSecond(text) : reader(text);
    expect(refusal(() => read.tag())).toBe(message);
  });

  test.for<[string, string]>([
    ["a\r\n", "Expected a space, found the end of the command"],
    ["a  NOOP\r\n", "Expected a command name, found a space at octet 3"],
    ["a (NOOP)\r\n", "Expected a command name, found an opening parenthesis at octet 3"],
    ["a UID  FETCH\r\n", "Expected a command name, found a space at octet 7"],
    [`a ${"x".repeat(65)}\r\n`, "Expected a command name, found an atom at octet 3"],
  ])("%j has no name", ([text, message], { expect }) => {
    const read = reader(text);
    read.tag();
    expect(refusal(() => read.commandName())).toBe(message);
  });

  test("a reader may begin behind them", ({ expect }) => {
    const read = reader('a "b" c\r\n', 3);
    expect(read.position).toBe(5);
    read.space();
    expect(read.atom("c")).toBe("c");
    read.end();
  });
});

function readerOfSecond(text: string): ArgumentReader {
  const sink = new RecordingSink();
  new Framer(wasm, LIMITS).push(octets(`a NOOP\r\n${text}`), sink);
  const segment = sink.segments[1];
  if (segment === undefined) throw new Error("no command");
  return new ArgumentReader(segment);
}

describe("words and strings", () => {
  test.for<[string, string]>([
    ["INBOX", "INBOX"],
    ["123", "123"],
    ["1:2,3", "1:2,3"],
    ["a]b[c", "a]b[c"],
    ["a+b<c>d", "a+b<c>d"],
    ['""', ""],
    ['"a \\"b\\" \\\\"', 'a "b" \\'],
    ['"\xe4"', "\xe4"],
    ["{3+}\r\na\r\n", "a\r\n"],
    ["{0+}\r\n", ""],
  ])("astring %j", ([text, value], { expect }) => {
    const read = args(text);
    expect(latin1(read.astring("a name"))).toBe(value);
    read.end();
  });

  test.for<[string, string]>([
    ["a%", "Expected a name, found an atom at octet 5"],
    ["*", "Expected a name, found a sequence set at octet 5"],
    ["\\a", "Expected a name, found an atom at octet 5"],
    ["(a)", "Expected a name, found an opening parenthesis at octet 5"],
    ["~{3+}\r\nabc", "Expected a name, found a binary literal"],
    ["{3+}\r\na\0c", "Expected a name, found a literal with NUL"],
    ["{90000}", "Literal of 90000 octets is too long for a name"],
    ["{0}", "Literal of 0 octets is too long for a name"],
  ])("%j is no astring", ([text, message], { expect }) => {
    expect(refusal(() => args(text).astring("a name"))).toBe(message);
  });

  test("astring as text", ({ expect }) => {
    expect(args('"\xc3\xa4"').astringText("a name")).toBe("\u00e4");
    expect(args('"\xc3\xa4"').astringText("a name", "latin1")).toBe("\u00c3\u00a4");
    expect(refusal(() => args('"\xc3"').astringText("a name"))).toBe("Expected a name in UTF-8");
  });

  test("atom and keyword", ({ expect }) => {
    expect(args("+Flags.Silent").atom("an item")).toBe("+Flags.Silent");
    expect(args("12").atom("an item")).toBe("12");
    expect(args("all").keyword("a key")).toBe("ALL");
    for (const text of ["a%b", "a*", "a]", "\\a"]) expect(refusal(() => args(text).atom("an item"))).toMatch(/^Expected an item, found a/);
    expect(refusal(() => args("x".repeat(65)).keyword("a key"))).toBe("Expected a key, found an atom at octet 5");
    expect(refusal(() => args('"x"').atom("an item"))).toBe("Expected an item, found a quoted string at octet 5");
  });

  test("atom ids", ({ expect }) => {
    const read = args("Unseen frob 12");
    expect(read.peekAtomId()).toBe(Atom.UNSEEN);
    expect(read.peekKind()).toBe(Kind.atom);
    expect(read.atomId("a key")).toBe(Atom.UNSEEN);
    expect(read.peekAtomId()).toBe(Atom.UNKNOWN);
    expect(read.peekKind()).toBe(0);
    read.space();
    expect(read.atomId("a key")).toBe(Atom.UNKNOWN);
    read.space();
    expect(refusal(() => read.atomId("a key"))).toBe("Expected a key, found a number at octet 17");
  });

  test("string and nstring", ({ expect }) => {
    expect(latin1(args('"nil"').nstring("a value") ?? octets("?"))).toBe("nil");
    expect(args("Nil").nstring("a value")).toBeUndefined();
    expect(refusal(() => args("x").nstring("a value"))).toBe("Expected a value, found an atom at octet 5");
    expect(refusal(() => args("x").string("a value"))).toBe("Expected a value, found an atom at octet 5");
    const read = args("NIL");
    expect(read.tryNil()).toBe(true);
    expect(read.tryNil()).toBe(false);
  });

  test("list-mailbox", ({ expect }) => {
    for (const text of ["*", "%", "a/%", "1:*", "12", "a]"]) {
      const read = args(text);
      expect(latin1(read.listMailbox("a pattern"))).toBe(text);
      read.end();
    }
    expect(latin1(args('"* \\\\"').listMailbox("a pattern"))).toBe("* \\");
    expect(latin1(args("{2+}\r\n*%").listMailbox("a pattern"))).toBe("*%");
    expect(refusal(() => args("a\\").listMailbox("a pattern"))).toBe("Expected a pattern, found an atom at octet 5");
  });
});

describe("numbers", () => {
  test("number and nz-number", ({ expect }) => {
    expect(args("0").number("a size")).toBe(0);
    expect(args("4294967295").number("a size")).toBe(4294967295);
    expect(args("1").nzNumber("a size")).toBe(1);
    expect(refusal(() => args("0").nzNumber("a size"))).toBe("Expected a size, found 0");
    for (const text of ["4294967296", "1:2", "-1", "x", '"1"'])
      expect(refusal(() => args(text).number("a size"))).toMatch(/^Expected a size, found/);
  });

  test("number64", ({ expect }) => {
    expect(args("7").number64("a size")).toBe(7);
    expect(args("4294967296").number64("a size")).toBe(4294967296);
    expect(args("000000000000000000004294967296").number64("a size")).toBe(4294967296);
    expect(args("9223372036854775807").number64("a size")).toBe(Number.MAX_SAFE_INTEGER);
    for (const text of ["9223372036854775808", "10000000000000000000", "42949672967x", "1,2", "*"]) {
      expect(refusal(() => args(text).number64("a size"))).toMatch(/^Expected a size, found/);
    }
  });

  test("sequence sets", ({ expect }) => {
    for (const text of ["1", "1:*", "*", "$", "4,3:2"]) expect(latin1(args(text).sequenceSetText("a set"))).toBe(text);
    for (const text of ["x", "$1", '"1"', "(1)"])
      expect(refusal(() => args(text).sequenceSetText("a set"))).toMatch(/^Expected a set, found/);
  });
});

describe("flags", () => {
  test("known ones in their usual spelling, others as they are", ({ expect }) => {
    expect(args("\\SEEN").flag()).toBe("\\Seen");
    expect(args("\\Foo").flag()).toBe("\\Foo");
    expect(args("$FORWARDED").flag()).toBe("$FORWARDED");
    expect(args("7").flag()).toBe("7");
    for (const text of ["\\*", "\\", "a]", "a*", "\\a\\b", '"a"'])
      expect(refusal(() => args(text).flag())).toMatch(/^Expected a flag, found/);
  });

  test("lists, with and without parentheses", ({ expect }) => {
    expect(args("()").flagList()).toEqual([]);
    expect(args("(\\Seen x)").flagList()).toEqual(["\\Seen", "x"]);
    const bare = args("\\Seen x ");
    expect(bare.flagList()).toEqual(["\\Seen", "x"]);
    bare.end();
    expect(refusal(() => args("(\\Seen  x)").flagList())).toMatch(/found a space/);
    expect(refusal(() => args("(\\Seen (x))").flagList())).toMatch(/^Expected a flag, found an opening/);
    expect(refusal(() => args(`(${"x ".repeat(LIMITS.flagsPerCommand)}x)`).flagList())).toBe(`More than ${LIMITS.flagsPerCommand} flags`);
  });
});

describe("dates", () => {
  test("date", ({ expect }) => {
    expect(args("1-Jan-1970").date()).toBe(0);
    expect(args('"01-feb-1970"').date()).toBe(31);
    expect(refusal(() => args("32-Jan-2024").date())).toBe("Expected a date such as 1-Feb-2024");
    expect(refusal(() => args("()").date())).toBe("Expected a date, found an opening parenthesis at octet 5");
  });

  test("date-time", ({ expect }) => {
    expect(args('" 2-Jan-1970 00:00:01 +0100"').dateTime()).toEqual({ seconds: 86_400 + 1 - 3600, zone: 60 });
    expect(refusal(() => args('"2-Jan-1970"').dateTime())).toMatch(/^Expected a date and time such as/);
    expect(refusal(() => args("x").dateTime())).toBe("Expected a date and time, found an atom at octet 5");
  });
});

describe("spaces, parentheses and the end", () => {
  test("one space between two arguments, and one before the end", ({ expect }) => {
    const read = args("a b ");
    read.atom("a");
    read.space();
    read.atom("b");
    expect(read.trySpace()).toBe(false);
    expect(read.atEnd).toBe(true);
    read.end();
  });

  test.for<[string, string]>([
    ["a  b", "Expected b, found a space at octet 7"],
    ['a"b"', "Expected a space, found a quoted string at octet 6"],
    ["a(b)", "Expected a space, found an opening parenthesis at octet 6"],
    ["a", "Expected a space, found the end of the command"],
    ["a ", "Expected a space, found the end of the command"],
    ["a b  ", "Expected the end of the command, found spaces"],
    ["a b c", "Expected the end of the command, found a space at octet 8"],
    ["a b(", "Closing parenthesis is missing"],
    ["a b(c", "Expected a closing parenthesis, found an atom at octet 9"],
    ["a \x01", "Octet that is not allowed outside of a string"],
    ["a{3+}\r\nabc", "Expected a space, found a literal at octet 6"],
  ])("%j", ([text, message], { expect }) => {
    const read = args(text);
    const all = (): void => {
      read.atom("a");
      read.space();
      read.astring("b");
      if (read.tryOpen()) read.close();
      read.end();
    };
    expect(refusal(all)).toBe(message);
  });

  test("parentheses", ({ expect }) => {
    const read = args("(a (b))");
    expect(read.tryClose()).toBe(false);
    expect(read.tryOpen()).toBe(true);
    read.atom("a");
    expect(refusal(() => read.close())).toBe("Expected a closing parenthesis, found a space at octet 7");
    read.space();
    read.open("a list");
    read.atom("b");
    expect(read.trySpace()).toBe(false);
    read.close();
    read.close();
    read.end();
    expect(refusal(() => args("x").open("a list"))).toBe("Expected a list, found an atom at octet 5");
  });

  test("octets between two positions", ({ expect }) => {
    const read = args('"a b" (c)');
    const start = read.position;
    read.string("a");
    read.space();
    read.open();
    read.atom("c");
    read.close();
    expect(latin1(read.rawSlice(start, read.position))).toBe('"a b" (c)');
  });
});

describe("literals", () => {
  test("one that is streamed ends its piece", ({ expect }) => {
    const read = args("box (\\Seen) {90000+}");
    read.astring("mailbox");
    read.space();
    read.flagList();
    read.space();
    expect(read.literalHeader()).toEqual({ size: 90000, synchronizing: false, binary: false, data: undefined });
    expect(read.atEnd).toBe(true);
  });

  test("one that was collected has its octets, binary or not", ({ expect }) => {
    const read = args("~{3+}\r\na\0b");
    expect(read.literal()).toEqual({ size: 3, synchronizing: false, binary: true, data: octets("a\0b") });
    read.end();
    expect(args("{0+}\r\n").literal().data).toEqual(octets(""));
    expect(refusal(() => args("x").literal("a message"))).toBe("Expected a message, found an atom at octet 5");
  });

  test("the space before it may be missing behind a list or a date (emailjs)", ({ expect }) => {
    for (const text of ["(){3+}\r\nabc", '"d"{3+}\r\nabc']) {
      const read = args(text);
      if (read.tryOpen()) read.close();
      else read.string("a date");
      read.space();
      expect(read.literal().size).toBe(3);
      read.end();
    }
  });

  test("the piece behind it begins with a space or ends at once", ({ expect }) => {
    const sink = new RecordingSink(() => "stream");
    const framer = new Framer(wasm, { ...LIMITS, inlineLiteral: 2 });
    sink.framer = framer;
    framer.push(octets("a APPEND b {3+}\r\nxyz (\\Seen) {3+}\r\nxyz\r\n"), sink);
    const [, second, third] = sink.segments.map((segment) => new ArgumentReader(segment));
    second?.space();
    expect(second?.flagList()).toEqual(["\\Seen"]);
    second?.space();
    expect(second?.literalHeader().size).toBe(3);
    expect(third?.atEnd).toBe(true);
    third?.end();
  });
});
