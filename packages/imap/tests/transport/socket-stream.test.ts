import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { socketStream, type Socket } from "../../src/transport/socket-stream.ts";
import { FakeClock, settle } from "./fakes.ts";

/** A client that fills every buffer it is given; `sizes` has them all. With `room` it sends only so many octets at a time. */
function fastClient(sizes: number[], room = Infinity): Socket {
  const readable = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const request = controller.byobRequest;
      if (request === null) throw new Error("a read without a buffer");
      const size = request.view?.byteLength ?? 0;
      sizes.push(size);
      request.respond(Math.min(size, room));
    },
  });
  return { readable, writable: new WritableStream(), opened: Promise.resolve({}), close: () => Promise.resolve() };
}

test("a client that sends without end lets the others have a turn", async ({ expect }) => {
  const clock = new FakeClock();
  const stream = socketStream(fastClient([]), clock);
  let taken = 0;
  const read = async (): Promise<void> => void (taken += (await stream.read())?.length ?? 0);
  while (taken < LIMITS.readTurn) await read();
  expect(clock.armed).toBe(0);

  const before = taken;
  const next = read();
  await settle();
  expect([clock.armed, taken]).toEqual([1, before]);
  await clock.advance(0);
  await next;
  expect(taken).toBe(before + LIMITS.readLarge);

  // The new turn is as long.
  while (taken < before + LIMITS.readTurn) await read();
  expect(clock.armed).toBe(0);
  void read();
  expect(clock.armed).toBe(1);
});

test("buffers are large only while they are filled", async ({ expect }) => {
  const sizes: number[] = [];
  const filling = socketStream(fastClient(sizes), new FakeClock());
  for (let left = 3; left > 0; left--) await filling.read();
  expect(sizes).toEqual([LIMITS.readSmall, LIMITS.readLarge, LIMITS.readLarge]);

  const short: number[] = [];
  const idle = socketStream(fastClient(short, LIMITS.readSmall / 2), new FakeClock());
  for (let left = 3; left > 0; left--) await idle.read();
  expect(short).toEqual([LIMITS.readSmall, LIMITS.readSmall, LIMITS.readSmall]);
});
