import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { ConnectionCount } from "../../src/transport/connection-count.ts";

test("connections are counted by address and as a whole", ({ expect }) => {
  const count = new ConnectionCount({ connectionsPerAddress: 2, connectionsPerIsolate: 4 });
  expect([count.enter("x"), count.enter("x"), count.enter("x")]).toEqual([undefined, undefined, "connectionsPerAddress"]);
  // Nobody knows whether the unknown ones are the same.
  expect([count.enter(""), count.enter(""), count.enter("")]).toEqual([undefined, undefined, "connectionsPerIsolate"]);
  count.leave("x");
  expect([count.enter("y"), count.enter("x")]).toEqual([undefined, "connectionsPerIsolate"]);
  count.leave("");
  expect([count.enter("x"), count.enter("x")]).toEqual([undefined, "connectionsPerIsolate"]);
});

test("refusals are bounded too", ({ expect }) => {
  const count = new ConnectionCount(LIMITS);
  expect(Array.from({ length: LIMITS.refusals + 1 }, () => count.enterRefusal())).toEqual([...Array(LIMITS.refusals).fill(true), false]);
  count.leaveRefusal();
  expect([count.enterRefusal(), count.enterRefusal()]).toEqual([true, false]);
});
