import * as fc from "fast-check";
import { test } from "vitest";

import { rangesOf, subtractRanges, uidsOf } from "../../src/mailbox/uid-ranges.ts";

const uids = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 40 }).map((numbers) => numbers.sort((a, b) => a - b));

test("what is left of ranges is what the others do not name", ({ expect }) => {
  fc.assert(
    fc.property(uids, uids, (all, without) => {
      expect([...uidsOf(subtractRanges(rangesOf(all), rangesOf(without)))]).toEqual(all.filter((uid) => !without.includes(uid)));
    }),
  );
});
