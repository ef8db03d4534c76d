import { test } from "vitest";

import type { ImapValue } from "./support/imap-value.ts";
import { envelopeOf } from "./support/message.ts";

function addresses(value: string): ImapValue | undefined {
  return envelopeOf(`To: ${value}`)[5];
}

const CASES: readonly [string, ImapValue][] = [
  ["a@b.example", [[null, null, "a", "b.example"]]],
  [
    "Ada <a@b>, <c@d>",
    [
      ["Ada", null, "a", "b"],
      [null, null, "c", "d"],
    ],
  ],
  ['"Last, \\"First\\"" <a@b>', [['Last, "First"', null, "a", "b"]]],
  ["a@b (The Name)", [["The Name", null, "a", "b"]]],
  ["a @ b . c", [[null, null, "a", "b.c"]]],
  ['"a b"@c', [[null, null, "a b", "c"]]],
  ["a@[192.0.2.1]", [[null, null, "a", "[192.0.2.1]"]]],
  ["<@r1,@r2:a@b>", [[null, "@r1,@r2", "a", "b"]]],
  [
    "Group: a@b, C <c@d>;, e@f",
    [
      [null, null, "Group", null],
      [null, null, "a", "b"],
      ["C", null, "c", "d"],
      [null, null, null, null],
      [null, null, "e", "f"],
    ],
  ],
  [
    "undisclosed-recipients:;",
    [
      [null, null, "undisclosed-recipients", null],
      [null, null, null, null],
    ],
  ],
  ["=?utf-8?q?=C3=BC?= <a@b>", [["=?utf-8?q?=C3=BC?=", null, "a", "b"]]],
  ["J\xfcrgen <j@b>", [["J\xfcrgen", null, "j", "b"]]],
  ["a..b.@c", [[null, null, "a..b.", "c"]]],
  ["alone", [[null, null, "alone", "MISSING_DOMAIN"]]],
  ["just a name", [["just a name", null, "MISSING_MAILBOX", "MISSING_DOMAIN"]]],
  ['Ada B "never closed <a@b>', [["Ada B", null, "MISSING_MAILBOX", "MISSING_DOMAIN"]]],
  ["a@b (never closed", [[null, null, "a", "MISSING_DOMAIN"]]],
  ["<>", [[null, null, "MISSING_MAILBOX", "MISSING_DOMAIN"]]],
  [
    "a@b,,c@d",
    [
      [null, null, "a", "b"],
      [null, null, "MISSING_MAILBOX", "MISSING_DOMAIN"],
      [null, null, "c", "d"],
    ],
  ],
  ["Ada <a@b", [["Ada", null, "a", "SYNTAX_ERROR"]]],
  ["<@r;a@b>", [[null, "INVALID_ROUTE", "MISSING_MAILBOX", "SYNTAX_ERROR"]]],
  ["", null],
  ["(only a comment)", null],
];

test.for(CASES)("To: %s", ([value, expected], { expect }) => {
  expect(addresses(value)).toEqual(expected);
});

test("folding inside an address list is white space", ({ expect }) => {
  expect(envelopeOf("To: a@b,", "\tLong", "  Name <c@d>")[5]).toEqual([
    [null, null, "a", "b"],
    ["Long Name", null, "c", "d"],
  ]);
});

test("a NUL in a quoted name becomes U+FFFD, which an IMAP string can carry", ({ expect }) => {
  expect(addresses('"a\0b" <c@d>')).toEqual([["a\xef\xbf\xbdb", null, "c", "d"]]);
});
