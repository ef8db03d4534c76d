import { afterEach, beforeEach, describe, test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import type { LinkOpener } from "../../src/transport/ports.ts";
import { createEdge, FakeAccountObject, logIn, settle } from "./fakes.ts";

test("a link that turns out dead at its first use is opened again", async ({ expect }) => {
  const object = new FakeAccountObject();
  let broken = false;
  const links: LinkOpener = {
    async open(account, listener) {
      const link = await object.open(account, listener);
      if (!broken) return link;
      broken = false;
      let open = true;
      return {
        send() {
          // As the runtime's sockets do that have closed, and have not said so yet.
          if (open) listener.closed();
          open = false;
        },
        close() {
          open = false;
          link.close();
        },
      };
    },
  };
  const edge = createEdge(links);
  const { stream, done } = await logIn(edge);
  stream.feed("a SELECT INBOX\r\nb IDLE\r\n");
  await settle();
  stream.take();
  broken = true;
  object.crash();
  await settle();
  await edge.clock.advance(LIMITS.relinkDelayMax);
  stream.feed("DONE\r\n");
  await settle();
  expect(stream.take()).toBe("b OK IDLE completed\r\n");
  stream.end();
  await done;
  expect([object.links.size, edge.clock.armed]).toEqual([0, 0]);
});

test("a link that is lost right after the login is opened again", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  for (let restart = 1; restart <= 3; restart++) {
    object.crash();
    await edge.clock.advance(LIMITS.relinkDelayMax);
  }
  stream.feed("a NOOP\r\n");
  await settle();
  expect(stream.take()).toBe("a OK NOOP completed\r\n");
  stream.end();
  await done;
});

test("a connection that ends while a link is being opened leaves no timer", async ({ expect }) => {
  const object = new FakeAccountObject();
  let fail: ((error: Error) => void) | undefined;
  let hangs = false;
  const edge = createEdge({
    open: (account, listener) => (hangs ? new Promise((_resolve, reject) => (fail = reject)) : object.open(account, listener)),
  });
  const { stream, done } = await logIn(edge);
  stream.feed("b IDLE\r\n");
  await settle();
  hangs = true;
  object.crash();
  await settle();
  stream.end();
  await done;
  fail?.(new Error("late"));
  await settle();
  expect([edge.clock.armed, edge.faults]).toEqual([0, []]);
});

test("why there is no new link is logged", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const { stream, done } = await logIn(edge);
  stream.feed("b IDLE\r\n");
  await settle();
  object.refusal = new Error("The account object answered 500");
  object.crash();
  await settle();
  await edge.clock.advance(LIMITS.relinkTime);
  stream.end();
  await done;
  expect(edge.faults).toEqual([object.refusal]);
});

/** How often BYE was said to a client whose link is lost while it logs out, after each number of messages. */
async function byesOfLogout(): Promise<number[]> {
  const byes: number[] = [];
  for (let lost = 0; lost <= 3; lost++) {
    const object = new FakeAccountObject();
    let left = Infinity;
    const edge = createEdge({
      open: (account, listener) =>
        object.open(account, {
          message: (bytes) => {
            if (--left < 0) object.crash();
            else listener.message(bytes);
          },
          closed: () => listener.closed(),
        }),
    });
    const { stream, done } = await logIn(edge);
    left = lost;
    stream.feed("a NOOP\r\nb LOGOUT\r\n");
    await settle();
    await edge.clock.advance(LIMITS.relinkDelayMax);
    stream.end();
    await done;
    byes.push(stream.written.match(/^\* BYE/gm)?.length ?? 0);
  }
  return byes;
}

test("no second BYE follows a LOGOUT whose link is lost in its last moment", async ({ expect }) => {
  expect(await byesOfLogout()).toEqual([1, 1, 1, 1]);
});

describe("with a message for each response", () => {
  const { outputMessage } = LIMITS;
  beforeEach(() => void Object.assign(LIMITS, { outputMessage: 1 }));
  afterEach(() => void Object.assign(LIMITS, { outputMessage }));

  /** An idle session, another one of the account, and a hook on what the object says to the idle one. */
  async function start() {
    const object = new FakeAccountObject();
    const on = { message: (_text: string): boolean => true };
    let opened = 0;
    const edge = createEdge({
      open(account, listener) {
        const first = ++opened === 1;
        return object.open(account, {
          message: (bytes) => {
            if (first || on.message(new TextDecoder("latin1").decode(bytes))) listener.message(bytes);
          },
          closed: () => listener.closed(),
        });
      },
    });
    const other = await logIn(edge);
    const tell = async (text: string): Promise<void> => {
      other.stream.feed(text);
      await settle();
    };
    for (let message = 1; message <= 5; message++) await tell("x APPEND INBOX {6+}\r\nA: b\r\n\r\n");
    await tell("y SELECT INBOX\r\n");
    const { stream } = await logIn(edge);
    stream.feed("a SELECT INBOX\r\nb IDLE\r\n");
    await settle();
    stream.take();
    return { object, edge, stream, tell, on };
  }

  test("an expunge is not told twice when the object is lost in the middle of a long notice", async ({ expect }) => {
    const { object, edge, stream, tell, on } = await start();
    await tell("z STORE 1:3 +FLAGS.SILENT (\\Deleted)\r\n");
    stream.take();
    on.message = (text) => {
      if (!text.includes("* 2 EXPUNGE")) return true;
      on.message = () => true;
      object.crash();
      return false;
    };
    await tell("z EXPUNGE\r\n");
    await edge.clock.advance(LIMITS.relinkDelayMax);
    // The client has part of a notice: nobody else can go on with it.
    expect(stream.take()).toMatch(/^\* 3 EXPUNGE\r\n\* BYE \[UNAVAILABLE\]/);
  });

  test("no second BYE follows a LOGOUT whose link is lost in its last moment", async ({ expect }) => {
    expect(await byesOfLogout()).toEqual([1, 1, 1, 1]);
  });

  test("a client that has been told all of a long notice survives a restart", async ({ expect }) => {
    const { object, edge, stream, tell } = await start();
    await tell("z STORE 1:3 +FLAGS.SILENT (\\Flagged)\r\n");
    expect(stream.take().match(/FETCH/g)).toHaveLength(3);
    object.crash();
    await edge.clock.advance(LIMITS.relinkDelayMax);
    expect(stream.take()).toBe("");
    stream.feed("DONE\r\n");
    await settle();
    expect(stream.take()).toBe("b OK IDLE completed\r\n");
  });
});
