const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
const SECONDS_PER_DAY = 86_400;

/**
 * Puts `date-time` of RFC 9051 section 9 with its quotes: `" 1-Jan-2024 10:00:00 +0000"`.
 *
 * 28 octets at `from`; returns the offset behind them. `seconds` is the time since 1970 in UTC, `zoneMinutes` the zone east of UTC in which it is shown.
 * Calendar arithmetic on numbers: a Date for each message would be most of the cost of `FETCH 1:* FAST`.
 */
export function putInternalDate(bytes: Uint8Array, from: number, seconds: number, zoneMinutes: number): number {
  const local = Math.floor(seconds) + zoneMinutes * 60;
  const days = Math.floor(local / SECONDS_PER_DAY);
  const time = local - days * SECONDS_PER_DAY;
  // Years that begin in March end with the leap day: months are then a linear function of the day.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 2 : marchMonth - 10;
  const year = Math.min(9999, Math.max(0, era * 400 + yearOfEra + (month < 2 ? 1 : 0)));

  let at = from;
  bytes[at++] = 0x22;
  bytes[at++] = day < 10 ? 0x20 : 0x30 + Math.floor(day / 10);
  bytes[at++] = 0x30 + (day % 10);
  bytes[at++] = 0x2d;
  for (let letter = month * 3; letter < month * 3 + 3; letter++) bytes[at++] = MONTHS.charCodeAt(letter);
  bytes[at++] = 0x2d;
  at = twoDigits(bytes, at, Math.floor(year / 100));
  at = twoDigits(bytes, at, year % 100);
  bytes[at++] = 0x20;
  at = twoDigits(bytes, at, Math.floor(time / 3600));
  bytes[at++] = 0x3a;
  at = twoDigits(bytes, at, Math.floor(time / 60) % 60);
  bytes[at++] = 0x3a;
  at = twoDigits(bytes, at, time % 60);
  bytes[at++] = 0x20;
  bytes[at++] = zoneMinutes < 0 ? 0x2d : 0x2b;
  const zone = Math.abs(zoneMinutes);
  at = twoDigits(bytes, at, Math.floor(zone / 60));
  at = twoDigits(bytes, at, zone % 60);
  bytes[at++] = 0x22;
  return at;
}

function twoDigits(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = 0x30 + Math.floor(value / 10);
  bytes[at + 1] = 0x30 + (value % 10);
  return at + 2;
}
