import * as fc from "fast-check";
import { test } from "vitest";

import {
  ALL_UIDS,
  clipRanges,
  countOf,
  formatRanges,
  includesUid,
  MAX_UID,
  RangeBuilder,
  rangesOf,
  uidsOf,
} from "../../src/mailbox/uid-ranges.ts";

const uidSets = fc.uniqueArray(fc.integer({ min: 1, max: 60 })).map((uids) => uids.sort((a, b) => a - b));

test("ranges say the same as their UIDs", ({ expect }) => {
  fc.assert(
    fc.property(uidSets, fc.integer({ min: 0, max: 61 }), (uids, last) => {
      const ranges = rangesOf(uids);
      expect([...uidsOf(ranges)]).toEqual(uids);
      expect(countOf(ranges)).toBe(uids.length);
      expect(includesUid(ranges, last)).toBe(uids.includes(last));
      expect([...uidsOf(clipRanges(ranges, last))]).toEqual(uids.filter((uid) => uid <= last));
      for (let at = 2; at < ranges.length; at += 2) expect(ranges[at]).toBeGreaterThan((ranges[at - 1] ?? 0) + 1);
    }),
    { numRuns: 200 },
  );
});

test("the text is a sequence set", ({ expect }) => {
  expect(formatRanges(rangesOf([1, 2, 3, 7, 9, 10]))).toBe("1:3,7,9:10");
  expect(formatRanges(rangesOf([]))).toBe("");
});

test("all UIDs are one range, which clips without being changed", ({ expect }) => {
  expect(countOf(ALL_UIDS)).toBe(MAX_UID);
  expect([...clipRanges(ALL_UIDS, 5)]).toEqual([1, 5]);
  expect(clipRanges(ALL_UIDS, MAX_UID)).toBe(ALL_UIDS);
  expect([...ALL_UIDS]).toEqual([1, MAX_UID]);
});

test("a builder joins neighbours and grows", ({ expect }) => {
  const ranges = new RangeBuilder();
  ranges.addRange(1, 10);
  ranges.addRange(11, 12);
  for (let uid = 20; uid < 220; uid += 2) ranges.add(uid);
  expect([ranges.count, ranges.build().length, [...ranges.build().subarray(0, 4)]]).toEqual([112, 202, [1, 12, 20, 20]]);
});
