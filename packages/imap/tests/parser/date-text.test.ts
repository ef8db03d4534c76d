import { test } from "vitest";

import { parseDate, parseDateTime } from "../../src/parser/date-text.ts";

test.for([
  ["1-Jan-1970", 0],
  ["01-JAN-1970", 0],
  ["29-Feb-2024", 19_782],
  ["31-dec-1969", -1],
  ["1-Jan-0001", -719_162],
  ["29-Feb-2023", undefined],
  ["31-Apr-2024", undefined],
  ["0-Jan-2024", undefined],
  ["1-Foo-2024", undefined],
  ["1-Jan-24", undefined],
  [" 1-Jan-2024", undefined],
  ["1-Jan-2024 ", undefined],
] as const)("date %j", ([text, days], { expect }) => {
  expect(parseDate(text)).toBe(days);
});

test.for([
  [" 1-Jan-1970 00:00:00 +0000", { seconds: 0, zone: 0 }],
  ["01-Jan-1970 00:00:00 -0000", { seconds: 0, zone: 0 }],
  ["17-Jul-1996 02:44:25 -0700", { seconds: 837_596_665, zone: -420 }],
  ["31-Dec-2016 23:59:60 +0000", { seconds: 1_483_228_800, zone: 0 }],
  ["17-Jul-1996 02:44:25 +1345", { seconds: 837_521_965, zone: 825 }],
  ["1-Jan-1970 00:00:00 +0000", undefined],
  [" 1-Jan-1970 24:00:00 +0000", undefined],
  [" 1-Jan-1970 00:60:00 +0000", undefined],
  [" 1-Jan-1970 00:00:61 +0000", undefined],
  [" 1-Jan-1970 00:00:00 +0060", undefined],
  [" 1-Jan-1970 00:00:00 0000", undefined],
  ["31-Jun-1970 00:00:00 +0000", undefined],
] as const)("date-time %j", ([text, moment], { expect }) => {
  expect(parseDateTime(text)).toEqual(moment);
});
