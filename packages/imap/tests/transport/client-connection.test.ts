import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { no } from "../../src/protocol/status-error.ts";
import { connect, createEdge, FakeAccountObject, FakeStream, leftOver, logIn, NOTHING, settle } from "./fakes.ts";
import { ClientConnection } from "../../src/transport/client-connection.ts";

const MINUTE = 60_000;

test("the greeting carries the capabilities", async ({ expect }) => {
  const stream = new FakeStream();
  const { services } = createEdge(new FakeAccountObject());
  const done = new ClientConnection(stream, { transport: "tcp", remoteAddress: "" }, services).run();
  await settle();
  expect(stream.written).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 .*AUTH=PLAIN.*\] Sluice ready\r\n$/);
  stream.end();
  await done;
});

test("commands before and after the login are answered in order, however they are split", async ({ expect }) => {
  const script =
    "a CAPABILITY\r\nb LOGIN {4}\r\nuser {4+}\r\npass\r\nc SELECT INBOX\r\nd STATUS {5}\r\nINBOX (MESSAGES)\r\ne APPEND INBOX {9}\r\nA: b\r\n\r\nx\r\nf NOOP\r\ng LOGOUT\r\n";
  for (const size of [1, 3, 10, 1000]) {
    const object = new FakeAccountObject();
    const edge = createEdge(object);
    const { stream, done } = await connect(edge);
    for (let at = 0; at < script.length; at += size) stream.feed(script.slice(at, at + size));
    await settle();
    await settle();
    stream.end();
    await done;
    const tagged = stream.written.split("\r\n").filter((line) => /^[a-g] /.test(line));
    expect(tagged.map((line) => line.slice(0, 4))).toEqual(["a OK", "b OK", "c OK", "d OK", "e OK", "f OK", "g OK"]);
    expect(stream.written.match(/^\+ OK\r$/gm)?.length).toBe(3);
    expect(edge.events.at(-1)).toMatchObject({ kind: "connection", reason: "finished", loggedIn: true });
    expect(await leftOver(edge, object)).toEqual(NOTHING);
  }
});

test("the go-ahead for a literal comes after the answers to what came before", async ({ expect }) => {
  const object = new FakeAccountObject();
  const { stream } = await logIn(createEdge(object));
  stream.feed("a NOOP\r\nb SELECT INBOX\r\nc STATUS {5}\r\n");
  await settle();
  const lines = stream.take().trim().split("\r\n");
  expect(lines[0]).toBe("a OK NOOP completed");
  expect(lines.at(-2)).toBe("b OK [READ-WRITE] SELECT completed");
  expect(lines.at(-1)).toBe("+ OK");
});

test("a literal before the login is taken only where it can be one of a login", async ({ expect }) => {
  const { stream } = await connect(createEdge(new FakeAccountObject()));
  stream.feed(`a LOGIN {${LIMITS.loginLiteral + 1}}\r\n`);
  await settle();
  expect(stream.take()).toMatch(/^a NO \[TOOBIG\]/);
  stream.feed("b APPEND INBOX {10}\r\n");
  await settle();
  expect(stream.take()).toMatch(/^b BAD /);
  stream.feed("c NONSENSE {10}\r\n");
  await settle();
  expect(stream.take()).toMatch(/^c BAD /);
  stream.feed("d APPEND INBOX {300000+}\r\n");
  await settle();
  expect(stream.take()).toMatch(/^d BAD /);
  stream.feed(`${"x".repeat(300_000)}\r\ne NOOP\r\n`);
  await settle();
  expect(stream.take()).toBe("e OK NOOP completed\r\n");
});

test("a login that the account refuses says why, and the next may succeed", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await connect(edge);
  object.refusal = no("Too many connections", "LIMIT");
  stream.feed("a LOGIN user pass\r\n");
  await settle();
  expect(stream.take()).toBe("a NO [LIMIT] Too many connections\r\n");
  object.refusal = new Error("unreachable");
  stream.feed("b LOGIN user pass\r\n");
  await settle();
  await edge.clock.advance(10 * LIMITS.relinkDelay);
  expect(stream.take()).toMatch(/^b NO \[UNAVAILABLE\]/);
  object.refusal = undefined;
  stream.feed("c LOGIN user pass\r\n");
  await settle();
  expect(stream.take()).toMatch(/^c OK /);
  stream.end();
  await done;
});

test("what cannot be framed gets BAD, BYE and a clean close", async ({ expect }) => {
  const cases: [input: string, answer: RegExp][] = [
    ["\x16\x03\x01\x02\x00", /^\* BAD This is an IMAP server\r\n\* BYE This is an IMAP server\r\n$/],
    ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", /^\* BAD This is an IMAP server\r\n\* BYE This is an IMAP server\r\n$/],
    [`a LOGIN ${"x".repeat(LIMITS.loginLine)}`, /^a BAD \[LIMIT\] Command line too long\r\n\* BYE Command line too long\r\n$/],
    ["a LOGIN {99999999999999999999+}\r\n", /^a BAD \[LIMIT\] Literal too large\r\n\* BYE Literal too large\r\n$/],
  ];
  for (const [input, answer] of cases) {
    const object = new FakeAccountObject();
    const edge = createEdge(object);
    const { stream, done } = await connect(edge);
    stream.feed(input);
    await settle();
    expect(stream.take()).toMatch(answer);
    expect(stream.endedWriting).toBe(true);
    expect(stream.closed).toBe(0);
    stream.end();
    await done;
    expect(stream.closed).toBe(1);
    expect(await leftOver(edge, object)).toEqual(NOTHING);
  }
});

test("bad input behind commands waits for their answers", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed("a SELECT INBOX\r\nb NOOP\r\nc X {99999999999999999999+}\r\n");
  await settle();
  const tagged = stream
    .take()
    .split("\r\n")
    .filter((line) => /^([abc]|\* BYE) ?/.test(line));
  expect(tagged.map((line) => line.slice(0, 5))).toEqual(["a OK ", "b OK ", "c BAD", "* BYE"]);
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a client that does not close after BYE is closed after a while, and what it still sends is dropped", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await connect(edge);
  stream.feed("GET / HTTP/1.1\r\n");
  stream.feed("x".repeat(100_000));
  await settle();
  expect([stream.endedWriting, stream.closed]).toEqual([true, 0]);
  await edge.clock.advance(LIMITS.lingerTime);
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("every end of a client ends the session", async ({ expect }) => {
  const ends: ((stream: FakeStream) => void)[] = [
    (stream) => stream.end(),
    (stream) => stream.reset(),
    (stream) => (stream.feed("a APPEND INBOX {100000+}\r\nhalf"), stream.end()),
    (stream) => (stream.feed("a APPEND INBOX {100000}\r\nhalf"), stream.reset()),
    (stream) => (stream.feed("a IDLE\r\n"), stream.end()),
    (stream) => (stream.feed("a SELECT IN"), stream.end()),
    (stream) => (stream.feed("a LOGOUT\r\n"), stream.end()),
    (stream) => (stream.feed("a LOGOUT\r\nb NOOP\r\nc APPEND INBOX {30000+}\r\nx"), stream.end()),
  ];
  for (const end of ends) {
    const object = new FakeAccountObject();
    const edge = createEdge(object);
    const { stream, done } = await logIn(edge);
    end(stream);
    await done;
    expect(await leftOver(edge, object)).toEqual(NOTHING);
    expect(stream.closed).toBeGreaterThan(0);
    const inbox = object.account.index.findByName("INBOX");
    expect(inbox?.messages).toBe(0);
  }
});

test("after a half-close what was asked for is still answered", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await connect(edge);
  stream.feed("a LOGIN user pass\r\nb SELECT INBOX\r\nc STATUS INBOX (MESSAGES)\r\n");
  stream.end();
  await done;
  expect(stream.written).toMatch(/c OK STATUS completed\r\n$/);
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a slow client gets the whole of a long answer after its half-close, as long as it takes any of it", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed(`a APPEND INBOX {300000+}\r\n${"z".repeat(300_000)}\r\nb SELECT INBOX\r\n`);
  await settle();
  stream.stall();
  stream.feed("c FETCH 1 BODY.PEEK[]\r\n");
  stream.end();
  for (let step = 0; step < 20; step++) {
    await edge.clock.advance(LIMITS.drainTime - 1000);
    // One write is taken, and the next is stuck again.
    stream.resume();
    stream.stall();
    await settle();
  }
  await done;
  expect(stream.written).toMatch(/c OK FETCH completed\r\n$/);
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a client that takes nothing after its half-close is given up", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed(`a APPEND INBOX {300000+}\r\n${"z".repeat(300_000)}\r\nb SELECT INBOX\r\n`);
  await settle();
  stream.stall();
  stream.feed("c FETCH 1 BODY.PEEK[]\r\n");
  stream.end();
  await settle();
  await edge.clock.advance(LIMITS.drainTime);
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("nobody who does not log in stays", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await connect(edge);
  await edge.clock.advance(LIMITS.loginTime - 1);
  expect(stream.take()).toBe("");
  await edge.clock.advance(1);
  expect(stream.take()).toMatch(/^\* BYE /);
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("an idle session hears from us, is renewed by IDLE, and ends after half an hour without a command", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed("a IDLE\r\n");
  await settle();
  stream.take();
  expect(edge.clock.armed).toBe(1);
  await edge.clock.advance(29 * MINUTE);
  expect(stream.take()).toBe("* OK Still here\r\n".repeat(14));
  stream.feed("DONE\r\nb IDLE\r\n");
  await settle();
  expect(stream.take()).toBe("a OK IDLE completed\r\n+ idling\r\n");
  await edge.clock.advance(29 * MINUTE);
  stream.feed("DONE\r\n");
  await settle();
  stream.take();
  await edge.clock.advance(29 * MINUTE);
  expect(stream.take()).toBe("");
  await edge.clock.advance(MINUTE);
  expect(stream.take()).toMatch(/^\* BYE /);
  stream.end();
  await done;
  expect(edge.events.at(-1)).toMatchObject({ reason: "timeout" });
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a client that stops reading in the middle of a FETCH holds a window, and then goes on", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  const size = 6 * 1024 * 1024;
  stream.feed(`a APPEND INBOX {${size}+}\r\n`);
  for (let sent = 0; sent < size; sent += 65_536) {
    stream.feed(`X: y\r\n\r\n${"z".repeat(65_528)}`);
    await settle();
  }
  stream.feed("\r\nb SELECT INBOX\r\n");
  await settle();
  expect(stream.take()).toMatch(/^a OK/);
  const before = object.sent;
  stream.stall();
  stream.feed("c FETCH 1 BODY.PEEK[]\r\nd NOOP\r\n");
  await settle();
  await settle();
  // What the object has sent and the socket has not taken is all that anybody holds.
  expect(object.sent - before).toBeLessThan(LIMITS.outputWindow + 4 * LIMITS.outputMessage);
  stream.resume();
  for (let turn = 0; turn < 200 && !stream.written.includes("d OK"); turn++) await settle();
  expect(stream.written.length).toBeGreaterThan(size);
  expect(stream.written).toMatch(/c OK FETCH completed\r\nd OK NOOP completed\r\n$/);
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a client that is lost while it does not read ends its session", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed(`a APPEND INBOX {2000000+}\r\n${"z".repeat(2_000_000)}\r\nb SELECT INBOX\r\n`);
  await settle();
  stream.stall();
  stream.feed("c FETCH 1 BODY.PEEK[]\r\n");
  await settle();
  stream.reset();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("the client is not read while its window on the link is used up", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  // Commands are held back by output that cannot leave.
  const { stream, done } = await logIn(edge);
  stream.feed(`a APPEND INBOX {2000000+}\r\n${"z".repeat(2_000_000)}\r\nb SELECT INBOX\r\n`);
  await settle();
  stream.stall();
  stream.feed("c FETCH 1 BODY.PEEK[]\r\n");
  await settle();
  const reads = stream.reads;
  for (let chunk = 0; chunk < 100; chunk++) stream.feed("n NOOP\r\n".repeat(1000));
  await settle();
  // Each chunk weighs some 150 KB on the link with its tapes: a window is used up long before a hundred.
  expect(stream.reads - reads).toBeLessThan(20);
  stream.resume();
  stream.take();
  for (let turn = 0; turn < 500 && (stream.written.match(/n OK/g)?.length ?? 0) < 100_000; turn++) await settle();
  expect(stream.written.match(/n OK/g)?.length).toBe(100_000);
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a change of another session is pushed to one that idles, also after the object has slept", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const idler = await logIn(edge);
  const other = await logIn(edge);
  idler.stream.feed("a SELECT INBOX\r\nb IDLE\r\n");
  await settle();
  idler.stream.take();
  object.sleep();
  other.stream.feed("a APPEND INBOX {5+}\r\nhello\r\n");
  await settle();
  expect(idler.stream.take()).toBe("* 1 EXISTS\r\n* 1 RECENT\r\n");
  object.sleep();
  idler.stream.feed("DONE\r\nc FETCH 1 (UID)\r\n");
  await settle();
  expect(idler.stream.take()).toBe("b OK IDLE completed\r\n* 1 FETCH (UID 1)\r\nc OK FETCH completed\r\n");
  object.sleep();
  idler.stream.feed("d STORE {1}\r\n");
  await settle();
  expect(idler.stream.take()).toBe("+ OK\r\n");
  idler.stream.end();
  other.stream.end();
  await Promise.all([idler.done, other.done]);
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a literal behind IDLE is refused instead of waiting for ever", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed("a IDLE\r\nb STATUS {5}\r\n");
  await settle();
  expect(stream.take()).toBe("+ idling\r\na BAD Expected DONE\r\n");
  stream.feed("c NOOP\r\n");
  await settle();
  expect(stream.take()).toBe("c OK NOOP completed\r\n");
  stream.end();
  await done;
});
