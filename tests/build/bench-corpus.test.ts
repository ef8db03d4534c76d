import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, test } from "vitest";

import { corpusMessage, SEED } from "../../bench/server/corpus.ts";
import { mboxEntry, writeCorpus } from "../../bench/server/write-corpus.ts";

const MESSAGES = 12;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-corpus-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const messages = Array.from({ length: MESSAGES }, (_, index) => corpusMessage(SEED, index));

test("files: in their order, octet for octet, with their dates", ({ expect }) => {
  const octets = writeCorpus(SEED, MESSAGES, { folder, format: "files" });
  const names = readdirSync(folder).sort();
  expect(names[0]).toBe("0000001.eml");
  expect(names.map((name) => new Uint8Array(readFileSync(join(folder, name))))).toEqual(messages.map(({ bytes }) => new Uint8Array(bytes)));
  expect(names.map((name) => statSync(join(folder, name)).mtimeMs)).toEqual(messages.map(({ internalDate }) => internalDate.getTime()));
  expect(octets).toBe(messages.reduce((sum, { bytes }) => sum + bytes.length, 0));
});

test("a Maildir: with the flags that it has letters for", ({ expect }) => {
  writeCorpus(SEED, MESSAGES, { folder, format: "maildir" });
  expect(readdirSync(folder).sort()).toEqual(["cur", "new", "tmp"]);
  const letters = readdirSync(join(folder, "cur"))
    .sort()
    .map((name) => name.split(":2,")[1]);
  const names = new Map([
    ["\\Flagged", "F"],
    ["\\Answered", "R"],
    ["\\Seen", "S"],
  ]);
  expect(letters).toEqual(
    messages.map(({ flags }) =>
      flags
        .map((flag) => names.get(flag) ?? "")
        .sort()
        .join(""),
    ),
  );
});

test("an mbox: one entry after the other", ({ expect }) => {
  writeCorpus(SEED, MESSAGES, { folder, format: "mbox" });
  expect(readFileSync(join(folder, "corpus.mbox"), "latin1")).toBe(messages.map(mboxEntry).join(""));
});

test("an entry of an mbox: lines that look like the beginning of one are quoted, once more where they are", ({ expect }) => {
  const bytes = Buffer.from("Subject: a\r\n\r\nFrom here\r\n>From there\r\n From x\r\nFrom: y\r\n");
  expect(mboxEntry({ bytes, internalDate: new Date(Date.UTC(2024, 0, 1, 2, 3, 4)) })).toBe(
    "From corpus@corpus.example Mon Jan  1 02:03:04 2024\nSubject: a\n\n>From here\n>>From there\n From x\nFrom: y\n\n",
  );
});

test("nothing is written over what is there", ({ expect }) => {
  writeFileSync(join(folder, "mine"), "");
  expect(() => writeCorpus(SEED, 1, { folder, format: "files" })).toThrow("is not empty");
  expect(readdirSync(folder)).toEqual(["mine"]);
});
