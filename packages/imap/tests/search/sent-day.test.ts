import { test } from "vitest";

import { dayNumber, sentDay } from "../../src/search/sent-day.ts";
import { bytes } from "../fetch/fixture.ts";

const DAY = dayNumber(2024, 0, 31);

test.for([
  ["Wed, 31 Jan 2024 23:30:00 -0500", DAY],
  ["31 Jan 2024 00:00:00 +1400", DAY],
  ["Wed,31 jan 2024 10:00", DAY],
  ["Wed, 31 January 2024 10:00:00 GMT", DAY],
  ["Wed,\r\n 31\r\n Jan 2024 10:00:00 +0000", DAY],
  ["31-Jan-24 10:00:00", DAY],
  ["1 Jan 70 00:00:00 GMT", 0],
  ["1 Jan 100 00:00:00 GMT", dayNumber(2000, 0, 1)],
  ["31 Jan 49 00:00:00 GMT", dayNumber(2049, 0, 31)],
  ["yesterday", undefined],
  ["31 Foo 2024", undefined],
  ["", undefined],
] as const)("%s", ([value, day], { expect }) => {
  expect(sentDay(bytes(`From: a\r\nDate: ${value}\r\n\r\n`))).toBe(day);
});

test("the first Date field counts, and none is none", ({ expect }) => {
  expect(sentDay(bytes("Date: 1 Jan 1970\r\nDate: 2 Jan 1970\r\n\r\n"))).toBe(0);
  expect(sentDay(bytes("From: a\r\n\r\nDate: 1 Jan 1970\r\n"))).toBeUndefined();
});
