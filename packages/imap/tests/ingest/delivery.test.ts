import * as fc from "fast-check";
import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { Delivery, type DeliveryTarget } from "../../src/ingest/delivery.ts";
import type { BodyRef, BodyStore } from "../../src/mailbox/body-store.ts";
import type { Mailbox } from "../../src/mailbox/mailbox-index.ts";
import { MessagePage } from "../../src/mailbox/message-page.ts";
import type { Account } from "../../src/session/session.ts";
import { createAccount, NOW, openMailbox } from "../session/fixture.ts";

const encoder = new TextEncoder();
const HEADER = "Message-ID: <a@example.org>\r\nIn-Reply-To: <b@example.org>\r\nSubject: hello\r\n\r\n";

interface Kept {
  readonly head: Uint8Array;
  readonly headerSize: number;
  readonly whole: Uint8Array;
}

function targetOf(mailbox: Mailbox): DeliveryTarget {
  return { mailbox, flags: { system: 1, keywords: ["Work"] }, internalDate: 1_000_000, zoneMinutes: 60 };
}

async function deliver(
  account: Account,
  message: Uint8Array,
  cuts: readonly number[],
  targets: readonly DeliveryTarget[],
): Promise<readonly number[]> {
  const delivery = Delivery.begin(account, message.length);
  let from = 0;
  for (const cut of [...cuts, message.length]) {
    await delivery.write(message.subarray(from, cut));
    from = cut;
  }
  return delivery.finish(targets);
}

async function kept(account: Account, mailbox: Mailbox, uid: number): Promise<Kept> {
  const page = new MessagePage(1);
  mailbox.read(uid, uid, page);
  const [row] = account.index.readContents(page, 0, 1, { head: true, body: true });
  const head = row?.head ?? new Uint8Array(0);
  const size = page.size[0] ?? 0;
  const rest = row?.body === undefined ? new Uint8Array(0) : await account.bodies.read(row.body, 0, size - head.length);
  const whole = new Uint8Array(size);
  whole.set(head);
  whole.set(rest, head.length);
  return { head, headerSize: row?.headerSize ?? -1, whole };
}

/** Counts what is there, and answers with promises as a remote store does. */
function countingStore(
  inner: BodyStore,
  failAt?: "begin" | "write" | "commit",
): { readonly store: BodyStore; readonly live: Set<BodyRef>; aborted: number } {
  const counts = { live: new Set<BodyRef>(), aborted: 0 };
  const fail = (at: string): void => {
    if (at === failAt) throw new Error("The disk is full");
  };
  const store: BodyStore = {
    begin(size) {
      fail("begin");
      const writer = inner.begin(size);
      return {
        async write(chunk) {
          await Promise.resolve();
          fail("write");
          await writer.write(chunk);
        },
        async commit() {
          await Promise.resolve();
          fail("commit");
          const ref = await writer.commit();
          counts.live.add(ref);
          return ref;
        },
        async abort() {
          counts.aborted++;
          await writer.abort();
        },
      };
    },
    read: (body, offset, length) => inner.read(body, offset, length),
    remove(body) {
      counts.live.delete(body);
      return inner.remove(body);
    },
  };
  return Object.assign(counts, { store });
}

test("the octets, the head and the ids are kept however the message was cut", async ({ expect }) => {
  const endings = ["", HEADER, "no header at all", "Subject: only\r\n", "\r\nbody", "\n\nbody"];
  const bodies = fc.oneof(
    fc.constantFrom(...endings),
    fc.string({ maxLength: 40, unit: fc.constantFrom("a", "\r\n", "\n", ":", "\0", "\u00e9") }),
  );
  await fc.assert(
    fc.asyncProperty(bodies, bodies, fc.array(fc.nat(200), { maxLength: 6 }), async (first, second, places) => {
      const message = encoder.encode(`${first}${second}x`);
      const account = createAccount();
      const mailbox = openMailbox(account);
      const cuts = places.map((place) => place % message.length).sort((a, b) => a - b);
      await deliver(account, message, [], [targetOf(mailbox)]);
      await deliver(account, message, cuts, [targetOf(mailbox)]);
      const whole = await kept(account, mailbox, 1);
      const cut = await kept(account, mailbox, 2);
      expect(whole.whole).toEqual(message);
      expect(cut).toEqual(whole);
      expect(whole.head.length).toBe(whole.headerSize);
    }),
    { numRuns: 100 },
  );
});

test("the row says what was given, in each mailbox, and a thread is found", async ({ expect }) => {
  const account = createAccount();
  const inbox = openMailbox(account);
  const archive = openMailbox(account, "Archive");
  const uids = await deliver(account, encoder.encode(`${HEADER}body`), [], [targetOf(inbox), { ...targetOf(archive), zoneMinutes: -90 }]);
  expect(uids).toEqual([1, 1]);
  const page = new MessagePage(1);
  expect(archive.read(1, 1, page)).toBe(1);
  expect([page.flags[0], page.keywordsLow[0], page.internalDate[0], page.zoneMinutes[0], page.saveDate[0]]).toEqual([
    1,
    1,
    1_000_000,
    -90,
    NOW / 1000,
  ]);
  const content = page.content[0];
  inbox.read(1, 1, page);
  expect(page.content[0]).toBe(content);
  await deliver(account, encoder.encode("References: <b@example.org>\r\n\r\nanswer"), [], [targetOf(inbox)]);
  const both = new MessagePage(2);
  inbox.read(1, 2, both);
  const rows = account.index.readContents(both, 0, 2, { ids: true });
  expect(rows[0]?.threadId).toBe(rows[1]?.threadId);
  expect(rows[0]?.emailId).not.toBe(rows[1]?.emailId);
});

test("a header longer than what is stored goes on in the body store", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  const header = `Subject: long\r\n${`X-Line: ${"x".repeat(100)}\r\n`.repeat(4000)}\r\n`;
  const message = encoder.encode(`${header}the body`);
  const cuts = Array.from({ length: Math.floor(message.length / 60_000) }, (_, at) => (at + 1) * 60_000);
  for (const where of [[], cuts, [LIMITS.storedHeader], [LIMITS.storedHeader - 1, LIMITS.storedHeader + 1]]) {
    const [uid = 0] = await deliver(account, message, where, [targetOf(mailbox)]);
    const { head, headerSize, whole } = await kept(account, mailbox, uid);
    expect(head.length).toBe(LIMITS.storedHeader);
    expect(headerSize).toBe(header.length);
    // Of large arrays toEqual takes a second each.
    expect(Buffer.compare(whole, message)).toBe(0);
  }
});

for (const failAt of ["begin", "write", "commit"] as const) {
  test(`a store that fails at ${failAt} leaves nothing`, async ({ expect }) => {
    const memory = createAccount();
    const counting = countingStore(memory.bodies, failAt);
    const account: Account = { ...memory, bodies: counting.store };
    const mailbox = openMailbox(account);
    const message = encoder.encode(`${HEADER}body`);
    const delivery = Delivery.begin(account, message.length);
    const work = async (): Promise<void> => {
      await delivery.write(message.subarray(0, message.length - 2));
      await delivery.write(message.subarray(message.length - 2));
      await delivery.finish([targetOf(mailbox)]);
    };
    await expect(work()).rejects.toThrow("The disk is full");
    await delivery.abort();
    expect(counting.live.size).toBe(0);
    expect(counting.aborted).toBe(failAt === "begin" ? 0 : 1);
    expect(mailbox.record.messages).toBe(0);
  });
}

test("when one of two mailboxes is gone at the end, neither has the message and its body is removed", async ({ expect }) => {
  const memory = createAccount();
  const counting = countingStore(memory.bodies);
  const account: Account = { ...memory, bodies: counting.store };
  const inbox = openMailbox(account);
  const archive = openMailbox(account, "Archive");
  const message = encoder.encode(`${HEADER}body`);
  const delivery = Delivery.begin(account, message.length);
  await delivery.write(message);
  account.index.remove(archive.record.id);
  await expect(delivery.finish([targetOf(inbox), targetOf(archive)])).rejects.toMatchObject({ status: "NO", code: "TRYCREATE" });
  expect(inbox.record.messages).toBe(0);
  expect(inbox.record.uidNext).toBe(1);
  expect(counting.live.size).toBe(0);
});

test("a store that answers later keeps the same octets", async ({ expect }) => {
  const memory = createAccount();
  const counting = countingStore(memory.bodies);
  const account: Account = { ...memory, bodies: counting.store };
  const mailbox = openMailbox(account);
  const message = encoder.encode(HEADER + "line\r\n".repeat(1000));
  await deliver(account, message, [3, HEADER.length - 1, HEADER.length + 1, 2000], [targetOf(mailbox)]);
  expect((await kept(account, mailbox, 1)).whole).toEqual(message);
  expect(counting.live.size).toBe(1);
});

test("more or fewer octets than announced are a fault", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  expect(() => Delivery.begin(account, 3).write(encoder.encode("abcd"))).toThrow(RangeError);
  const short = Delivery.begin(account, 3);
  await short.write(encoder.encode("ab"));
  await expect(short.finish([targetOf(mailbox)])).rejects.toThrow(RangeError);
  expect(mailbox.record.messages).toBe(0);
});

test("what was given up cannot be finished: a message without its body would be stored", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  const message = encoder.encode(`${HEADER}body`);
  const delivery = Delivery.begin(account, message.length);
  await delivery.write(message);
  await delivery.abort();
  await expect(delivery.finish([targetOf(mailbox)])).rejects.toThrow(/given up/);
  expect(() => delivery.write(new Uint8Array(0))).toThrow(/given up/);
  expect(mailbox.record.messages).toBe(0);
});

test("a message that is given up while its body is committed is not kept, nor its body", async ({ expect }) => {
  const account = createAccount();
  const counts = countingStore(account.bodies);
  const mailbox = openMailbox(account);
  const message = encoder.encode(`${HEADER}body`);
  const delivery = Delivery.begin({ ...account, bodies: counts.store }, message.length);
  await delivery.write(message);
  const finishing = delivery.finish([targetOf(mailbox)]);
  await delivery.abort();
  await expect(finishing).rejects.toThrow(/ended|given up/);
  expect(mailbox.record.messages).toBe(0);
  expect(counts.live.size).toBe(0);
});
