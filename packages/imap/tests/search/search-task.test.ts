import { test } from "vitest";

import { pinsOf } from "../../src/fetch/content-pins.ts";
import { LIMITS } from "../../src/limits.ts";
import { Flag } from "../../src/protocol/flags.ts";
import type { ReturnOption } from "../../src/search/results.ts";
import { ViewLostError } from "../../src/session/view-lost-error.ts";
import { addMessages, createAccount, createSession, openMailbox } from "../session/fixture.ts";
import { bodiesThat, counting, deliver } from "../fetch/fixture.ts";
import { found, searchTask } from "./fixture.ts";

const numbers = (count: number): string => Array.from({ length: count }, (_, at) => ` ${at + 1}`).join("");

test("a mailbox of whole pages is told once", async ({ expect }) => {
  for (const count of [LIMITS.pageRows - 1, LIMITS.pageRows, 2 * LIMITS.pageRows, 2 * LIMITS.pageRows + 1]) {
    const account = createAccount();
    addMessages(account, openMailbox(account), count);
    const client = createSession(account, openMailbox(account));
    expect(await found(client, searchTask(client, account, "ALL"))).toBe(`* SEARCH${numbers(count)}`);
  }
});

test("an answer that is longer than a message of output is written in steps", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 30_000);
  mailbox.expunge(Uint32Array.from(Array.from({ length: 10_000 }, (_, at) => [3 * at + 2, 3 * at + 2]).flat()), false);
  const client = createSession(account, mailbox);
  const uids = Array.from({ length: 30_000 }, (_, at) => at + 1).filter((uid) => uid % 3 !== 2);
  let largest = 0;
  const measured = async (returns: ReadonlySet<ReturnOption> | undefined): Promise<string> => {
    let said = "";
    const task = searchTask(client, account, "ALL", { returns });
    said += await found(client, {
      step() {
        const result = task.step();
        largest = Math.max(largest, client.session.output.writer.length);
        return result;
      },
    });
    return said;
  };
  expect(await measured(undefined)).toBe(`* SEARCH ${uids.join(" ")}`);
  const pairs = Array.from({ length: 9_999 }, (_, at) => `${3 * at + 3}:${3 * at + 4}`);
  expect(await measured(new Set<ReturnOption>(["MIN", "MAX", "ALL", "COUNT"]))).toBe(
    `* ESEARCH (TAG "a") UID MIN 1 MAX 30000 ALL 1,${pairs.join(",")},30000 COUNT 20000`,
  );
  expect(largest).toBeLessThan(LIMITS.outputMessage + 1000);
});

test("a response is open from its first octet on, and not while the search goes on", async ({ expect }) => {
  const account = createAccount();
  addMessages(account, openMailbox(account), 50_000);
  const client = createSession(account, openMailbox(account));
  const task = searchTask(client, account, "ALL");
  const wrong: number[] = [];
  let said = "";
  for (let step = 1; task.step() === undefined; step++) {
    said += client.take();
    if (task.responseOpen !== (said !== "")) wrong.push(step);
  }
  expect([wrong, said.length > LIMITS.outputMessage]).toEqual([[], true]);
});

test("one step looks at many small ranges", async ({ expect }) => {
  const account = createAccount();
  addMessages(account, openMailbox(account), 2000);
  const client = createSession(account, openMailbox(account));
  let steps = 0;
  const odd = Array.from({ length: 1000 }, (_, at) => 2 * at + 1).join(",");
  expect(await found(client, searchTask(client, account, `UID ${odd}`), () => steps++)).toBe(`* SEARCH ${odd.replaceAll(",", " ")}`);
  expect(steps).toBeLessThan(10);
});

test("bodies are read only for messages that nothing cheaper decides", async ({ expect }) => {
  const plain = createAccount();
  const mailbox = openMailbox(plain);
  for (let at = 0; at < 10; at++)
    await deliver(plain, mailbox, `Subject: m${at}\n\nbody needle ${at}\n`, { system: at < 5 ? Flag.seen : 0, keywords: [] });
  const { account, contents, bodyReads } = counting(plain);
  const client = createSession(account, mailbox);
  expect(await found(client, searchTask(client, account, "UNSEEN UID 1:5 BODY needle"))).toBe("* SEARCH");
  expect(contents).toEqual([]);
  expect(await found(client, searchTask(client, account, "UNSEEN SUBJECT m7 BODY needle"))).toBe("* SEARCH 8");
  expect(contents).toHaveLength(1);
  expect(bodyReads).toHaveLength(1);
  expect(await found(client, searchTask(client, account, "OR SUBJECT m BODY needle"))).toBe(`* SEARCH${numbers(10)}`);
  expect(bodyReads).toHaveLength(1);
});

test("a Subject is asked for in the index; only headers that it does not know are read", async ({ expect }) => {
  const plain = createAccount();
  const mailbox = openMailbox(plain);
  const long = `${"x".repeat(LIMITS.indexedSubject)} lunch`;
  for (const subject of ["lunch", "dinner", long, "LUNCH again", "other"])
    await deliver(plain, mailbox, `Subject: ${subject}\nTo: me\n\n\n`);
  const { account, contents } = counting(plain);
  const client = createSession(account, mailbox);
  const say = (keys: string): Promise<string> => found(client, searchTask(client, account, keys));
  expect(await say("NOT SUBJECT lunch UID 4:5")).toBe("* SEARCH 5");
  expect(await say("OR SUBJECT dinner SUBJECT again UID 1:2")).toBe("* SEARCH 2");
  expect(contents).toEqual([]);
  expect(await say("SUBJECT lunch")).toBe("* SEARCH 1 3 4");
  expect(contents).toHaveLength(1);
  expect(await say("OR SUBJECT dinner TO me")).toBe("* SEARCH 1 2 3 4 5");
  expect(await say('HEADER Subject ""')).toBe("* SEARCH 1 2 3 4 5");
  expect(contents).toHaveLength(3);
  const many = Array.from({ length: LIMITS.subjectQueries + 1 }, (_, at) => `NOT SUBJECT word${at}`).join(" ");
  expect(await say(`${many} UID 1`)).toBe("* SEARCH 1");
  expect(contents).toHaveLength(4);
});

test("many small bodies are read in one step, a large one takes several", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  for (let at = 0; at < 100; at++) await deliver(account, mailbox, `Subject: m\n\ntext ${at}\n`);
  const client = createSession(account, mailbox);
  let steps = 0;
  await found(client, searchTask(client, account, "BODY missing"), () => steps++);
  expect(steps).toBeLessThan(6);

  await deliver(account, mailbox, `Subject: m\n\n${"0123456789abcde\n".repeat(200_000)}end\n`);
  const other = createSession(account, mailbox);
  steps = 0;
  expect(await found(other, searchTask(other, account, "UID 101 BODY end"), () => steps++)).toBe("* SEARCH 101");
  expect(steps).toBeGreaterThanOrEqual(Math.floor(3_400_000 / LIMITS.searchWindow));
});

test("others may change the mailbox between two steps", async ({ expect }) => {
  for (const later of [false, true]) {
    const account = createAccount();
    const mailbox = openMailbox(account);
    const large = `${"0123456789abcde\n".repeat(40_000)}needle\n`;
    for (let at = 0; at < 6; at++) await deliver(account, mailbox, `Subject: m\n\n${large}`);
    const reading = { ...account, bodies: bodiesThat(account.bodies, () => {}, later) };
    const client = createSession(reading, mailbox);
    const said = await found(client, searchTask(client, reading, "UNSEEN BODY needle", { byUid: false }), (step) => {
      // The first is being read: it stays readable. Of the others one is gone, one is read.
      if (step !== 2) return;
      mailbox.expunge(Uint32Array.of(1, 1, 3, 3), false);
      mailbox.store(Uint32Array.of(5, 5), { mode: "add", system: Flag.seen, keywords: [] });
      const { bodies } = account.index.collectUnreferenced(10, (key) => pinsOf(account.index).has(key));
      for (const body of bodies) void account.bodies.remove(body);
      expect(bodies).toHaveLength(1);
    });
    expect(said).toBe("* SEARCH 1 2 4 6");
    expect(pinsOf(account.index).has(1)).toBe(false);
  }
});

test("a search that is aborted lets go of its message", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  await deliver(account, mailbox, `Subject: m\n\n${"0123456789abcde\n".repeat(200_000)}`);
  const reading = { ...account, bodies: bodiesThat(account.bodies, () => {}, true) };
  const client = createSession(reading, mailbox);
  const task = searchTask(client, reading, "BODY needle");
  const step = task.step();
  expect(pinsOf(account.index).has(1)).toBe(true);
  task.abort();
  expect(await step).toBeUndefined();
  expect(pinsOf(account.index).has(1)).toBe(false);
});

test("when the mailbox is deleted the view is lost", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 1000);
  const client = createSession(account, mailbox);
  const task = searchTask(client, account, "ALL");
  expect(task.step()).toBeUndefined();
  account.index.remove(mailbox.record.id);
  await expect(found(client, task)).rejects.toThrow(ViewLostError);
});

test("TEXT finds nothing across two fields", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  await deliver(account, mailbox, "Subject: hay\nTo: bob\n\nx\n");
  const client = createSession(account, mailbox);
  expect(await found(client, searchTask(client, account, 'TEXT "hayto"'))).toBe("* SEARCH");
  expect(await found(client, searchTask(client, account, 'TEXT "subject: hay"'))).toBe("* SEARCH 1");
});

test("the mod-sequence is that of the messages that are named", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 3);
  mailbox.store(Uint32Array.of(2, 2), { mode: "add", system: Flag.seen, keywords: [] });
  const first = mailbox.record.highestModSeq - 1;
  const client = createSession(account, mailbox);
  const told = (...returns: ReturnOption[]): Promise<string> =>
    found(client, searchTask(client, account, "MODSEQ 1", { returns: new Set(returns), modSeq: true }));
  expect(await told("MIN")).toBe(`* ESEARCH (TAG "a") UID MIN 1 MODSEQ ${first}`);
  expect(await told("MIN", "MAX")).toBe(`* ESEARCH (TAG "a") UID MIN 1 MAX 3 MODSEQ ${first}`);
  expect(await told("MIN", "COUNT")).toBe(`* ESEARCH (TAG "a") UID MIN 1 COUNT 3 MODSEQ ${first + 1}`);
  expect(await found(client, searchTask(client, account, "MODSEQ 1", { modSeq: true }))).toBe(`* SEARCH 1 2 3 (MODSEQ ${first + 1})`);
});
