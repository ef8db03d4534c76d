import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { ClientConnection } from "../../src/transport/client-connection.ts";
import { connect, createEdge, type Edge, FakeAccountObject, FakeStream, leftOver, logIn, NOTHING, settle } from "./fakes.ts";

const MINUTE = 60_000;

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
  // The literal does not come; nobody says that he is still here meanwhile.
  await edge.clock.advance(5 * MINUTE);
  expect(stream.take()).toBe("* BYE [LIMIT] The command took too long to arrive\r\n");
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

test("a command that does not go on arriving ends the connection, whatever of it is missing", async ({ expect }) => {
  const begun = [
    "b SEL",
    "b APPEND INBOX {100000+}\r\nhalf",
    "b APPEND INBOX {100000}\r\n",
    "b SEARCH SUBJECT {10}\r\n",
    "b APPEND NoBox {900000+}\r\nhalf",
  ];
  for (const text of begun) {
    const object = new FakeAccountObject();
    const edge = createEdge(object);
    const { stream, done } = await logIn(edge);
    stream.feed(text);
    await settle();
    stream.take();
    // One octet at a time makes no difference.
    for (let trickle = 0; trickle < 5; trickle++) {
      await edge.clock.advance(LIMITS.commandTime / 6);
      stream.feed("x");
      await settle();
    }
    expect(stream.take(), text).toBe("");
    await edge.clock.advance(LIMITS.commandTime / 6);
    expect(stream.take(), text).toBe("* BYE [LIMIT] The command took too long to arrive\r\n");
    stream.end();
    await done;
    expect(object.account.index.findByName("INBOX")?.messages).toBe(0);
    expect(edge.events.at(-1)).toMatchObject({ reason: "timeout" });
    expect(edge.events.filter(({ kind }) => kind === "limit")).toEqual([{ kind: "limit", limit: "commandTime" }]);
    expect(await leftOver(edge, object)).toEqual(NOTHING);
  }
});

test("a long command that comes slowly but steadily is taken", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed(`b APPEND INBOX {${10 * LIMITS.commandProgress}}\r\n`);
  await settle();
  for (let piece = 0; piece < 10; piece++) {
    await edge.clock.advance(LIMITS.commandTime - 1);
    stream.feed("z".repeat(LIMITS.commandProgress));
    await settle();
  }
  stream.feed("\r\n");
  await settle();
  expect(stream.take()).toMatch(/^\+ OK\r\nb OK /);
  await edge.clock.advance(LIMITS.commandTime);
  expect(stream.take()).toBe("");
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("at a shutdown every client is told, after the answer to what it has asked", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const greeted = await connect(edge);
  const between = await logIn(edge);
  const idle = await logIn(edge);
  idle.stream.feed("a IDLE\r\n");
  await settle();
  const reading = await stalledFetch(edge);
  expect(edge.services.shutdown.begin()).toBe(4);
  await settle();
  const bye = "* BYE [UNAVAILABLE] The server is shutting down\r\n";
  expect([greeted, between, idle].map(({ stream }) => stream.take().replace("+ idling\r\n", ""))).toEqual([bye, bye, bye]);
  reading.stream.resume();
  for (let turn = 0; turn < 100; turn++) await settle();
  expect(reading.stream.take()).toMatch(/\r\nc OK FETCH completed\r\n\* BYE \[UNAVAILABLE\] The server is shutting down\r\n$/);
  for (const { stream, done } of [greeted, between, idle, reading]) {
    stream.end();
    await done;
  }
  const late = new FakeStream();
  late.end();
  await new ClientConnection(late, { transport: "tcp", remoteAddress: "" }, edge.services).run();
  expect(late.written).toMatch(/^\* OK .*\r\n\* BYE \[UNAVAILABLE\] The server is shutting down\r\n$/);
  expect(edge.services.shutdown.begin()).toBe(0);
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("whoever does not close after our last word is not waited for long, whatever it was", async ({ expect }) => {
  const ends: ((edge: Edge) => unknown)[] = [({ services }) => services.shutdown.begin(), ({ clock }) => clock.advance(LIMITS.idleTime)];
  for (const end of ends) {
    const object = new FakeAccountObject();
    const edge = createEdge(object);
    const { stream } = await logIn(edge);
    await end(edge);
    await settle();
    expect(stream.take()).toMatch(/^\* BYE /);
    expect(stream.endedWriting).toBe(true);
    await edge.clock.advance(LIMITS.lingerTime - 1);
    expect(stream.closed).toBe(0);
    await edge.clock.advance(1);
    expect(stream.closed).toBeGreaterThan(0);
    expect(await leftOver(edge, object)).toEqual(NOTHING);
  }
});

test("a client that waits for the object, and an object that waits for its client, are counted as stalls", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await stalledFetch(edge);
  expect(object.stalls).toBe(1);
  // The FETCH does not go on, so neither does what stands behind it.
  for (let piece = 0; piece < 40; piece++) {
    stream.feed(`d SEARCH SUBJECT "${"x".repeat(60_000)}"\r\n`);
    await settle();
  }
  expect(edge.events.filter(({ kind }) => kind === "stall")).toMatchObject([{ direction: "to-object" }]);
  stream.reset();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});
