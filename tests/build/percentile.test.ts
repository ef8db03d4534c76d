import { test } from "vitest";

import { percentile } from "../load/memory.ts";

test("a percentile is a value that was seen", ({ expect }) => {
  const values = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect([percentile(values, 50), percentile(values, 99), percentile(values, 100)]).toEqual([50, 99, 100]);
  expect(percentile([7], 99)).toBe(7);
  expect(percentile([], 50)).toBeNaN();
});
