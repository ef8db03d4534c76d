import { test } from "vitest";

import { failureDelay, LoginThrottle } from "../../src/auth/login-throttle.ts";
import { LIMITS } from "../../src/limits.ts";
import type { MeterEvent } from "../../src/observability/events.ts";

test("the delay grows from nothing to its bound", ({ expect }) => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 7, 2000].map((n) => failureDelay(n, LIMITS));
  expect(delays).toEqual([0, 0, 1000, 2000, 4000, 8000, 16_000, 16_000, 16_000]);
  expect([1, 2, 9].map((n) => failureDelay(n, { ...LIMITS, loginDelay: 0 }))).toEqual([0, 0, 0]);
});

test("logins from one address that wait for their check are bounded in number, and others are not refused for them", async ({ expect }) => {
  const events: MeterEvent[] = [];
  const throttle = new LoginThrottle(LIMITS, { record: (event) => void events.push(event) });
  const failures = { account: 0, address: LIMITS.failedLogins, both: 0 };
  const ends: ((waited: boolean) => void)[] = [];
  const client = { remoteAddress: "", pause: () => new Promise<boolean>((resolve) => ends.push(resolve)) };
  const waiting = Array.from({ length: LIMITS.delayedLogins }, () => throttle.beforeCheck("192.0.2.1", failures, client));
  await expect(throttle.beforeCheck("192.0.2.1", failures, client)).rejects.toMatchObject({
    status: "NO",
    code: "UNAVAILABLE",
    bye: /Too many/,
  });
  expect(events).toEqual([{ kind: "limit", limit: "delayedLogins" }]);
  const other = throttle.beforeCheck("192.0.2.2", failures, client);
  // One whose client leaves makes room for another.
  ends[0]?.(false);
  await expect(waiting[0]).rejects.toMatchObject({ code: "AUTHENTICATIONFAILED" });
  const next = throttle.beforeCheck("192.0.2.1", failures, client);
  for (const end of ends) end(true);
  expect(await Promise.all([...waiting.slice(1), other, next])).toEqual(Array(LIMITS.delayedLogins + 1).fill(LIMITS.loginDelay));
});
