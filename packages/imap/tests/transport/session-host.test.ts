import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";
import { onTestFinished, test } from "vitest";

import { createMemoryBodyStore } from "../../src/adapters/memory/memory-body-store.ts";
import { createMemoryMailboxIndex } from "../../src/adapters/memory/memory-mailbox-index.ts";
import { registry } from "../../src/commands/registry.ts";
import { createAccountMailboxes } from "../../src/mailbox/default-mailboxes.ts";
import { Framer } from "../../src/parser/framer.ts";
import { LIMITS } from "../../src/limits.ts";
import { createReferenceTokenizer } from "../../src/parser/reference-tokenizer.ts";
import { serverInfo } from "../../src/server-info.ts";
import { Checkpoint, SessionSnapshot } from "../../src/session/snapshot.ts";
import { encodeFrames, encodeHello, readEdgeFrames, type OutgoingFrame } from "../../src/transport/link-frames.ts";
import { SessionHost } from "../../src/transport/session-host.ts";
import { overriding } from "../fetch/fixture.ts";
import { ACCOUNT, settle } from "./fakes.ts";

const hello = encodeHello({
  sessionId: "01890a5d-ac96-774b-bcce-b302099a8058",
  accountId: ACCOUNT,
  accountName: "user@sluice.test",
  transport: "tcp",
  remoteAddress: "",
});

function createHost(bodies = createMemoryBodyStore()) {
  const index = createMemoryMailboxIndex();
  createAccountMailboxes(index);
  const messages: Uint8Array[] = [];
  const faults: unknown[] = [];
  const saved: SessionSnapshot[] = [];
  const changes: boolean[] = [];
  let closed = 0;
  let full = false;
  const save = (snapshot: SessionSnapshot): void => {
    if (full) throw new Error("The attachment is too large");
    saved.push(snapshot);
  };
  const create = (): SessionHost =>
    new SessionHost(
      { send: (message) => void messages.push(message), close: () => void closed++, save },
      {
        registry,
        server: serverInfo("test", LIMITS),
        limits: LIMITS,
        now: () => 1_800_000_000_000,
        account: () => ({ id: ACCOUNT, name: "user@sluice.test", index, bodies, octets: plainOctetScanner, now: () => 0 }),
        yieldTurn: () => Promise.resolve(),
        sessionChanged: (open) => void changes.push(open),
        commandEnded() {},
        fault: (error) => void faults.push(error),
        limitHit() {},
        stalled() {},
      },
    );
  return {
    host: create(),
    create,
    index,
    messages,
    faults,
    saved,
    changes,
    closed: () => closed,
    failSaves: () => void (full = true),
    said: () => readAll(messages.splice(0)),
  };
}

function readAll(messages: readonly Uint8Array[]): { output: string; other: unknown[]; checkpoints: Checkpoint[] } {
  const checkpoints: Checkpoint[] = [];
  let output = "";
  const other: unknown[] = [];
  for (const message of messages) {
    readEdgeFrames(message, {
      decision: (accepted) => other.push(["decision", accepted]),
      output: (bytes) => void (output += new TextDecoder().decode(bytes)),
      credit: (octets) => other.push(["credit", octets]),
      idle: (pieces) => other.push(["idle", pieces]),
      settledPieces: (pieces) => other.push(["settled", pieces]),
      responseOpen: (on) => other.push(["response-open", on]),
      checkpoint: (json) => void checkpoints.push(Checkpoint.parse(JSON.parse(new TextDecoder().decode(json)))),
      closed: (reason) => other.push(["close", reason]),
    });
  }
  return { output, other, checkpoints };
}

function pieces(text: string): Uint8Array<ArrayBuffer> {
  const frames: OutgoingFrame[] = [];
  const framer = new Framer(createReferenceTokenizer(), LIMITS);
  framer.push(new TextEncoder().encode(text), {
    command: (segment) => frames.push({ kind: "piece", segment, literal: undefined }),
    literal: (segment, literal) => frames.push({ kind: "piece", segment, literal }),
    chunk: (data) => frames.push({ kind: "chunk", data }),
    literalEnd: () => frames.push({ kind: "literal-end" }),
    fatal() {},
  });
  return encodeFrames(frames);
}

test("one message of commands is answered in one, with credit and what is settled", async ({ expect }) => {
  const { host, messages, said } = createHost();
  await host.receive(hello);
  expect(messages).toEqual([]);
  await host.receive(pieces("a NOOP\r\nb NOOP\r\n"));
  expect(messages.length).toBe(1);
  const { output, other } = said();
  expect(output).toBe("a OK NOOP completed\r\nb OK NOOP completed\r\n");
  expect(other).toEqual([
    ["credit", expect.any(Number)],
    ["settled", 2],
  ]);
});

test("an IDLE is reported, not settled, and its snapshot brings it back", async ({ expect }) => {
  const { host, create, saved, said, index } = createHost();
  await host.receive(hello);
  await host.receive(pieces("a SELECT INBOX\r\nb IDLE\r\n"));
  expect(said().other).toEqual([
    ["credit", expect.any(Number)],
    ["idle", 2],
  ]);
  const snapshot = SessionSnapshot.parse(structuredClone(saved.at(-1)));
  expect(snapshot.checkpoint).toMatchObject({ idleTag: "b", unsettled: 2, view: { mailbox: index.findByName("INBOX")?.id } });
  const woken = create();
  woken.restore(snapshot);
  await woken.receive(pieces("DONE\r\n"));
  const { output, other } = said();
  expect(output).toBe("b OK IDLE completed\r\n");
  expect(other).toEqual([
    ["credit", expect.any(Number)],
    ["settled", 3],
    ["idle", 0],
  ]);
});

test("nothing is saved while nothing of the session has changed", async ({ expect }) => {
  const { host, saved } = createHost();
  await host.receive(hello);
  await host.receive(pieces("a SELECT INBOX\r\n"));
  const count = saved.length;
  for (const tag of ["b", "c", "d"]) await host.receive(pieces(`${tag} NOOP\r\n`));
  expect(saved.length).toBe(count);
});

test("a session whose mailbox is gone when it wakes says BYE", async ({ expect }) => {
  const { host, create, saved, said, index, faults } = createHost();
  await host.receive(hello);
  await host.receive(pieces("a CREATE Box\r\nb SELECT Box\r\n"));
  said();
  const box = index.findByName("Box");
  if (box !== undefined) index.remove(box.id);
  const woken = create();
  const snapshot = saved.at(-1);
  if (snapshot !== undefined) woken.restore(snapshot);
  const { output, other } = said();
  expect(output).toMatch(/^\* BYE /);
  expect([other, faults]).toEqual([[["close", "finished"]], []]);
});

test("a handler waits until a streamed literal is complete, and later messages complete it", async ({ expect }) => {
  const { host, said } = createHost();
  await host.receive(hello);
  let returned = false;
  const first = host.receive(pieces("a APPEND INBOX {20000+}\r\n")).then(() => (returned = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(said().other).toEqual([["decision", true]]);
  expect([returned, host.quiescent]).toEqual([false, false]);
  await host.receive(encodeFrames([{ kind: "chunk", data: new Uint8Array(20_000).fill(65) }, { kind: "literal-end" }]));
  expect(returned).toBe(false);
  const framer = pieces("\r\n");
  // The rest of the command: a piece that continues.
  framer[5] = 1;
  await host.receive(framer);
  await first;
  expect(said().output).toMatch(/^a OK \[APPENDUID /);
});

test("what breaks the rules of the link ends it", async ({ expect }) => {
  const cases: Uint8Array<ArrayBuffer>[][] = [
    [pieces("a NOOP\r\n")],
    [hello, hello],
    [hello, Uint8Array.of(77, 0, 0, 0, 0)],
    [Uint8Array.of(1)],
  ];
  for (const messages of cases) {
    const { host, said, closed, faults } = createHost();
    for (const message of messages) await host.receive(message);
    expect([said().other, closed(), faults.length]).toEqual([[["close", "bad-frame"]], 1, 1]);
    await host.receive(hello);
    expect(said().other).toEqual([]);
  }
});

test("the end of a link gives up what the session was in the middle of", async ({ expect }) => {
  const { host, index } = createHost();
  await host.receive(hello);
  const pending = host.receive(pieces("a APPEND INBOX {20000+}\r\n"));
  await new Promise((resolve) => setImmediate(resolve));
  await host.end();
  await pending;
  expect(index.findByName("INBOX")?.messages).toBe(0);
});

test("a session whose snapshot cannot be kept ends, instead of going on from an old one", async ({ expect }) => {
  const { host, said, faults, closed, failSaves } = createHost();
  await host.receive(hello);
  failSaves();
  await host.receive(pieces("a SELECT INBOX\r\n"));
  const { output, other } = said();
  expect(output).toMatch(/a OK .*\r\n\* BYE Internal error\r\n$/);
  expect(other.at(-1)).toEqual(["close", "finished"]);
  expect([faults.length, closed()]).toEqual([1, 1]);
});

test("an IDLE is not reported while its DONE waits to be taken", async ({ expect }) => {
  const { host, said } = createHost();
  await host.receive(hello);
  await host.receive(pieces("a IDLE\r\nDONE\r\nb NOOP\r\n"));
  expect(said().other).toEqual([
    ["credit", expect.any(Number)],
    ["settled", 3],
  ]);
  await host.receive(pieces("c IDLE\r\n"));
  await host.receive(pieces("DONE\r\nd IDLE\r\n"));
  expect(said().other.filter((frame) => Array.isArray(frame) && frame[0] !== "credit")).toEqual([
    ["idle", 1],
    ["idle", 3],
  ]);
});

test("an edge hears of an open response with the octets that open it, and not before", async ({ expect }) => {
  const { linkCreditStep } = LIMITS;
  onTestFinished(() => void Object.assign(LIMITS, { linkCreditStep }));
  Object.assign(LIMITS, { linkCreditStep: 1 });
  let read = (): void => {};
  const memory = createMemoryBodyStore();
  const bodies = overriding(memory, {
    async read(body, offset, length) {
      await new Promise<void>((resolve) => (read = resolve));
      return memory.read(body, offset, length);
    },
  });
  const { host, said } = createHost(bodies);
  await host.receive(hello);
  await host.receive(pieces("a APPEND INBOX {10+}\r\nA: b\r\n\r\ncd\r\nb SELECT INBOX\r\n"));
  said();
  const fetched = host.receive(pieces("c FETCH 1 BODY[]\r\n"));
  await settle();
  const waiting = host.receive(pieces("d NOOP\r\n"));
  await settle();
  expect(said()).toMatchObject({ output: "", other: [["credit", expect.any(Number)]] });
  read();
  await Promise.all([fetched, waiting]);
  expect(said().output).toMatch(/^\* 1 FETCH .*d OK NOOP completed\r\n$/s);
});

test("a session is announced at its hello and at its end, once each, and not when it wakes", async ({ expect }) => {
  const { host, create, saved, changes } = createHost();
  await host.receive(hello);
  expect(changes).toEqual([true]);
  const woken = create();
  const snapshot = saved.at(-1);
  if (snapshot !== undefined) woken.restore(snapshot);
  expect(changes).toEqual([true]);
  woken.bye("enough");
  await woken.end();
  await woken.end();
  expect(changes).toEqual([true, false]);
});

test("a link without a hello is no session", async ({ expect }) => {
  const { host, changes } = createHost();
  await host.receive(pieces("a NOOP\r\n"));
  await host.end();
  expect(changes).toEqual([]);
});
