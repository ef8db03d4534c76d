import { describe, test } from "vitest";

import { BOOTSTRAP, bootstrapMedian, median, ratios } from "../../bench/statistics.ts";

test("the median of an odd and of an even number of values", ({ expect }) => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow("no values");
});

test("speeds are compared round by round: a round that was slow for both counts like any other", ({ expect }) => {
  expect(ratios([1, 10, 2], [2, 20, 4])).toEqual([2, 2, 2]);
  expect(() => ratios([1], [1, 2])).toThrow("rounds do not pair up");
});

describe("the interval of a median", () => {
  test("has no width where all values are the same", ({ expect }) => {
    expect(bootstrapMedian([2, 2, 2, 2])).toEqual({ median: 2, low: 2, high: 2 });
  });

  test("is the same for the same seed, and within the values", ({ expect }) => {
    const values = [1, 5, 2, 8, 3, 9, 4];
    const interval = bootstrapMedian(values);
    expect(bootstrapMedian(values)).toEqual(interval);
    expect(interval.low).toBeGreaterThanOrEqual(1);
    expect(interval.high).toBeLessThanOrEqual(9);
    expect(interval.low).toBeLessThan(interval.median);
    expect(interval.high).toBeGreaterThan(interval.median);
  });

  test("is wider with more confidence", ({ expect }) => {
    const values = Array.from({ length: 31 }, (_, at) => at);
    const wide = bootstrapMedian(values);
    const narrow = bootstrapMedian(values, { ...BOOTSTRAP, confidence: 0.5 });
    expect(wide.high - wide.low).toBeGreaterThan(narrow.high - narrow.low);
  });

  test("does not see a few rounds in which another program had the processor", ({ expect }) => {
    const values = [...Array.from({ length: 28 }, () => 1), 50, 60, 70];
    expect(bootstrapMedian(values)).toEqual({ median: 1, low: 1, high: 1 });
  });
});
