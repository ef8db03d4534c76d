import { assert, integer, property } from "fast-check";
import { test } from "vitest";

import { putInternalDate } from "../../src/fetch/internal-date.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function written(seconds: number, zoneMinutes: number): string {
  const octets = new Uint8Array(40);
  const end = putInternalDate(octets, 5, seconds, zoneMinutes);
  return new TextDecoder().decode(octets.subarray(5, end));
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** The same by the platform's calendar. */
function expected(seconds: number, zoneMinutes: number): string {
  const date = new Date((seconds + zoneMinutes * 60) * 1000);
  const day = String(date.getUTCDate()).padStart(2, " ");
  const year = String(date.getUTCFullYear()).padStart(4, "0");
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  const zone = Math.abs(zoneMinutes);
  const sign = zoneMinutes < 0 ? "-" : "+";
  return `"${day}-${MONTHS[date.getUTCMonth()]}-${year} ${time} ${sign}${two(Math.floor(zone / 60))}${two(zone % 60)}"`;
}

test("a day below ten has a leading space, and the zone is the one it was given in", ({ expect }) => {
  expect(written(1_704_103_200, 0)).toBe('" 1-Jan-2024 10:00:00 +0000"');
  expect(written(1_704_103_200, -330)).toBe('" 1-Jan-2024 04:30:00 -0530"');
  expect(written(951_782_400, 60)).toBe('"29-Feb-2000 01:00:00 +0100"');
  expect(written(-1, 0)).toBe('"31-Dec-1969 23:59:59 +0000"');
});

test("every time of the years 0000 to 9999 is what the platform's calendar says", ({ expect }) => {
  const seconds = integer({ min: Date.UTC(0, 0, 2) / 1000 - 1900 * 31_556_952, max: Date.UTC(9999, 11, 30) / 1000 });
  const zones = integer({ min: -14 * 60, max: 14 * 60 });
  assert(
    property(seconds, zones, (time, zone) => {
      expect(written(time, zone)).toBe(expected(time, zone));
    }),
    { numRuns: 2000 },
  );
});
