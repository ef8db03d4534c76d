import * as fc from "fast-check";
import { test } from "vitest";

import { expunge } from "../../src/commands/expunge.ts";
import { fetch, uidFetch } from "../../src/commands/fetch.ts";
import { noop } from "../../src/commands/noop.ts";
import { uidStore } from "../../src/commands/store.ts";
import { LIMITS } from "../../src/limits.ts";
import { rangesOf } from "../../src/mailbox/uid-ranges.ts";
import { View } from "../../src/session/view.ts";
import type { Account } from "../../src/session/session.ts";
import { Harness } from "../session/dispatcher-harness.ts";
import { createAccount, openMailbox } from "../session/fixture.ts";
import { counting, deliver, overriding } from "./fixture.ts";

const COMMANDS = [fetch, uidFetch, noop, uidStore, expunge];

async function filled(messages: number, text = "text"): Promise<Account> {
  const account = createAccount();
  for (let at = 1; at <= messages; at++) await deliver(account, openMailbox(account), `Subject: m${at}\n\n${text} ${at}\n`);
  return account;
}

function open(account: Account): Harness {
  return new Harness(account, COMMANDS, { name: "selected", account, view: new View(openMailbox(account), false) });
}

/** Sends commands, all at once or one after the other, to a client that reads. */
async function answers(account: Account, commands: readonly string[], together: boolean): Promise<string> {
  const harness = open(account);
  const lines = commands.map((command, at) => `a${at} ${command}\r\n`);
  let said = "";
  for (const sent of together ? [lines.join("")] : lines) said += (await harness.send(sent)) + (await harness.read());
  if (harness.faults.length > 0) throw new AggregateError(harness.faults);
  return said;
}

function bodies(uids: readonly number[]): string[] {
  return uids.map((uid) => `UID FETCH ${uid} (BODY.PEEK[])`);
}

test("a pipeline of single messages is read together, and answered as if it was not", async ({ expect }) => {
  const plain = await filled(10);
  const uids = [3, 9, 1, 1, 7, 42, 10];
  const { account, contents } = counting(plain);
  const said = await answers(account, bodies(uids), true);
  expect(contents).toHaveLength(1);
  expect(said).toBe(await answers(account, bodies(uids), false));
  // One for each that is there.
  expect(contents).toHaveLength(1 + uids.length - 1);
  expect(said).toContain("* 9 FETCH (UID 9 BODY[] {23}\r\nSubject: m9\r\n\r\ntext 9\r\n)\r\na1 OK");
});

test("whatever is asked at once is answered as one after the other", async ({ expect }) => {
  const number = fc.integer({ min: 1, max: 7 });
  const command = fc.oneof(
    { weight: 6, arbitrary: number.map((uid) => `UID FETCH ${uid} (BODY.PEEK[])`) },
    { weight: 3, arbitrary: number.map((uid) => `UID FETCH ${uid} (ENVELOPE EMAILID)`) },
    { weight: 3, arbitrary: number.map((sequence) => `FETCH ${sequence} (FLAGS BODY[TEXT])`) },
    number.map((uid) => `UID FETCH ${uid}:${uid + 2} (BODY.PEEK[])`),
    number.map((uid) => `UID STORE ${uid} +FLAGS.SILENT (\\Deleted)`),
    fc.constantFrom("EXPUNGE", "NOOP", "UID FETCH * (BODY.PEEK[])", "UID FETCH 1 (NONSENSE)", "FETCH"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 30 }), async (commands) => {
      const [one, other] = [await filled(6), await filled(6)];
      const ids = (said: string): string => said.replaceAll(/EMAILID \([^)]*\)/g, "EMAILID");
      expect(ids(await answers(one, commands, true))).toBe(ids(await answers(other, commands, false)));
    }),
    { numRuns: 200 },
  );
});

test("one content that cannot be read fails alone", async ({ expect }) => {
  const plain = await filled(4);
  const readContents: Account["index"]["readContents"] = (page, from, to, columns) => {
    if (page.uid.subarray(from, to).includes(3)) throw new Error("damaged");
    return plain.index.readContents(page, from, to, columns);
  };
  const harness = open({ ...plain, index: overriding(plain.index, { readContents }) });
  const said = await harness.send(
    bodies([1, 2, 3, 4])
      .map((command, at) => `a${at} ${command}\r\n`)
      .join(""),
  );
  expect([...said.matchAll(/^a(\d) (\w+)/gm)].map(([, tag, status]) => `${tag} ${status}`)).toEqual(["0 OK", "1 OK", "2 NO", "3 OK"]);
  expect(harness.faults).toEqual([new Error("damaged")]);
});

test("no more is read ahead than fits, and nothing is kept for a client that does not read", async ({ expect }) => {
  const size = 32 * 1024;
  const { account, contents } = counting(await filled(80, "x".repeat(size)));
  const harness = open(account);
  const uids = Array.from({ length: 80 }, (_, at) => at + 1);
  let said = await harness.send(
    bodies(uids)
      .map((command, at) => `a${at} ${command}\r\n`)
      .join(""),
  );
  const stalled = contents.length;
  const sent = [...said.matchAll(/ OK /g)].length;
  expect(sent).toBeLessThan(uids.length);
  expect(stalled).toBeGreaterThanOrEqual(Math.floor(sent / (LIMITS.fetchBodies / size)));
  for (let round = 0; round < 4; round++) said += await harness.read();
  expect([...said.matchAll(/ OK /g)]).toHaveLength(80);
  expect(contents.length).toBeGreaterThanOrEqual(Math.ceil(80 / Math.floor(LIMITS.fetchBodies / size)));
  expect(contents.length).toBeLessThan(20);
});

test("a message that another session has expunged meanwhile is not answered from what was read ahead", async ({ expect }) => {
  const account = await filled(4);
  const mailbox = openMailbox(account);
  const later = uidFetchThen(() => mailbox.expunge(rangesOf([3]), false));
  const harness = new Harness(account, [later], { name: "selected", account, view: new View(mailbox, false) });
  const said = await harness.send(
    bodies([1, 2, 3, 4])
      .map((command, at) => `a${at} ${command}\r\n`)
      .join(""),
  );
  expect([...said.matchAll(/\* (\d) FETCH/g)].map(([, sequence]) => sequence)).toEqual(["1", "2", "4"]);
});

/** UID FETCH, before whose second run something happens. */
function uidFetchThen(happens: () => void): typeof uidFetch {
  let runs = 0;
  return {
    ...uidFetch,
    execute(session, args, emit) {
      if (++runs === 2) happens();
      return uidFetch.execute(session, args, emit);
    },
  };
}

test("nothing is held for a command that is refused before it begins", async ({ expect }) => {
  const { account, contents } = counting(await filled(3));
  const harness = open(account);
  const said = await harness.send("a0 UID FETCH 1 (BODY.PEEK[])\r\na00 UID FETCH 2 (BODY.PEEK[])\r\n+ UID FETCH 2 (BODY.PEEK[])\r\n");
  expect(said).toContain("* BAD");
  await harness.send("b NOOP\r\n");
  const before = contents.length;
  await harness.send("c UID FETCH 2 (BODY.PEEK[])\r\n");
  await harness.send("d UID FETCH 1 (BODY.PEEK[])\r\n");
  expect(contents).toHaveLength(before + 2);
});
