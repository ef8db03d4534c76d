import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { connect, createEdge, FakeAccountObject, logIn, settle, type Edge } from "./fakes.ts";

const MINUTE = 60_000;

/** What is left of connections that have ended. */
async function leftOver(edge: Edge, object: FakeAccountObject): Promise<unknown> {
  await settle();
  return { links: object.links.size, timers: edge.clock.armed, faults: [...edge.faults, ...object.faults] };
}

const NOTHING = { links: 0, timers: 0, faults: [] };

/** A session whose client does not read, in the middle of a body. */
async function stalledFetch(edge: Edge) {
  const connected = await logIn(edge);
  const { stream } = connected;
  const size = 3 * 1024 * 1024;
  stream.feed(`a APPEND INBOX {${size}+}\r\n`);
  for (let sent = 0; sent < size; sent += 65_536) {
    stream.feed("z".repeat(65_536));
    await settle();
  }
  stream.feed("\r\nb SELECT INBOX\r\n");
  await settle();
  stream.take();
  stream.stall();
  stream.feed("c FETCH 1 BODY.PEEK[]\r\n");
  await settle();
  await settle();
  return connected;
}

test("commands that are complete are run and answered when the input ends in the middle of another", async ({ expect }) => {
  const torn = ["c SELECT IN", "c STATUS {5}\r\n", "c STATUS {5}\r\nIN", "c APPEND INBOX {30000+}\r\nhalf", "c APPEND No {30000+}\r\nhalf"];
  for (const end of torn) {
    const object = new FakeAccountObject();
    const edge = createEdge(object);
    const { stream, done } = await connect(edge);
    stream.feed(`l LOGIN user pass\r\na CREATE Box\r\nb STATUS Box (MESSAGES)\r\n${end}`);
    stream.end();
    await done;
    expect(stream.written, end).toMatch(/^a OK .*CREATE completed\r\n\* STATUS Box \(MESSAGES 0\)\r\nb OK STATUS completed\r\n/m);
    expect(stream.written.includes("c NO [TRYCREATE]"), end).toBe(end.startsWith("c APPEND No"));
    expect(object.account.index.findByName("INBOX")?.messages, end).toBe(0);
    expect(await leftOver(edge, object), end).toEqual(NOTHING);
  }
});

test("a literal right behind DONE is asked for", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed("a IDLE\r\n");
  await settle();
  expect(stream.take()).toBe("+ idling\r\n");
  stream.feed("DONE\r\nb STATUS {5}\r\n");
  await settle();
  expect(stream.take()).toBe("a OK IDLE completed\r\n+ OK\r\n");
  stream.feed("INBOX (MESSAGES)\r\n");
  await settle();
  expect(stream.take()).toBe("* STATUS INBOX (MESSAGES 0)\r\nb OK STATUS completed\r\n");
  // All at once, and in two reads between which the object is not heard.
  for (const parts of [["c IDLE\r\nDONE\r\nd STATUS {5}\r\n"], ["c IDLE\r\n", "DONE\r\n", "d STATUS {5}\r\n"]]) {
    for (const part of parts) stream.feed(part);
    await settle();
    expect(stream.take()).toBe("+ idling\r\nc OK IDLE completed\r\n+ OK\r\n");
    stream.feed("INBOX (MESSAGES)\r\n");
    await settle();
    expect(stream.take()).toBe("* STATUS INBOX (MESSAGES 0)\r\nd OK STATUS completed\r\n");
  }
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("what stands behind DONE is answered also when the input ends there", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed("a IDLE\r\n");
  await settle();
  stream.take();
  stream.feed("DONE\r\nb CREATE Box\r\n");
  stream.end();
  await done;
  expect(stream.take()).toMatch(/^a OK IDLE completed\r\nb OK .*CREATE completed\r\n$/);
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("an IDLE that follows another in one go hears from us like any", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed("a IDLE\r\n");
  await settle();
  stream.feed("DONE\r\nb IDLE\r\nDONE\r\nc IDLE\r\n");
  await settle();
  object.sleep();
  stream.take();
  await edge.clock.advance(5 * MINUTE);
  expect(stream.take()).toBe("* OK Still here\r\n".repeat(2));
  stream.feed("DONE\r\nd STATUS {5}\r\n");
  await settle();
  expect(stream.take()).toBe("c OK IDLE completed\r\n+ OK\r\n");
  await edge.clock.advance(5 * MINUTE);
  expect(stream.take()).toBe("");
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a client that asks without end before its login is not answered without end", async ({ expect }) => {
  for (const stalled of [true, false]) {
    const object = new FakeAccountObject();
    const edge = createEdge(object);
    const { stream, done } = await connect(edge);
    if (stalled) stream.stall();
    for (let chunk = 0; chunk < 100; chunk++) stream.feed("c CAPABILITY\r\n".repeat(1000));
    await settle();
    expect(stream.stuck).toBeLessThan(LIMITS.loginOutput + 1024);
    stream.resume();
    stream.end();
    await done;
    expect(stream.written.length).toBeLessThan(LIMITS.loginOutput + 1024);
    expect(stream.written).toMatch(/\r\nc OK CAPABILITY completed\r\n\* BYE \[LIMIT\] Too much was asked before the login\r\n$/);
    expect(await leftOver(edge, object)).toEqual(NOTHING);
  }
});

test("no BYE is written into a response that breaks off", async ({ expect }) => {
  const ends: ((object: FakeAccountObject, edge: Edge) => unknown)[] = [
    (object) => object.crash(),
    (object) => object.bye("This account has been removed"),
    (_object, edge) => edge.clock.advance(LIMITS.idleTime),
  ];
  for (const end of ends) {
    const object = new FakeAccountObject();
    const edge = createEdge(object);
    const { stream, done } = await stalledFetch(edge);
    await end(object, edge);
    await settle();
    stream.resume();
    await settle();
    stream.end();
    await done;
    expect(stream.written).not.toContain("BYE");
    expect(await leftOver(edge, object)).toEqual(NOTHING);
  }
});

test("between two responses there is a BYE, also while nobody reads", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await stalledFetch(edge);
  stream.resume();
  for (let turn = 0; turn < 100 && !stream.written.includes("c OK"); turn++) await settle();
  stream.stall();
  stream.feed("d NOOP\r\n");
  await settle();
  object.bye("This account has been removed");
  await settle();
  stream.resume();
  stream.end();
  await done;
  expect(stream.written).toMatch(/c OK FETCH completed\r\nd OK NOOP completed\r\n\* BYE This account has been removed\r\n$/);
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a session that is removed before its hello gets a BYE from the edge", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await connect(edge);
  stream.feed("a LOGIN user pass\r\n");
  while (object.links.size === 0) await Promise.resolve();
  object.bye("This account has been removed");
  await settle();
  expect(stream.written).toMatch(/\* BYE \[UNAVAILABLE\] .*\r\n$/);
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});
