import octetsModule from "@sluice/mime/octets.wasm";
import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";
import { createWasmOctetScanner } from "@sluice/mime/wasm-octet-scanner";
import * as fc from "fast-check";
import { test } from "vitest";

import { createSqliteMailboxIndex } from "../../src/adapters/sqlite/sqlite-mailbox-index.ts";
import type { MailboxIndex } from "../../src/mailbox/mailbox-index.ts";
import { MessagePage } from "../../src/mailbox/message-page.ts";
import { GramMatch } from "../../src/mailbox/text-signature.ts";
import type { Criterion } from "../../src/search/criteria.ts";
import { foldText } from "../../src/search/fold.ts";
import { gramsOf } from "../../src/search/grams.ts";
import type { Account } from "../../src/session/session.ts";
import { bodiesThat, deliver, overriding } from "../fetch/fixture.ts";
import { createAccount, createSession, openMailbox } from "../session/fixture.ts";
import { openNodeSqlite } from "../support/node-sqlite.ts";
import { found, searchTask } from "./fixture.ts";

const scanner = createWasmOctetScanner(octetsModule);

/** What a search does without signatures, or as if none had been made yet. */
function answering(account: Account, match: number): Account {
  const matchSignatures: MailboxIndex["matchSignatures"] = (page, from, to) => new Uint8Array(Math.min(to, page.count) - from).fill(match);
  return { ...account, index: overriding(account.index, { matchSignatures }) };
}

const ATOMS =
  "needle|Need|LE|hay stack|\n|\r|\n |\n\t|  | |=|=20|=\n|=C3=A9|=?utf-8?q?n=C3=A9edle?=|=?utf-8?B?bmVlZGxl?=|?=|e\u0301|\u00e9|\u00df|\u0130|\u03a3|\u03c2|\ufb01|\ufdfa|\u4f1a\u8b70|\u4f1a|\u{1f600}|+AOk-|\u001b$B|~{|--|--b|bmVlZGxl|\u00bd|\u2122|:|x: y|\u0000";
const atoms = fc.array(fc.constantFrom(...ATOMS.split("|")), { maxLength: 25 }).map((parts) => parts.join(""));
const charsets = [
  "utf-8",
  "us-ascii",
  "iso-8859-1",
  "windows-1252",
  "utf-16",
  "utf-16le",
  "utf-7",
  "iso-2022-jp",
  "gbk",
  "shift_jis",
  "hz-gb-2312",
  "nonsense",
  "UTF-8*en",
];
const encodings = ["7bit", "8bit", "quoted-printable", "base64", "x-uuencode", "nonsense"];

/** Octets, one a character. */
function encoded(text: string, charset: string, encoding: string): string {
  const octets = Buffer.from(
    text,
    charset === "utf-16" || charset === "utf-16le" ? "utf16le" : charset === "iso-8859-1" ? "latin1" : "utf8",
  );
  return encoding === "base64" ? octets.toString("base64").replace(/.{40}/g, "$&\n") : octets.toString("latin1");
}

const part = fc
  .record({
    text: atoms,
    charset: fc.constantFrom(...charsets),
    encoding: fc.constantFrom(...encodings),
    type: fc.constantFrom("text/plain", "text/html", "image/png"),
  })
  .map(
    ({ text, charset, encoding, type }) =>
      `Content-Type: ${type}; charset="${charset}"; name="needle.txt"\nContent-Transfer-Encoding: ${encoding}\n\n${encoded(text, charset, encoding)}`,
  );
const header = atoms.map((text) => `Subject: ${encoded(text.replaceAll("\n\n", "\n"), "utf-8", "8bit")}\n`);
const message = fc.oneof(
  fc.tuple(header, part).map((parts) => parts.join("")),
  fc
    .tuple(header, fc.array(part, { maxLength: 4 }))
    .map(
      ([fields, parts]) => `${fields}Content-Type: multipart/mixed; boundary=b\n\n${parts.map((one) => `--b\n${one}\n`).join("")}--b--\n`,
    ),
  fc
    .tuple(header, header, part)
    .map(
      ([fields, inner, one]) =>
        `${fields}Content-Type: multipart/digest; boundary=b\n\n--b\n\n${inner}${one}\n--b\nContent-Type: message/rfc822\n\n${inner}${one}\n--b--\n`,
    ),
);

/** Strings as they are, and pieces of what the messages are decoded to. */
const wanted = fc.oneof(
  atoms.map((text) => text.slice(0, 12)),
  fc.tuple(atoms, fc.nat(8), fc.nat(8)).map(([text, from, length]) => text.slice(from, from + length)),
  fc.constantFrom(
    "needle",
    "subject",
    "content-type",
    "stack\r\nneed",
    "text/html",
    "n\u00e9edle",
    "\u4f1a\u8b70",
    "1\u20442",
    "tm",
    "e\r\nx",
    "needle.txt",
  ),
);

test("a search finds with signatures, with ones that it makes itself, and without any, the same", async ({ expect }) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { minLength: 1, maxLength: 4 }),
      fc.array(wanted, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (messages, texts, withModule) => {
        const database = openNodeSqlite();
        const account: Account = {
          ...createAccount(),
          index: createSqliteMailboxIndex(database),
          octets: withModule ? scanner : plainOctetScanner,
        };
        account.index.create("INBOX");
        const mailbox = openMailbox(account);
        for (const text of messages) await deliver(account, mailbox, text);
        const client = createSession(account, mailbox);
        const criteria = texts.flatMap((text): Criterion[] => [
          { kind: "body", text: foldText(text) },
          { kind: "text", text: foldText(text) },
        ]);
        const search = async (by: Account): Promise<string[]> => {
          const answers = [];
          for (const criterion of criteria) answers.push(await found(client, searchTask(client, by, criterion)));
          return answers;
        };
        const expected = await search(answering(account, GramMatch.maybe));
        expect(await search(account)).toEqual(expected);
        const kept = [...database.sql.exec("SELECT * FROM text_signature").raw()];
        database.sql.exec("DELETE FROM text_signature");
        expect(await search(answering(account, GramMatch.unsigned))).toEqual(expected);
        // A search that reads a message to its end makes the signature that the delivery has made.
        for (const row of database.sql.exec("SELECT * FROM text_signature").raw()) expect(kept).toContainEqual(row);
        database.close();
      },
    ),
    { numRuns: 400 },
  );
});

async function delivered(...messages: readonly string[]): Promise<Account> {
  const account = createAccount();
  for (const text of messages) await deliver(account, openMailbox(account), text);
  return account;
}

/** What a search finds, and the octets of each reading of a body. */
async function searched(account: Account, search: string): Promise<[string, number[]]> {
  const reads: number[] = [];
  const watched = { ...account, bodies: bodiesThat(account.bodies, (length) => void reads.push(length)) };
  const client = createSession(account, openMailbox(account));
  return [await found(client, searchTask(client, watched, search)), reads];
}

test("bodies that cannot hold the string are not read", async ({ expect }) => {
  const account = await delivered("Subject: one\n\nquicksilver", "Subject: two\n\nheliotrope", "Subject: quicksilver\n\nthree");
  expect(await searched(account, "BODY quicksilver")).toEqual(["* SEARCH 1", [11]]);
  expect(await searched(account, "TEXT quicksilver")).toEqual(["* SEARCH 1 3", [11]]);
  expect(await searched(account, "BODY nowhere")).toEqual(["* SEARCH", []]);
  expect(await searched(account, "NOT BODY nowhere")).toEqual(["* SEARCH 1 2 3", []]);
  expect(await searched(account, "OR SUBJECT quicksilver BODY heliotrope")).toEqual(["* SEARCH 2 3", [10]]);
  // Too short for a signature.
  expect(await searched(account, "BODY qu")).toEqual(["* SEARCH 1", [11, 10, 5]]);
});

test("what a header holds only where two fields meet is found as without signatures", async ({ expect }) => {
  const account = await delivered("Subject: one\nTo: two\n\nthree");
  const client = createSession(account, openMailbox(account));
  const criterion: Criterion = { kind: "text", text: "one\nto: two" };
  const plain = await found(client, searchTask(client, answering(account, GramMatch.maybe), criterion));
  expect([plain, await found(client, searchTask(client, account, criterion))]).toEqual(["* SEARCH 1", "* SEARCH 1"]);
});

test("text behind more than a delivery keeps is signed by the first search that reads it", async ({ expect }) => {
  const file = `Content-Type: image/png\n\n${"x".repeat(300_000)}`;
  const account = await delivered(
    `Content-Type: multipart/mixed; boundary=b\n\n--b\n${file}\n--b\n\nfooter of the list\n--b\n\nthe end\n--b--\n`,
  );
  const page = new MessagePage(1);
  const ask = (): number | undefined => account.index.matchSignatures(page, 0, 1, { of: "body", grams: gramsOf("nowhere") })[0];
  openMailbox(account).read(1, 1, page);
  expect(ask()).toBe(GramMatch.unsigned);
  // It was found before the end.
  expect(await searched(account, "BODY footer")).toEqual(["* SEARCH 1", [18]]);
  expect(ask()).toBe(GramMatch.unsigned);
  expect((await searched(account, "BODY nowhere"))[0]).toBe("* SEARCH");
  expect(ask()).toBe(GramMatch.no);
  expect(await searched(account, "BODY elsewhere")).toEqual(["* SEARCH", []]);
});

test("more text than is signed is read by every search", async ({ expect }) => {
  const account = await delivered(`Subject: x\n\n${"line of text\n".repeat(30_000)}needle`);
  for (let again = 0; again < 2; again++) {
    const [said, reads] = await searched(account, "BODY nowhere");
    expect([said, reads.length]).toEqual(["* SEARCH", 2]);
  }
  expect((await searched(account, "BODY needle"))[0]).toBe("* SEARCH 1");
});

test("a message of many parts is neither signed nor read at once", async ({ expect }) => {
  const account = createAccount();
  const file = `--b\nContent-Type: image/png\n\n${"x".repeat(300_000)}\n`;
  const parts = "--b\n\nwordsnow\n".repeat(9_990);
  await deliver(account, openMailbox(account), `Content-Type: multipart/mixed; boundary=b\n\n${file}${parts}--b--\n`);
  let reads = 0;
  const client = createSession(account, openMailbox(account));
  const watched = { ...account, bodies: bodiesThat(account.bodies, () => void reads++) };
  const task = searchTask(client, watched, "BODY nowhere");
  let most = 0;
  for (let done = false; !done; most = Math.max(most, reads)) {
    reads = 0;
    done = (await task.step()) !== undefined;
  }
  expect(most).toBeLessThan(500);
  const other = createSession(account, openMailbox(account));
  expect(await found(other, searchTask(other, answering(account, GramMatch.unsigned), "BODY wordsnow"))).toBe("* SEARCH 1");
});

test("a search answers although a signature cannot be stored, and tries that once", async ({ expect }) => {
  const account = createAccount();
  for (const text of ["quicksilver", "heliotrope", "quicksilver"]) await deliver(account, openMailbox(account), `Subject: one\n\n${text}`);
  let tries = 0;
  const full = {
    ...account,
    index: overriding(account.index, {
      matchSignatures: (_page, from, to) => new Uint8Array(to - from).fill(GramMatch.unsigned),
      sign: () => {
        tries++;
        throw new Error("database or disk is full: SQLITE_FULL");
      },
    }),
  };
  const client = createSession(account, openMailbox(account));
  const task = searchTask(client, full, "BODY quicksilver");
  let last: Awaited<ReturnType<typeof task.step>>;
  const watched: Pick<typeof task, "step"> = {
    async step() {
      last = await task.step();
      return last;
    },
  };
  expect([await found(client, watched), tries]).toEqual(["* SEARCH 1 3", 1]);
  expect(last).toEqual({ fault: new Error("database or disk is full: SQLITE_FULL") });
});
