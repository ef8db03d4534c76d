import { test } from "vitest";

import { compileFieldFilter } from "@sluice/mime/field-filter";

import type { FetchAttribute, SectionAttribute } from "../../src/fetch/attributes.ts";
import { pinsOf } from "../../src/fetch/content-pins.ts";
import { LIMITS } from "../../src/limits.ts";
import type { MailboxIndex } from "../../src/mailbox/mailbox-index.ts";
import { Flag } from "../../src/protocol/flags.ts";
import { OutputBrokenError } from "../../src/session/output-broken-error.ts";
import type { Account } from "../../src/session/session.ts";
import { tellChanges } from "../../src/session/tell-changes.ts";
import { ViewLostError } from "../../src/session/view-lost-error.ts";
import { addMessages, createAccount, createSession, openMailbox } from "../session/fixture.ts";
import { bodiesThat, bytes, counting, deliver, fetchTask, finish } from "./fixture.ts";

const UID: FetchAttribute = { kind: "uid" };
const FLAGS: FetchAttribute = { kind: "flags" };
const SEEN = { system: Flag.seen, keywords: [] };

function section(label: string, more: Partial<SectionAttribute> = {}): SectionAttribute {
  return {
    kind: "section",
    label: bytes(` ${label}${more.partial === undefined ? "" : `<${more.partial.offset}>`} `),
    path: [],
    text: undefined,
    fields: [],
    partial: undefined,
    peek: true,
    ...more,
  };
}

const BODY = section("BODY[]");
const FIELDS = section("BODY[HEADER.FIELDS (Subject)]", { text: "HEADER.FIELDS", fields: [bytes("Subject")] });

function mail(subject: string, body: string): string {
  return `From: ann@example.com\nSubject: ${subject}\n\n${body}`;
}

/** An account with an INBOX of these bodies, UIDs from 1. */
async function accountWith(bodies: readonly string[]): Promise<Account> {
  const account = createAccount();
  for (const [at, body] of bodies.entries()) await deliver(account, openMailbox(account), mail(`m${at + 1}`, body));
  return account;
}

function ranges(...uids: readonly number[]): Uint32Array {
  return Uint32Array.from(uids.flatMap((uid) => [uid, uid]));
}

/** All that a FETCH of everything says, with an acknowledgement after each step. */
async function fetchAll(account: Account, attributes: readonly FetchAttribute[], afterStep?: () => void): Promise<string> {
  const client = createSession(account, openMailbox(account));
  const completion = await finish(fetchTask(client, account, "1:*", attributes), client, afterStep);
  if (completion.code !== undefined) throw new Error(`Unexpected ${completion.code}`);
  return client.take();
}

const LARGE = `${"x".repeat(70)}\n`.repeat(12_000);

test("sequence numbers, UIDs and flags of many pages", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  const count = 2 * LIMITS.pageRows + 50;
  addMessages(account, mailbox, count);
  mailbox.expunge(ranges(1, 5, 300), false);
  mailbox.store(ranges(7), { mode: "add", ...SEEN, keywords: ["$Label1"] });
  const said = await fetchAll(account, [UID, FLAGS]);
  const uids = Array.from({ length: count }, (_, at) => at + 1).filter((uid) => ![1, 5, 300].includes(uid));
  const expected = uids.map(
    (uid, at) => `* ${at + 1} FETCH (UID ${uid} FLAGS (${uid === 7 ? "\\Seen \\Recent $Label1" : "\\Recent"}))\r\n`,
  );
  expect(said).toBe(expected.join(""));
});

test("what no item needs is not read", async ({ expect }) => {
  const plain = await accountWith(["one", LARGE, "three"]);
  const flags = counting(plain);
  await fetchAll(flags.account, [UID, FLAGS, { kind: "size" }, { kind: "internal-date" }, { kind: "mod-seq" }]);
  expect(flags.contents).toEqual([]);

  const headers = counting(plain);
  await fetchAll(headers.account, [UID, FIELDS, section("BODY[HEADER]", { text: "HEADER" })]);
  expect(headers.contents).toHaveLength(1);
  expect(headers.contents[0]?.structure).toBe(false);
  expect(headers.bodyReads).toEqual([]);

  const structures = counting(plain);
  await fetchAll(structures.account, [UID, { kind: "envelope" }, { kind: "body-structure" }]);
  expect(structures.contents[0]?.head).toBe(false);
  expect(structures.bodyReads).toEqual([]);
});

test("a body is read in pieces, and a step writes no more than a piece beyond a message's worth", async ({ expect }) => {
  const { account, bodyReads } = counting(await accountWith([LARGE, "two", LARGE]));
  const client = createSession(account, openMailbox(account));
  const task = fetchTask(client, account, "1:*", [UID, BODY]);
  let said = "";
  let largest = 0;
  await finish(task, client, () => {
    largest = Math.max(largest, client.session.output.writer.length);
    said += client.take();
  });
  said += client.take();
  expect(Math.max(...bodyReads)).toBe(LIMITS.outputMessage);
  expect(largest).toBeLessThan(2 * LIMITS.outputMessage + 1000);
  expect(said).toBe(await fetchAll(account, [UID, BODY]));
  const octets = mail("m1", LARGE).replaceAll("\n", "\r\n");
  expect(said.startsWith(`* 1 FETCH (UID 1 BODY[] {${octets.length}}\r\n${octets})\r\n* 2 FETCH (UID 2 BODY[] `)).toBe(true);
});

test("the output is the same whenever it is taken, and whether or not the store answers at once", async ({ expect }) => {
  const account = await accountWith(["one", LARGE, "", LARGE, "five\n"]);
  const later = { ...account, bodies: bodiesThat(account.bodies, () => {}, true) };
  const partial = { offset: 400_000, count: 320_000 };
  const items = [
    UID,
    FIELDS,
    BODY,
    { kind: "envelope" } as const,
    section("BODY[TEXT]<100000>", { text: "TEXT", partial }),
    section("BODY[1]", { path: [1] }),
  ];
  const whole = await fetchAll(account, items);
  expect(await fetchAll(later, items)).toBe(whole);
  for (const source of [account, later]) {
    const client = createSession(source, openMailbox(source));
    const task = fetchTask(client, source, "1:*", items);
    let said = "";
    await finish(task, client, () => (said += client.take()));
    expect(said + client.take()).toBe(whole);
  }
});

test("with a full window a task holds no contents but those of the open message, and goes on", async ({ expect }) => {
  const account = await accountWith([LARGE, LARGE, "three", "four"]);
  const { contents, account: counted } = counting(account);
  const client = createSession(counted, openMailbox(counted));
  // Of whole messages a few are read together at most; of a part of each, as many as the contents' bound allows.
  const most = section("BODY[]", { partial: { offset: 0, count: LARGE.length } });
  const task = fetchTask(client, counted, "1:*", [most]);
  while (client.session.output.hasRoom) {
    expect(await task.step()).toBeUndefined();
    client.session.output.flushIfFull();
  }
  expect(contents).toHaveLength(1);
  client.take();
  await finish(task, client);
  expect(contents).toHaveLength(2);
});

test("partials and sections over the edge between the stored header and the body", async ({ expect }) => {
  const account = await accountWith(["0123456789"]);
  const message = mail("m1", "0123456789").replaceAll("\n", "\r\n");
  const edge = message.indexOf("0");
  for (const [offset, count] of [
    [edge - 3, 6],
    [edge - 3, 3],
    [edge, 4],
    [0, edge],
    [edge + 9, 50],
    [edge + 10, 1],
    [9999, 1],
  ] as const) {
    const said = await fetchAll(account, [section("BODY[]", { partial: { offset, count } })]);
    const part = message.slice(offset, offset + count);
    expect(said).toBe(`* 1 FETCH (BODY[]<${offset}> {${part.length}}\r\n${part})\r\n`.replace("(", "(UID 1 "));
  }
});

test("a header that is longer than what the index keeps is filtered whole", async ({ expect }) => {
  const long = `${"X-Filler: ".padEnd(900, "y")}\n`.repeat(400);
  const account = createAccount();
  const mailbox = openMailbox(account);
  await deliver(account, mailbox, `From: ann@example.com\n${long}Subject: at the end\n\nbody`);
  const subject = "Subject: at the end\r\n\r\n";
  for (const bodies of [account.bodies, bodiesThat(account.bodies, () => {}, true)]) {
    const said = await fetchAll({ ...account, bodies }, [FIELDS, section("BODY[TEXT]", { text: "TEXT" })]);
    expect(said).toBe(`* 1 FETCH (UID 1 BODY[HEADER.FIELDS (Subject)] {${subject.length}}\r\n${subject} BODY[TEXT] {4}\r\nbody)\r\n`);
  }
});

test("of an endless header the fields within the bound are looked at", async ({ expect }) => {
  const account = createAccount();
  const line = `X-Filler: ${"y".repeat(60_000)}\n`;
  const header = `Subject: first\n${line.repeat(Math.ceil(LIMITS.filteredHeader / line.length) + 1)}Subject: second\n`;
  await deliver(account, openMailbox(account), `${header}\nbody`);
  const { account: counted, bodyReads } = counting(account);
  expect(await fetchAll(counted, [FIELDS])).toContain("{18}\r\nSubject: first\r\n\r\n)");
  expect(Math.max(...bodyReads)).toBeLessThanOrEqual(LIMITS.filteredHeader);
});

test("fields of an embedded message", async ({ expect }) => {
  const account = createAccount();
  const inner = `Subject: inside\nFrom: eve@example.net\n\ntext`;
  await deliver(account, openMailbox(account), `Subject: outside\nContent-Type: message/rfc822\n\n${inner}`);
  const attribute = { ...FIELDS, label: bytes(" BODY[1.HEADER.FIELDS (Subject)] "), path: [1] };
  const expected = new TextDecoder().decode(compileFieldFilter(["subject"], false).select(bytes("Subject: inside\r\n\r\n")));
  expect(await fetchAll(account, [attribute])).toContain(`{${expected.length}}\r\n${expected})`);
});

test("\\Seen is set once a page, and the mark of what was told moves over it", async ({ expect }) => {
  const account = await accountWith(["one", "two", "three"]);
  const mailbox = openMailbox(account);
  mailbox.store(ranges(2), { mode: "add", ...SEEN });
  const client = createSession(account, mailbox);
  const { view } = client.session;
  const before = mailbox.record.highestModSeq;
  await finish(fetchTask(client, account, "1:*", [section("BODY[TEXT]", { text: "TEXT", peek: false })]), client);
  expect(mailbox.record.highestModSeq).toBe(before + 1);
  expect(mailbox.record.unseen).toBe(0);
  expect(view?.flagsModSeq).toBe(before + 1);
  const flags = ["FLAGS (\\Seen \\Recent) ", "", "FLAGS (\\Seen \\Recent) "];
  const texts = ["one", "two", "three"].map(
    (text, at) => `* ${at + 1} FETCH (UID ${at + 1} ${flags[at]}BODY[TEXT] {${text.length}}\r\n${text})\r\n`,
  );
  expect(client.take()).toBe(texts.join(""));
  tellChanges(client.session, true);
  expect(client.take()).toBe("");
});

test("changes between two steps: nothing stale, nothing expunged, numbers as the client counts", async ({ expect }) => {
  const account = await accountWith([LARGE, "two", LARGE, "four", "five"]);
  const mailbox = openMailbox(account);
  const client = createSession(account, mailbox);
  const task = fetchTask(client, account, "1:*", [FLAGS, section("BODY[]", { peek: false, partial: { offset: 0, count: 600_000 } })], {
    byUid: false,
  });
  let steps = 0;
  const completion = await finish(task, client, () => {
    if (++steps !== 2) return;
    // The first message is half on its way.
    mailbox.expunge(ranges(1, 2), false);
    mailbox.store(ranges(4), { mode: "replace", system: Flag.flagged, keywords: [] });
    addMessages(account, mailbox, 1);
  });
  expect(completion.code).toBe("EXPUNGEISSUED");
  const said = client.take();
  const begins = [...said.matchAll(/^\* (\d+) FETCH \((FLAGS \([^)]*\)) BODY\[\]<0> \{(\d+)\}\r\n/gm)].map(([, ...groups]) =>
    groups.join(" "),
  );
  expect(begins).toEqual([
    "1 FLAGS (\\Seen \\Recent) 600000",
    "3 FLAGS (\\Seen \\Recent) 600000",
    "4 FLAGS (\\Flagged \\Seen \\Recent) 42",
    "5 FLAGS (\\Seen \\Recent) 42",
  ]);
});

test("a message that is expunged while it is sent keeps its octets until the end of its response", async ({ expect }) => {
  const account = await accountWith([LARGE, "two"]);
  const mailbox = openMailbox(account);
  const client = createSession(account, mailbox);
  const task = fetchTask(client, account, "1:*", [BODY]);
  for (let steps = 0; steps < 2; steps++) expect(await task.step()).toBeUndefined();
  const collect = (index: MailboxIndex): number => {
    const { bodies } = index.collectUnreferenced(10, (key) => pinsOf(index).has(key));
    for (const body of bodies) void account.bodies.remove(body);
    return bodies.length;
  };
  mailbox.expunge(ranges(1), false);
  expect(collect(account.index)).toBe(0);
  await finish(task, client);
  expect(client.take()).toContain(LARGE.replaceAll("\n", "\r\n"));
  expect(collect(account.index)).toBe(1);
});

test("an aborted task lets go of its message, and a read that comes later writes nothing", async ({ expect }) => {
  const account = await accountWith([LARGE]);
  const client = createSession(account, openMailbox(account));
  const later = { ...account, bodies: bodiesThat(account.bodies, () => {}, true) };
  const task = fetchTask(client, later, "1:*", [BODY]);
  await task.step();
  const before = client.take();
  const waiting = task.step();
  expect(waiting).toBeInstanceOf(Promise);
  expect(pinsOf(account.index).has(1)).toBe(true);
  task.abort();
  expect(pinsOf(account.index).has(1)).toBe(false);
  await waiting;
  expect(before).toContain("BODY[] {");
  expect(client.take()).toBe("");
});

for (const later of [false, true]) {
  const when = later ? "later" : "at once";

  test(`a body that cannot be read (${when}) is left out, the others come, and the command fails`, async ({ expect }) => {
    const account = await accountWith(["one", "two", "three"]);
    const mailbox = openMailbox(account);
    const damaged = bodiesThat(
      account.bodies,
      (length) => {
        if (length === 3) throw new Error("damaged");
      },
      later,
    );
    const client = createSession(account, mailbox);
    const task = fetchTask(client, { ...account, bodies: damaged }, "1:*", [section("BODY[TEXT]", { text: "TEXT", peek: false })]);
    await expect(finish(task, client)).rejects.toThrow("damaged");
    expect(client.take()).toBe("* 3 FETCH (UID 3 FLAGS (\\Seen \\Recent) BODY[TEXT] {5}\r\nthree)\r\n");
    // What was set on the others is still told.
    tellChanges(client.session, true);
    expect(client.take()).toContain("* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent))\r\n* 2 FETCH (UID 2 FLAGS (\\Seen \\Recent))\r\n");
  });

  test(`a literal that breaks off (${when}) ends the connection`, async ({ expect }) => {
    const account = await accountWith([LARGE, "two"]);
    let reads = 0;
    const damaged = bodiesThat(
      account.bodies,
      () => {
        if (++reads === 3) throw new Error("damaged");
      },
      later,
    );
    const client = createSession(account, openMailbox(account));
    const task = fetchTask(client, { ...account, bodies: damaged }, "1:*", [BODY]);
    const failure: unknown = await finish(task, client).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutputBrokenError);
    expect(failure).toHaveProperty("cause", new Error("damaged"));
    expect(pinsOf(account.index).has(1)).toBe(false);
  });
}

test("a store that is down is not asked for every message", async ({ expect }) => {
  const account = await accountWith(Array.from({ length: 30 }, () => "text"));
  let reads = 0;
  const down = bodiesThat(account.bodies, () => {
    reads++;
    throw new Error("down");
  });
  const client = createSession(account, openMailbox(account));
  await expect(finish(fetchTask(client, { ...account, bodies: down }, "1:*", [BODY]), client)).rejects.toThrow("down");
  expect(reads).toBe(LIMITS.fetchFailures);
  expect(client.take()).toBe("");
});

test("a store that gives too little is a fault", async ({ expect }) => {
  const account = await accountWith(["text"]);
  const short = { ...account.bodies, read: () => bytes("te") };
  const client = createSession(account, openMailbox(account));
  await expect(finish(fetchTask(client, { ...account, bodies: short }, "1:*", [BODY]), client)).rejects.toThrow("2 octets for 4");
});

test("when the mailbox is deleted the open response is completed, then the view is lost", async ({ expect }) => {
  const account = await accountWith([LARGE, "two"]);
  const mailbox = openMailbox(account);
  const client = createSession(account, mailbox);
  const task = fetchTask(client, account, "1:*", [BODY]);
  for (let steps = 0; steps < 2; steps++) expect(await task.step()).toBeUndefined();
  account.index.remove(mailbox.record.id);
  await expect(finish(task, client)).rejects.toThrow(ViewLostError);
  const message = mail("m1", LARGE).replaceAll("\n", "\r\n");
  expect(client.take()).toBe(`* 1 FETCH (UID 1 BODY[] {${message.length}}\r\n${message})\r\n`);
});

test("many items of one message are written in steps too", async ({ expect }) => {
  const account = await accountWith([LARGE]);
  const items = Array.from({ length: 50 }, (_, at) => section("BODY[]", { partial: { offset: at, count: 80_000 } }));
  const client = createSession(account, openMailbox(account));
  let largest = 0;
  let steps = 0;
  await finish(fetchTask(client, account, "1", items), client, () => {
    steps++;
    largest = Math.max(largest, client.session.output.writer.length);
    client.take();
  });
  expect(largest).toBeLessThan(2 * LIMITS.outputMessage);
  expect(steps).toBeGreaterThan(10);
});

test("a step looks at a bounded number of messages and UIDs, whatever it finds", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 3000);
  const client = createSession(account, mailbox);
  const everySecond = Array.from({ length: 1500 }, (_, at) => 2 * at + 1).join(",");
  mailbox.expunge(Uint32Array.of(2, 2999), false);
  let steps = 0;
  await finish(fetchTask(client, account, everySecond, [UID]), client, () => steps++);
  expect(steps).toBeGreaterThanOrEqual(Math.floor(1500 / LIMITS.pageRows));
  expect(client.take()).toBe("* 1 FETCH (UID 1)\r\n");
});

test("only what has changed since", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 600);
  const since = mailbox.record.highestModSeq;
  mailbox.store(ranges(3, 400, 599), { mode: "add", ...SEEN });
  mailbox.expunge(ranges(1), false);
  const client = createSession(account, mailbox);
  await finish(fetchTask(client, account, "1:*", [UID], { since }), client);
  const modSeq = since + 1;
  expect(client.take()).toBe([3, 400, 599].map((uid) => `* ${uid - 1} FETCH (UID ${uid} MODSEQ (${modSeq}))\r\n`).join(""));
});

// The fixture reads windows-1252, where 0x80 is U+20AC.
test("NUL in a message becomes 0x80 in a literal, and the stored octets stay", async ({ expect }) => {
  const large = `${"\0y".repeat(150_000)}\n`;
  const account = await accountWith(["a\0b\0", large]);
  const header = section("BODY[HEADER.FIELDS (X-Nul)]", { text: "HEADER.FIELDS", fields: [bytes("X-Nul")] });
  await deliver(account, openMailbox(account), "X-Nul: a\0b\n\nc");
  const said = await fetchAll(account, [section("BODY[TEXT]", { text: "TEXT" }), header]);
  expect(said).not.toContain("\0");
  expect(said).toContain("BODY[TEXT] {4}\r\na\u20acb\u20ac");
  expect(said).toContain(`BODY[TEXT] {300002}\r\n${"\u20acy".repeat(150_000)}`);
  expect(said).toContain("BODY[HEADER.FIELDS (X-Nul)] {14}\r\nX-Nul: a\u20acb\r\n\r\n");
});

test("messages that were not written yet stay unread when the client goes away", async ({ expect }) => {
  const account = await accountWith(Array.from({ length: 10 }, () => LARGE));
  const mailbox = openMailbox(account);
  const client = createSession(account, mailbox);
  const task = fetchTask(client, account, "1:*", [section("BODY[]", { peek: false })]);
  for (let step = 0; step < 5; step++) {
    await task.step();
    client.session.output.flushIfFull();
  }
  const begun = client.take().match(/FETCH \(/g)?.length ?? 0;
  task.abort();
  expect(begun).toBeGreaterThan(0);
  expect(10 - mailbox.record.unseen).toBe(begun);
});
