import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { addMessages, createAccount, createSession, openMailbox, type TestSession } from "../session/fixture.ts";
import { parse } from "./fixture.ts";

function selected(messages = 5): TestSession {
  const account = createAccount();
  const mailbox = openMailbox(account);
  if (messages > 0) addMessages(account, mailbox, messages);
  return createSession(account, mailbox);
}

const nested = (depth: number): string => ` ${"NOT ".repeat(depth)}ALL`;

test("nesting is bounded, in NOT, OR and parentheses", ({ expect }) => {
  const client = selected();
  expect(() => parse(client, nested(LIMITS.searchDepth))).not.toThrow();
  for (const text of [
    nested(LIMITS.searchDepth + 1),
    ` ${"(".repeat(LIMITS.searchDepth + 2)}ALL${")".repeat(LIMITS.searchDepth + 2)}`,
    ` ${"OR ALL ".repeat(LIMITS.searchDepth + 1)}ALL`,
    nested(100_000 / 4),
  ]) {
    expect(() => parse(client, text)).toThrow(expect.objectContaining({ status: expect.stringMatching(/^(NO|BAD)$/) }));
  }
});

test("the number of keys is bounded", ({ expect }) => {
  const client = selected();
  expect(() => parse(client, " ALL".repeat(LIMITS.searchKeys))).not.toThrow();
  expect(() => parse(client, " ALL".repeat(LIMITS.searchKeys + 1))).toThrow(expect.objectContaining({ code: "LIMIT" }));
});

test.for([
  [" RETURN () ALL", ["ALL"]],
  [" RETURN (min MAX Count ALL) ALL", ["MIN", "MAX", "COUNT", "ALL"]],
] as const)("RETURN options%s", ([text, options], { expect }) => {
  expect([...(parse(selected(), text).returns ?? [])]).toEqual(options);
});

test.for([
  "",
  " ",
  " RETURN (ALL)",
  " RETURN (SAVE) ALL",
  " RETURN (ALL ALL) ALL",
  " RETURN ALL",
  " ()",
  " (ALL) (",
  " NOT",
  " OR ALL",
  " OR (ALL)",
  " 0",
  " 6",
  " 4:6",
  " 1,,2",
  " UID",
  " UID 0",
  " UID x",
  " KEYWORD",
  " KEYWORD \\Seen",
  " LARGER -1",
  " LARGER 4294967296",
  " ON 31-Feb-2024",
  " ON 2024-01-01",
  " SENTON",
  " HEADER",
  " HEADER Subject",
  " MODSEQ",
  " MODSEQ x",
  ' MODSEQ "/flags/\\\\seen" some 1',
  " ALL ALLES",
  " ALL  ALL",
  " $",
  ' SUBJECT "\u00ff"',
])("BAD: SEARCH%s", (text, { expect }) => {
  expect(() => parse(selected(), text)).toThrow(expect.objectContaining({ status: "BAD" }));
});

test("charsets", ({ expect }) => {
  const client = selected();
  for (const charset of ["UTF-8", "utf-8", '"US-ASCII"']) expect(() => parse(client, ` CHARSET ${charset} ALL`)).not.toThrow();
  expect(() => parse(client, " RETURN (COUNT) CHARSET UTF-8 ALL")).not.toThrow();
  expect(() => parse(client, " CHARSET KOI8-R ALL")).toThrow(
    expect.objectContaining({ status: "NO", code: "BADCHARSET (US-ASCII UTF-8)" }),
  );
});

test("sets in an empty mailbox", ({ expect }) => {
  const client = selected(0);
  for (const text of [" 1:*", " *", " UID 1:*", " UID 5"]) expect(() => parse(client, text)).not.toThrow();
  expect(() => parse(client, " 1")).toThrow(expect.objectContaining({ status: "BAD" }));
});
