import { test } from "vitest";

import { slope } from "../soak/process-figures.ts";
import { soak } from "../soak/soak.ts";

test(
  "a short soak: every command is answered with OK, and no handle is left when the clients have gone",
  { timeout: 120_000 },
  async ({ expect }) => {
    const options = { milliseconds: 4000, accounts: 5, connectionsPerAccount: 3, seed: 2, interval: 1000 };
    const report = await soak(options, () => undefined);
    expect(report.errors).toEqual([]);
    expect(report.commands).toBeGreaterThan(0);
    expect(Math.max(...report.samples.map(({ handles }) => handles))).toBeGreaterThan(report.handles.before);
    expect(report.handles.after).toBeLessThanOrEqual(report.handles.before);
  },
);

test("the slope is that of the best line", ({ expect }) => {
  expect(slope([])).toBe(0);
  expect(slope([[1, 5]])).toBe(0);
  expect(
    slope([
      [0, 1],
      [1, 3],
      [2, 5],
    ]),
  ).toBeCloseTo(2);
  expect(
    slope([
      [0, 4],
      [1, 3],
      [2, 4],
      [3, 3],
    ]),
  ).toBeCloseTo(-0.2);
});
