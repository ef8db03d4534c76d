import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { ConnectionCount } from "../../src/transport/connection-count.ts";
import { serveClient } from "../../src/transport/serve-client.ts";
import { createEdge, FakeAccountObject, FakeStream, settle } from "./fakes.ts";

function create(limits: { connectionsPerAddress?: number; connectionsPerIsolate?: number }) {
  const edge = createEdge(new FakeAccountObject());
  const services = { ...edge.services, connections: new ConnectionCount({ ...LIMITS, ...limits }) };
  const open = async (remoteAddress: string, prepare: (stream: FakeStream) => void = () => {}) => {
    const stream = new FakeStream();
    prepare(stream);
    const done = serveClient(stream, { transport: "tcp", remoteAddress }, services);
    await settle();
    return { stream, done };
  };
  return { ...edge, open };
}

const FULL = "* BYE [LIMIT] Too many connections from your address\r\n";

test("one connection too many from an address is told so, whatever its port, and others are served", async ({ expect }) => {
  const { open, events, clock } = create({ connectionsPerAddress: 1 });
  const first = await open("192.0.2.1:1");
  const second = await open("[::ffff:192.0.2.1]:2");
  const other = await open("192.0.2.2:1");
  expect(second.stream.written).toBe(FULL);
  for (const { stream } of [first, other]) expect(stream.written).toMatch(/^\* OK /);
  expect(events.filter(({ kind }) => kind === "limit")).toEqual([{ kind: "limit", limit: "connectionsPerAddress" }]);
  expect(events.filter(({ kind }) => kind === "connection-started").length).toBe(2);
  // It may read the BYE before the connection is closed.
  expect([second.stream.endedWriting, second.stream.closed]).toEqual([true, 0]);
  second.stream.feed("a LOGIN user pass\r\n");
  second.stream.end();
  await second.done;
  expect([second.stream.closed, second.stream.written]).toEqual([1, FULL]);
  first.stream.end();
  await first.done;
  const third = await open("192.0.2.1:3");
  expect(third.stream.written).toMatch(/^\* OK /);
  for (const { stream } of [third, other]) stream.end();
  await Promise.all([third.done, other.done]);
  expect(clock.armed).toBe(0);
});

test("one connection too many for the isolate is told so", async ({ expect }) => {
  const { open, events } = create({ connectionsPerIsolate: 1 });
  const first = await open("192.0.2.1:1");
  const second = await open("192.0.2.2:1");
  expect(second.stream.written).toBe("* BYE [LIMIT] Too many connections, please try again later\r\n");
  expect(events.at(-1)).toEqual({ kind: "limit", limit: "connectionsPerIsolate" });
  for (const { stream } of [first, second]) stream.end();
  await Promise.all([first.done, second.done]);
});

test.for(["does not close", "does not read"] as const)("a refused client that %s is closed after a moment", async (what, { expect }) => {
  const { open, clock } = create({ connectionsPerAddress: 1 });
  await open("192.0.2.1:1");
  const armed = clock.armed;
  const { stream, done } = await open("192.0.2.1:2", (stream) => {
    if (what === "does not read") stream.stall();
  });
  await clock.advance(LIMITS.lingerTime - 1);
  expect(stream.closed).toBe(0);
  await clock.advance(1);
  await done;
  expect(stream.closed).toBeGreaterThan(0);
  expect(clock.armed).toBe(armed);
});

test("a refused client that has gone leaves nothing behind", async ({ expect }) => {
  const { open, clock } = create({ connectionsPerAddress: 1 });
  const first = await open("192.0.2.1:1");
  const { stream, done } = await open("192.0.2.1:2");
  stream.reset();
  await done;
  first.stream.end();
  await first.done;
  expect([stream.closed, clock.armed]).toEqual([1, 0]);
});

test("a flood of connections is only closed", async ({ expect }) => {
  const { open } = create({ connectionsPerAddress: 1 });
  await open("192.0.2.1:1");
  const refused = await Promise.all(Array.from({ length: LIMITS.refusals }, () => open("192.0.2.1:2")));
  const last = await open("192.0.2.1:3");
  await last.done;
  expect([last.stream.written, last.stream.closed]).toEqual(["", 1]);
  for (const { stream } of refused) stream.end();
  await Promise.all(refused.map(({ done }) => done));
  expect((await open("192.0.2.1:4")).stream.written).toBe(FULL);
});
