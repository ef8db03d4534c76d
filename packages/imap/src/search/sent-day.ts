import { headerFieldValues } from "@sluice/mime/header-fields";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Days since 1970 of a calendar date. */
export function dayNumber(year: number, month: number, day: number): number {
  return Math.floor(Date.UTC(year, month, day) / 86_400_000);
}

/**
 * The day that the Date field names (RFC 5322 section 3.3; two- and three-digit years of section 4.3),
 * as days since 1970 without regard to time and zone. `undefined` when there is none that can be read.
 */
export function sentDay(head: Uint8Array): number | undefined {
  const value = headerFieldValues(head, "date")[0];
  if (value === undefined) return undefined;
  const text = latin1.decode(value.subarray(0, 200));
  const match = /(?:^|[\s,])(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*[\s-]+(\d{2,4})\b/.exec(text);
  if (match === null) return undefined;
  const month = MONTHS.indexOf((match[2] ?? "").toLowerCase());
  if (month < 0) return undefined;
  let year = Number(match[3]);
  if (year < 50) year += 2000;
  else if (year < 1000) year += 1900;
  return dayNumber(year, month, Number(match[1]));
}

const latin1 = new TextDecoder("latin1");
