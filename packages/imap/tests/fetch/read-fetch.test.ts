import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";
import { test } from "vitest";

import { compilePlan, type FetchPlan } from "../../src/fetch/plan.ts";
import { readFetch, type FetchArguments } from "../../src/fetch/read-fetch.ts";
import { LIMITS } from "../../src/limits.ts";
import { ArgumentReader } from "../../src/parser/argument-reader.ts";
import { Framer } from "../../src/parser/framer.ts";
import { createReferenceTokenizer } from "../../src/parser/reference-tokenizer.ts";
import { bytes } from "./fixture.ts";

function unexpected(): never {
  throw new Error("not a whole command");
}

function read(command: string): FetchArguments {
  let args: ArgumentReader | undefined;
  new Framer(createReferenceTokenizer(), LIMITS).push(bytes(`a ${command}\r\n`), {
    command: (segment) => void (args = new ArgumentReader(segment)),
    literal: unexpected,
    chunk: unexpected,
    literalEnd: unexpected,
    fatal: unexpected,
  });
  if (args === undefined) throw new Error("no command");
  args.tag();
  args.commandName();
  const fetch = readFetch(args, "a UID set");
  args.end();
  return fetch;
}

function plan(command: string): FetchPlan {
  const { attributes, modifiers } = read(command);
  return compilePlan(attributes, { uid: command.startsWith("UID"), modSeq: modifiers.changedSince !== undefined }, plainOctetScanner);
}

/** What a plan writes before each value. */
function labels({ scalars, texts }: FetchPlan): string {
  return [...scalars, ...texts].map(({ label }) => new TextDecoder("latin1").decode(label).replaceAll(/^ | \(?$/g, "")).join(",");
}

test("set, items and modifiers", ({ expect }) => {
  const { set, modifiers } = read("UID FETCH 1:301,500 (FLAGS) (CHANGEDSINCE 333 VANISHED)");
  expect(set).toEqual([1, 301, 500, 500]);
  expect(modifiers).toEqual({ changedSince: 333, vanished: true });
  expect(read("FETCH 1 FLAGS").modifiers).toEqual({ changedSince: undefined, vanished: false });
});

test("UID stands first, short values before long ones, the rest in the client's order", ({ expect }) => {
  expect(labels(plan("FETCH 1 (BODY.PEEK[] FLAGS ENVELOPE RFC822.SIZE UID)"))).toBe("UID,FLAGS,RFC822.SIZE,BODY[],ENVELOPE");
  expect(labels(plan("UID FETCH 1 (BODYSTRUCTURE INTERNALDATE)"))).toBe("UID,INTERNALDATE,BODYSTRUCTURE");
  expect(labels(plan("UID FETCH 1 FLAGS (CHANGEDSINCE 0)"))).toBe("UID,FLAGS,MODSEQ");
});

test("what is asked for twice is answered once, with the same part of it", ({ expect }) => {
  expect(labels(plan("FETCH 1 (FLAGS ENVELOPE UID FLAGS BODY BODYSTRUCTURE ENVELOPE BODY UID)"))).toBe(
    "UID,FLAGS,ENVELOPE,BODY,BODYSTRUCTURE",
  );
  expect(labels(plan("FETCH 1 (BODY.PEEK[1] BODY[2] BODY[1] body[2] BODY[1])"))).toBe("BODY[1],BODY[2]");
  expect(labels(plan("FETCH 1 (BODY[] BODY[]<0.5> BODY[]<0.6> BODY[]<0.5>)"))).toBe("BODY[],BODY[]<0>,BODY[]<0>");
  expect(labels(plan("UID FETCH 1 (MODSEQ FLAGS) (CHANGEDSINCE 1)"))).toBe("UID,MODSEQ,FLAGS");
});

test("sections are echoed in their normal form, with the partial's offset", ({ expect }) => {
  expect(labels(plan("FETCH 1 body.peek[1.2.header]<10.20>"))).toBe("BODY[1.2.HEADER]<10>");
  expect(labels(plan("FETCH 1 rfc822.peek"))).toBe("RFC822");
});

test("only the columns that the items need are read", ({ expect }) => {
  const none = { ids: false, envelope: false, bodyStructure: false, head: false, body: false, structure: false };
  expect(plan("UID FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE MODSEQ)").columns).toBeUndefined();
  expect(plan("FETCH 1 ENVELOPE").columns).toEqual({ ...none, envelope: true });
  expect(plan("FETCH 1 BODY").columns).toEqual({ ...none, bodyStructure: true });
  expect(plan("FETCH 1 EMAILID").columns).toEqual({ ...none, ids: true });
  expect(plan("FETCH 1 BODY.PEEK[HEADER.FIELDS (From)]").columns).toEqual({ ...none, head: true, body: true });
  expect(plan("FETCH 1 BODY.PEEK[TEXT]").columns).toEqual({ ...none, head: true, body: true });
  expect(plan("FETCH 1 BODY.PEEK[1]").columns).toEqual({ ...none, head: true, body: true, structure: true });
});

test("which items set \\Seen", ({ expect }) => {
  const setsSeen = ["BODY[]", "BODY[1.MIME]", "BODY[HEADER]", "RFC822", "RFC822.TEXT", "(BODY.PEEK[] BODY[])"];
  const leavesIt = ["BODY.PEEK[]", "BODY", "BODYSTRUCTURE", "RFC822.HEADER", "RFC822.PEEK", "RFC822.SIZE", "FULL"];
  for (const items of setsSeen) expect(plan(`FETCH 1 ${items}`).setsSeen, items).toBe(true);
  for (const items of leavesIt) expect(plan(`FETCH 1 ${items}`).setsSeen, items).toBe(false);
});

test("what clients send is taken", ({ expect }) => {
  const captured = [
    "FETCH 1:200 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER SUBJECT TO CC MESSAGE-ID REFERENCES)])",
    "UID fetch 1:* (FLAGS)",
    "UID fetch 5:7,9 (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority)])",
    "UID fetch 3 (UID BODY.PEEK[TEXT]<0.2048>)",
    "UID FETCH 101 BODY.PEEK[]",
    "UID FETCH 7 (BODY.PEEK[1.MIME] BODY.PEEK[1]<0.65536>)",
    "FETCH 1:* (FLAGS UID INTERNALDATE)",
    "UID FETCH 12 (UID RFC822.SIZE RFC822.PEEK)",
    "UID FETCH 1:9 (INTERNALDATE UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (date subject from)] MODSEQ)",
    "UID FETCH 1:5 (FLAGS) (CHANGEDSINCE 0)",
  ];
  for (const command of captured) expect(() => read(command), command).not.toThrow();
});

test("there is a bound on the items", ({ expect }) => {
  const items = Array.from({ length: LIMITS.fetchItems }, (_, at) => `BODY.PEEK[${at + 1}]`).join(" ");
  expect(read(`FETCH 1 (${items})`).attributes).toHaveLength(LIMITS.fetchItems);
  expect(() => read(`FETCH 1 (${items} UID)`)).toThrow("More than 1000 FETCH items");
});
