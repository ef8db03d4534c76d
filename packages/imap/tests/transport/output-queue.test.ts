import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { OutputQueue } from "../../src/transport/output-queue.ts";
import { FakeStream, settle } from "./fakes.ts";

function create(): { stream: FakeStream; queue: OutputQueue; passed: number[]; lost: unknown[] } {
  const stream = new FakeStream();
  const passed: number[] = [];
  const lost: unknown[] = [];
  const queue = new OutputQueue(stream, { passed: (octets) => passed.push(octets), lost: (error) => lost.push(error) });
  return { stream, queue, passed, lost };
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test("small pieces that wait are written together, in order", async ({ expect }) => {
  const { stream, queue, passed } = create();
  stream.stall();
  for (let at = 0; at < 100; at++) queue.write(text(`${at},`), true);
  await settle();
  stream.resume();
  await settle();
  expect(stream.written).toBe(Array.from({ length: 100 }, (_, at) => `${at},`).join(""));
  expect(stream.writes).toBe(2);
  expect(passed.reduce((sum, octets) => sum + octets, 0)).toBe(stream.written.length);
});

test("large pieces are written as they are", async ({ expect }) => {
  const { stream, queue } = create();
  for (let at = 0; at < 3; at++) queue.write(new Uint8Array(LIMITS.writeJoin), false);
  await settle();
  expect(stream.writes).toBe(3);
});

test("what does not fit is not taken", async ({ expect }) => {
  const { stream, queue } = create();
  stream.stall();
  expect(queue.write(new Uint8Array(LIMITS.writeQueue), true)).toBe(true);
  expect(queue.write(Uint8Array.of(1), true)).toBe(false);
  stream.resume();
  await settle();
  expect(queue.octets).toBe(0);
  expect(queue.write(Uint8Array.of(1), true)).toBe(true);
});

test("the end comes after the last octet, once, and nothing after it", async ({ expect }) => {
  const { stream, queue } = create();
  stream.stall();
  queue.write(text("last"), false);
  const ends = [queue.end(), queue.end()];
  queue.write(text("late"), false);
  await settle();
  expect(stream.endedWriting).toBe(false);
  stream.resume();
  await Promise.all(ends);
  expect([stream.written, stream.endedWriting]).toEqual(["last", true]);
  await queue.end();
});

test("a lost client is told once, and nobody waits for it", async ({ expect }) => {
  const { stream, queue, lost, passed } = create();
  stream.stall();
  queue.write(text("a"), true);
  queue.write(text("b"), true);
  const end = queue.end();
  stream.reset();
  await end;
  await settle();
  queue.write(text("c"), true);
  await queue.end();
  expect([lost.length, passed, queue.octets]).toEqual([1, [], 0]);
});
