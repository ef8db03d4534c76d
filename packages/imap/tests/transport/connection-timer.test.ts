import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { ConnectionTimer, type Due } from "../../src/transport/connection-timer.ts";
import { FakeClock } from "./fakes.ts";

test("one timer is armed for all deadlines, and each comes when it is due", async ({ expect }) => {
  const clock = new FakeClock();
  const due: [Due, number][] = [];
  const start = clock.now();
  const timer = new ConnectionTimer(clock, LIMITS, (what) => due.push([what, clock.now() - start]));
  timer.set("idle");
  timer.set("login");
  timer.set("keep-alive");
  expect(clock.armed).toBe(1);
  await clock.advance(LIMITS.idleTime);
  expect(due).toEqual([
    ["login", LIMITS.loginTime],
    ["keep-alive", LIMITS.keepAliveTime],
    ["idle", LIMITS.idleTime],
  ]);
  expect(clock.armed).toBe(0);
});

test("a deadline that moves away is not due before", async ({ expect }) => {
  const clock = new FakeClock();
  const due: Due[] = [];
  const timer = new ConnectionTimer(clock, LIMITS, (what) => due.push(what));
  timer.set("login");
  await clock.advance(LIMITS.loginTime - 1);
  timer.set("login");
  await clock.advance(LIMITS.loginTime - 1);
  expect(due).toEqual([]);
  await clock.advance(1);
  expect(due).toEqual(["login"]);
});

test("what is set again while it is due is due again later", async ({ expect }) => {
  const clock = new FakeClock();
  let count = 0;
  const timer = new ConnectionTimer(clock, LIMITS, (what) => {
    count++;
    timer.set(what);
  });
  timer.set("keep-alive");
  await clock.advance(3 * LIMITS.keepAliveTime);
  expect(count).toBe(3);
  timer.stop();
  expect(clock.armed).toBe(0);
  await clock.advance(LIMITS.idleTime);
  expect(count).toBe(3);
});

test("what is cleared is not due", async ({ expect }) => {
  const clock = new FakeClock();
  const due: Due[] = [];
  const timer = new ConnectionTimer(clock, LIMITS, (what) => due.push(what));
  timer.set("drain");
  timer.clear("drain");
  expect(timer.has("drain")).toBe(false);
  await clock.advance(LIMITS.drainTime);
  expect([due, clock.armed]).toEqual([[], 0]);
});
