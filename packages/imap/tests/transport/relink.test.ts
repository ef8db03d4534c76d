import * as fc from "fast-check";
import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { no } from "../../src/protocol/status-error.ts";
import { connect, createEdge, type Edge, FakeAccountObject, leftOver, logIn, NOTHING, settle } from "./fakes.ts";

async function start() {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const connected = await logIn(edge);
  const { stream } = connected;
  /** Sends, lets all settle, and returns what was answered. */
  const say = async (text: string): Promise<string> => {
    stream.feed(text);
    await settle();
    return stream.take();
  };
  const finish = async (): Promise<unknown> => {
    stream.end();
    await connected.done;
    return leftOver(edge, object);
  };
  /** The object dies; by the time it says anything to the client there is another. */
  const restart = async (): Promise<void> => {
    object.crash();
    await settle();
    await edge.clock.advance(LIMITS.relinkDelayMax);
  };
  return { object, edge, ...connected, say, finish, restart };
}

/** Another client of the account delivers a message. */
async function deliver(edge: Edge): Promise<void> {
  const { stream, done } = await logIn(edge);
  stream.feed("a APPEND INBOX {6+}\r\nA: b\r\n\r\n");
  await settle();
  if (!stream.take().startsWith("a OK")) throw new Error("not delivered");
  stream.end();
  await done;
}

test("an IDLE goes on when its object has restarted, and is told what came meanwhile", async ({ expect }) => {
  const { object, edge, stream, say, finish } = await start();
  await say("a SELECT INBOX\r\n");
  expect(await say("b IDLE\r\n")).toBe("+ idling\r\n");
  for (let restart = 1; restart <= 3; restart++) {
    object.crash();
    object.refusal = new Error("starting");
    await settle();
    // A mail arrives before the link is there again.
    object.refusal = undefined;
    await deliver(edge);
    await edge.clock.advance(LIMITS.relinkDelayMax);
    expect(stream.take()).toBe(`* ${restart} EXISTS\r\n* ${restart} RECENT\r\n`);
  }
  await deliver(edge);
  expect(stream.take()).toBe("* 4 EXISTS\r\n* 4 RECENT\r\n");
  expect(await say("DONE\r\nc STATUS INBOX (MESSAGES)\r\n")).toBe(
    "b OK IDLE completed\r\n* STATUS INBOX (MESSAGES 4)\r\nc OK STATUS completed\r\n",
  );
  expect(edge.events.filter(({ kind }) => kind === "link-lost")).toMatchObject([
    { survived: true },
    { survived: true },
    { survived: true },
  ]);
  expect(await finish()).toEqual(NOTHING);
});

test("a client between two commands notices nothing: mailbox, features and sequence numbers are what they were", async ({ expect }) => {
  const { edge, say, finish, restart } = await start();
  for (let message = 1; message <= 3; message++) await deliver(edge);
  await say("a ENABLE CONDSTORE\r\nb SELECT INBOX\r\n");
  const other = await logIn(edge);
  other.stream.feed("a SELECT INBOX\r\nb STORE 1 +FLAGS.SILENT (\\Deleted)\r\nc EXPUNGE\r\n");
  await settle();
  await restart();
  // The expunge was not told yet: number 2 is what it was.
  expect(await say("c FETCH 2 (UID)\r\n")).toMatch(/^\* 2 FETCH \(UID 2.*\)\r\nc OK /);
  await restart();
  expect(await say("d NOOP\r\n")).toBe("* 1 EXPUNGE\r\nd OK NOOP completed\r\n");
  await restart();
  expect(await say("e STORE 1 +FLAGS (\\Seen)\r\n")).toMatch(/^\* 1 FETCH \(.*MODSEQ \(\d+\).*\)\r\ne OK STORE completed\r\n$/);
  other.stream.end();
  await other.done;
  expect(await finish()).toEqual(NOTHING);
});

test("a session that has not said anything yet begins anew", async ({ expect }) => {
  const { object, say, finish } = await start();
  object.crash();
  expect(await say("a STATUS INBOX (MESSAGES)\r\n")).toBe("* STATUS INBOX (MESSAGES 0)\r\na OK STATUS completed\r\n");
  expect(await finish()).toEqual(NOTHING);
});

test("what was asked for and can be repeated is answered once", async ({ expect }) => {
  for (const command of [
    "NOOP",
    "STATUS INBOX (MESSAGES)",
    'LIST "" *',
    "SELECT INBOX",
    "UID SEARCH ALL",
    "FETCH 1:* (FLAGS)",
    "NONSENSE",
  ]) {
    const whole = await start();
    await whole.say("a SELECT INBOX\r\n");
    const expected = await whole.say(`b ${command}\r\n`);
    const { object, stream, finish, say } = await start();
    await say("a SELECT INBOX\r\n");
    stream.feed(`b ${command}\r\n`);
    // The edge has read and sent it; the object is gone before it hears of it.
    await new Promise((resolve) => setImmediate(resolve));
    object.crash();
    await settle();
    const [id] = [/MAILBOXID \([^)]*\)|UIDVALIDITY \d+/g];
    expect(stream.take().replaceAll(id, ""), command).toBe(expected.replaceAll(id, ""));
    expect(await finish()).toEqual(NOTHING);
    expect(await whole.finish()).toEqual(NOTHING);
  }
});

test("a DONE on its way ends the IDLE all the same", async ({ expect }) => {
  const { object, stream, say, finish } = await start();
  await say("a SELECT INBOX\r\nb IDLE\r\n");
  stream.feed("DONE\r\nc NOOP\r\n");
  await new Promise((resolve) => setImmediate(resolve));
  object.crash();
  await settle();
  expect(stream.take()).toBe("b OK IDLE completed\r\nc OK NOOP completed\r\n");
  expect(await finish()).toEqual(NOTHING);
});

test("what may have been done already is not repeated: the client is told to connect again", async ({ expect }) => {
  const commands = [
    "CREATE Box",
    "STORE 1 +FLAGS (\\Seen)",
    "COPY 1 Archive",
    "EXPUNGE",
    "CLOSE",
    "APPEND INBOX {6+}\r\nA: b\r\n",
    "APPEND INBOX {30000}",
  ];
  for (const command of commands) {
    const { object, edge, stream, done, say } = await start();
    await deliver(edge);
    await say("a SELECT INBOX\r\n");
    stream.feed(`b ${command}\r\nc NOOP\r\n`);
    await new Promise((resolve) => setImmediate(resolve));
    object.crash();
    await settle();
    expect(stream.take(), command).toMatch(/^\* BYE \[UNAVAILABLE\] .*\r\n$/);
    stream.end();
    await done;
    expect(edge.events.filter(({ kind }) => kind === "link-lost")).toMatchObject([{ survived: false }]);
    expect(await leftOver(edge, object)).toEqual(NOTHING);
  }
});

test("more than the edge keeps is not repeated, and the session can be resumed again once it is answered", async ({ expect }) => {
  const { object, stream, say, done, edge, restart } = await start();
  const long = `b SEARCH SUBJECT "${"x".repeat(LIMITS.keptPieces)}"\r\n`;
  await say(`a SELECT INBOX\r\n${long}`);
  await restart();
  expect(await say("c NOOP\r\n")).toBe("c OK NOOP completed\r\n");
  await say(`d IDLE\r\n`);
  await say(`DONE\r\n${long}e IDLE\r\n`);
  await restart();
  expect(await say("DONE\r\n")).toBe("e OK IDLE completed\r\n");
  stream.feed(long);
  await new Promise((resolve) => setImmediate(resolve));
  object.crash();
  await settle();
  expect(stream.take()).toMatch(/^\* BYE \[UNAVAILABLE\]/);
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("an account that does not come back is given up after a while, with growing pauses", async ({ expect }) => {
  const { object, edge, stream, done, say } = await start();
  await say("a SELECT INBOX\r\nb IDLE\r\n");
  object.refusal = new Error("out of order");
  object.crash();
  await settle();
  await edge.clock.advance(LIMITS.relinkDelay);
  expect(object.refused).toBe(2);
  await edge.clock.advance(LIMITS.relinkTime / 2);
  expect(stream.take()).toBe("");
  expect(object.refused).toBeLessThan(20);
  await edge.clock.advance(LIMITS.relinkTime / 2);
  expect(stream.take()).toMatch(/^\* BYE \[UNAVAILABLE\]/);
  stream.end();
  await done;
  expect(edge.events.filter(({ kind }) => kind === "link-lost")).toMatchObject([{ survived: false }]);
  expect(await leftOver(edge, object)).toEqual({ ...NOTHING, faults: [object.refusal] });
});

test("an account that is removed says so at once", async ({ expect }) => {
  const { object, edge, stream, done } = await start();
  object.refusal = no("The account has been removed", "UNAVAILABLE");
  object.crash();
  await settle();
  expect(stream.take()).toMatch(/^\* BYE \[UNAVAILABLE\]/);
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a link that is lost while the session is told of it is opened once more", async ({ expect }) => {
  const { object, edge, say, finish } = await start();
  await say("a SELECT INBOX\r\n");
  object.broken = 1;
  object.crash();
  await settle();
  expect(object.broken).toBe(0);
  await edge.clock.advance(LIMITS.relinkDelayMax);
  expect(await say("b STATUS INBOX (MESSAGES)\r\n")).toBe("* STATUS INBOX (MESSAGES 0)\r\nb OK STATUS completed\r\n");
  expect(edge.events.filter(({ kind }) => kind === "link-lost")).toMatchObject([{ survived: true }]);
  expect(await finish()).toEqual(NOTHING);
});

test("a command of which the object dies is not tried for ever", async ({ expect }) => {
  const { object, edge, stream, done, say } = await start();
  await say("a SELECT INBOX\r\n");
  stream.feed("b FETCH 1:* (FLAGS)\r\n");
  await new Promise((resolve) => setImmediate(resolve));
  object.crash();
  // Linked again, and dead again before it answers.
  for (let turn = 0; object.links.size === 0 && turn < 100; turn++) await Promise.resolve();
  await new Promise((resolve) => process.nextTick(resolve));
  object.crash();
  await settle();
  expect(stream.take()).toMatch(/^\* BYE \[UNAVAILABLE\]/);
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("an object that dies of an idle session is left alone after some attempts", async ({ expect }) => {
  const { object, edge, stream, done, say } = await start();
  await say("a SELECT INBOX\r\nb IDLE\r\n");
  let deaths = 0;
  for (; stream.written === "" && deaths < 100; deaths++) {
    object.crash();
    await settle();
    await edge.clock.advance(LIMITS.relinkDelayMax);
  }
  // The first loss is of a link that had not replaced another.
  expect(deaths).toBe(LIMITS.linkDeaths + 2);
  expect(stream.take()).toMatch(/^\* BYE \[UNAVAILABLE\]/);
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual({ ...NOTHING, faults: [new Error("The account object ends too often")] });
});

test("a client that leaves while there is no link leaves nothing", async ({ expect }) => {
  for (const leave of ["end", "reset"] as const) {
    for (const idle of [true, false]) {
      const { object, edge, stream, done, say } = await start();
      if (idle) await say("a IDLE\r\n");
      object.refusal = new Error("starting");
      object.crash();
      await settle();
      stream[leave]();
      await done;
      expect(await leftOver(edge, object)).toEqual(NOTHING);
    }
  }
});

test("what a client sends while there is no link waits, and is answered in order", async ({ expect }) => {
  const { object, edge, stream, finish } = await start();
  object.refusal = new Error("starting");
  object.crash();
  await settle();
  stream.feed("a STATUS INBOX (MESSAGES)\r\nb APPEND INBOX {6+}\r\n");
  stream.feed("A: b\r\n\r\nc STATUS INBOX (MESSAGES)\r\n");
  await settle();
  object.refusal = undefined;
  await edge.clock.advance(LIMITS.relinkDelayMax);
  expect(stream.take().match(/^[a-c] OK|MESSAGES \d/gm)).toEqual(["MESSAGES 0", "a OK", "b OK", "MESSAGES 1", "c OK"]);
  expect(await finish()).toEqual(NOTHING);
});

test("a client that does not read gets a link when it reads again", async ({ expect }) => {
  const { object, edge, stream, say, finish } = await start();
  await say("a SELECT INBOX\r\nb IDLE\r\n");
  stream.stall();
  await deliver(edge);
  object.crash();
  await settle();
  expect(object.links.size).toBe(0);
  await deliver(edge);
  // However long that takes: the time for a new link begins when it is needed.
  await edge.clock.advance(3 * LIMITS.relinkTime);
  stream.resume();
  await settle();
  expect(stream.take()).toBe("* 1 EXISTS\r\n* 1 RECENT\r\n* 2 EXISTS\r\n* 2 RECENT\r\n");
  expect(await finish()).toEqual(NOTHING);
});

/** Commands whose answers do not depend on when they are run. */
const quiet = fc.constantFrom(
  "NOOP",
  "STATUS INBOX (MESSAGES UIDNEXT)",
  'LIST "" INBOX',
  "EXAMINE INBOX",
  "UNSELECT",
  "UID FETCH 1:* (FLAGS)",
  "FETCH 1:2 (UID)",
  "SEARCH ALL",
  "IDLE\r\nDONE",
  "NONSENSE",
);

test("whenever the object dies, a client that goes on has missed nothing and heard nothing twice", async ({ expect }) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(quiet, fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 1, maxLength: 12 }),
      async (steps) => {
        const { object, edge, stream, done } = await start();
        await deliver(edge);
        await deliver(edge);
        const calm = await start();
        await deliver(calm.edge);
        await deliver(calm.edge);
        let tag = 0;
        for (const [command, turns, crashes] of steps) {
          const line = `t${++tag} ${command}\r\n`;
          stream.feed(line);
          calm.stream.feed(line);
          for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
          if (crashes) object.crash();
        }
        for (let turn = 0; turn < 8; turn++) await settle();
        await edge.clock.advance(LIMITS.relinkDelayMax);
        for (let turn = 0; turn < 8; turn++) await settle();
        const different = /MAILBOXID \([^)]*\)|UIDVALIDITY \d+/g;
        const heard = stream.take().replaceAll(different, "");
        const expected = calm.stream.take().replaceAll(different, "");
        const bye = heard.indexOf("* BYE");
        if (bye < 0) expect(heard).toBe(expected);
        else expect(expected.startsWith(heard.slice(0, bye))).toBe(true);
        stream.end();
        calm.stream.end();
        await Promise.all([done, calm.done]);
        expect(await leftOver(edge, object)).toEqual(NOTHING);
      },
    ),
    { numRuns: 150 },
  );
});

test("a login in the moment of a restart waits for the object", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await connect(edge);
  object.refusal = new Error("starting");
  stream.feed("a LOGIN user pass\r\nb STATUS INBOX (MESSAGES)\r\n");
  await settle();
  expect([object.refused, stream.take()]).toEqual([1, ""]);
  object.refusal = undefined;
  await edge.clock.advance(LIMITS.relinkDelay);
  expect(stream.take()).toMatch(/^a OK .*\r\n\* STATUS INBOX \(MESSAGES 0\)\r\nb OK /);
  stream.end();
  await done;
  expect(await leftOver(edge, object)).toEqual(NOTHING);
});

test("a login at an object that does not come is refused, and one whose client leaves meanwhile leaves nothing", async ({ expect }) => {
  for (const leaves of [false, true]) {
    const object = new FakeAccountObject();
    const edge = createEdge(object);
    const { stream, done } = await connect(edge);
    object.refusal = new Error("starting");
    stream.feed("a LOGIN user pass\r\n");
    await settle();
    if (leaves) edge.services.shutdown.begin();
    for (let attempt = 1; attempt < LIMITS.firstLinkAttempts; attempt++) await edge.clock.advance(LIMITS.relinkDelay * 2 ** (attempt - 1));
    expect(object.refused).toBe(leaves ? 1 : LIMITS.firstLinkAttempts);
    expect(stream.take()).toMatch(leaves ? /^\* BYE \[UNAVAILABLE\] The server is shutting down\r\n$/ : /^a NO \[UNAVAILABLE\]/);
    stream.end();
    await done;
    expect(await leftOver(edge, object)).toMatchObject({ links: 0, timers: 0 });
  }
});
