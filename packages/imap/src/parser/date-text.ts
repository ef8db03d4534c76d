const MONTHS: readonly string[] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAY = 86_400;
const DATE = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/;
const DATE_TIME = /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/;

/** A moment as a client named it. */
export interface DateTime {
  /** Since 1970, UTC. */
  readonly seconds: number;
  /** Minutes east of UTC. */
  readonly zone: number;
}

/**
 * date-text = date-day "-" date-month "-" date-year (RFC 9051 section 9)
 *
 * @returns days since 1970, or `undefined` if there is no such date
 */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  return match === null ? undefined : dayNumber(Number(match[1]), match[2] ?? "", Number(match[3]));
}

/** The inside of date-time: `date-day-fixed "-" date-month "-" date-year SP time SP zone`; `undefined` if there is no such moment. */
export function parseDateTime(text: string): DateTime | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const day = dayNumber(Number(match[1]), match[2] ?? "", Number(match[3]));
  const hours = Number(match[4]);
  const minutes = Number(match[5]);
  const seconds = Number(match[6]);
  const zoneMinutes = Number(match[9]);
  // 60 is a leap second (RFC 5322 section 3.3).
  if (day === undefined || hours > 23 || minutes > 59 || seconds > 60 || zoneMinutes > 59) return undefined;
  const zone = (match[7] === "-" ? -1 : 1) * (Number(match[8]) * 60 + zoneMinutes);
  return { seconds: day * DAY + hours * 3600 + minutes * 60 + seconds - zone * 60, zone: zone === 0 ? 0 : zone };
}

function dayNumber(day: number, monthName: string, year: number): number | undefined {
  const month = MONTHS.indexOf(monthName.toUpperCase());
  if (month === -1) return undefined;
  // Date.UTC takes years below 100 for 1900 and later.
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month) return undefined;
  return Math.floor(date.getTime() / (DAY * 1000));
}
