import { test } from "vitest";

import { expunge } from "../../src/commands/expunge.ts";
import { idle } from "../../src/commands/idle.ts";
import { select } from "../../src/commands/select.ts";
import { store, uidStore } from "../../src/commands/store.ts";
import { LIMITS } from "../../src/limits.ts";
import type { Mailbox, MailboxIndex } from "../../src/mailbox/mailbox-index.ts";
import { Flag } from "../../src/protocol/flags.ts";
import type { Account } from "../../src/session/session.ts";
import { View } from "../../src/session/view.ts";
import { Harness } from "../session/dispatcher-harness.ts";
import { addMessages, createAccount, openMailbox } from "../session/fixture.ts";

/** The account, with each method of its mailboxes counted by name. */
function counted(account: Account): { readonly account: Account; readonly calls: Map<string, number> } {
  const calls = new Map<string, number>();
  const opened = new Map<Mailbox, Mailbox>();
  const wrap = (mailbox: Mailbox): Mailbox =>
    new Proxy(mailbox, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          calls.set(String(name), (calls.get(String(name)) ?? 0) + 1);
          return Reflect.apply(value, target, args);
        };
      },
    });
  const index = new Proxy(account.index, {
    get(target, name) {
      if (name === "open") {
        return (id: Parameters<MailboxIndex["open"]>[0]) => {
          const mailbox = target.open(id);
          if (mailbox === undefined) return undefined;
          if (!opened.has(mailbox)) opened.set(mailbox, wrap(mailbox));
          return opened.get(mailbox);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { account: { ...account, index }, calls };
}

function answer(uid: number, flags: string): string {
  return `* ${uid} FETCH (UID ${uid} FLAGS (${flags}))`;
}

test("SELECT reads no message", async ({ expect }) => {
  const { account, calls } = counted(createAccount());
  addMessages(account, openMailbox(account), 2000);
  calls.clear();
  const harness = new Harness(account, [select]);
  expect(await harness.send("a1 SELECT INBOX\r\n")).toContain("* 2000 EXISTS");
  expect(calls.has("read")).toBe(false);
  expect(calls.has("readChanged")).toBe(false);
  expect(calls.has("expungedSince")).toBe(false);
  expect(calls.get("uidAt") ?? 0).toBe(0);
});

test("a silent STORE is one change of the index, and reads no message", async ({ expect }) => {
  const { account, calls } = counted(createAccount());
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 2000);
  const harness = new Harness(account, [store], { name: "selected", account, view: new View(mailbox, false) });
  calls.clear();
  expect(await harness.send("a1 STORE 1:* +FLAGS.SILENT (\\Seen)\r\n")).toBe("a1 OK STORE completed\r\n");
  expect(calls.get("store")).toBe(1);
  expect(calls.has("read")).toBe(false);
  expect(calls.has("readChanged")).toBe(false);
});

test("an IDLE that has nothing to tell asks the index for nothing", async ({ expect }) => {
  const { account, calls } = counted(createAccount());
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 10);
  const harness = new Harness(account, [idle], { name: "selected", account, view: new View(mailbox, false) });
  calls.clear();
  await harness.send("a1 IDLE\r\n");
  harness.dispatcher.notify();
  expect(calls.size).toBe(0);
});

test("the answers of STORE stop when the window is full and go on, whatever happens meanwhile", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  const count = LIMITS.pageRows * 3;
  addMessages(account, mailbox, count);
  const harness = new Harness(account, [store, uidStore, expunge], { name: "selected", account, view: new View(mailbox, false) });
  harness.session.output.emit({ kind: "data", text: "x".repeat(LIMITS.outputWindow - 5000) });
  let said = await harness.send("a1 UID STORE 1:* +FLAGS (\\Seen)\r\n");
  expect(said).not.toContain("OK");
  // One page is answered; now others expunge, flag and add, before and behind that place.
  mailbox.expunge(Uint32Array.of(1, 1, 300, 300), false);
  mailbox.store(Uint32Array.of(2, 2, 400, 400), { mode: "add", system: Flag.flagged, keywords: [] });
  addMessages(account, mailbox, 1);
  said += await harness.read();
  const lines = said.split("\r\n").slice(1);
  const answered = Array.from({ length: count }, (_, at) => at + 1).filter((uid) => uid !== 300);
  expect(lines.slice(0, count - 1)).toEqual(answered.map((uid) => answer(uid, uid === 400 ? "\\Flagged \\Seen" : "\\Seen")));
  // What happened after the STORE is told as well: none of it is lost in the answers.
  expect(lines.slice(count - 1)).toEqual([
    `* ${count + 1} EXISTS`,
    `* ${count + 1} RECENT`,
    answer(2, "\\Flagged \\Seen \\Recent"),
    answer(400, "\\Flagged \\Seen \\Recent"),
    "a1 OK UID STORE completed",
    "",
  ]);
});

test("SELECT with QRESYNC names known UIDs that are gone when the history is forgotten", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 9);
  mailbox.expunge(Uint32Array.of(2, 3, 8, 8), false);
  const forgetful: Mailbox = new Proxy(mailbox, {
    get: (target, name) => {
      if (name === "expungedSince") return (since: number) => (since < mailbox.record.highestModSeq ? undefined : new Uint32Array(0));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const index = Object.create(account.index, { open: { value: () => forgetful }, findByName: { value: () => mailbox.record } });
  const harness = new Harness({ ...account, index }, [select]);
  harness.session.enabled.qresync = true;
  harness.session.enabled.condstore = true;
  const { uidValidity } = mailbox.record;
  const vanished = async (parameters: string): Promise<string[]> =>
    (await harness.send(`a1 SELECT INBOX (QRESYNC (${uidValidity} 2${parameters}))\r\n`))
      .split("\r\n")
      .filter((line) => line.startsWith("* VANISHED"));
  expect(await vanished("")).toEqual(["* VANISHED (EARLIER) 2:3,8"]);
  expect(await vanished(" 1:2,9:200")).toEqual(["* VANISHED (EARLIER) 2"]);
  expect(await vanished(" 1,4:7")).toEqual([]);
});
