/** The instant that an RFC 3339 or HTTP date names, in epoch milliseconds. */
export function parseDate(text: string): number | undefined {
  if (text.length === 20 && text.endsWith('Z')) return fixedRfc3339(text);
  if (text.length === 29 && text.endsWith(' GMT')) return imfFixdate(text);
  return text.length < 15 ? undefined : otherShape(text);
}

/** `2026-04-23T20:50:37Z`, by columns: a response may hold half a dozen of them. */
function fixedRfc3339(text: string): number | undefined {
  const isShaped =
    text.charCodeAt(4) === HYPHEN &&
    text.charCodeAt(7) === HYPHEN &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON;
  if (!isShaped || !'Tt '.includes(text.charAt(10))) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const [month, day] = [twoDigits(text, 5) - 1, twoDigits(text, 8)];
  return instantOf(year, month, day, twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17));
}

/** `Thu, 23 Apr 2026 20:50:37 GMT`, which every response has. */
function imfFixdate(text: string): number | undefined {
  const isShaped =
    text.charCodeAt(3) === COMMA && text.charCodeAt(19) === COLON && text.charCodeAt(22) === COLON;
  if (!isShaped) return undefined;
  const year = twoDigits(text, 12) * 100 + twoDigits(text, 14);
  const [month, day] = [MONTHS.indexOf(text.slice(8, 11)), twoDigits(text, 5)];
  return instantOf(year, month, day, twoDigits(text, 17), twoDigits(text, 20), twoDigits(text, 23));
}

const ZERO = 48;
const HYPHEN = 45;
const COLON = 58;
const COMMA = 44;

/** The number that two ASCII digits spell; NaN where there is none. */
function twoDigits(text: string, start: number): number {
  const tens = text.charCodeAt(start) - ZERO;
  const ones = text.charCodeAt(start + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
const MONTH = '(?<month>[A-Z][a-z]{2})';
const YEAR = String.raw`(?<year>\d{4})`;

/** RFC 3339, also without seconds (Jira), and as Ruby, Go and Postgres print it. */
const RFC_3339 = [
  String.raw`${YEAR}-(?<month>\d\d)-(?<day>\d\d)[Tt ]`,
  String.raw`(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d+))?)? ?`,
  String.raw`(?<zone>[Zz]|GMT|UTC|[+-]\d\d(?::?\d\d)?)(?:(?<=\d) [A-Z]{1,5})?`,
].join('');

/**
 * The rarer shapes. An asctime date is UTC by rule (RFC 9110 §5.6.7), though `Date.parse` reads it
 * as local time.
 */
const SHAPES: readonly RegExp[] = [
  RFC_3339,
  String.raw`[A-Z][a-z]{2}, (?<day>\d\d?) ${MONTH} ${YEAR} ${TIME} (?<zone>GMT|UTC|[+-]\d{4})`, // IMF-fixdate, RFC 5322
  String.raw`[A-Z][a-z]+day, (?<day>\d\d)-${MONTH}-(?<year>\d\d) ${TIME} GMT`, // RFC 850
  String.raw`[A-Z][a-z]{2} ${MONTH} (?<day>[ \d]\d) ${TIME} ${YEAR}`, // asctime
  String.raw`[A-Z][a-z]{2} ${MONTH} (?<day>\d\d) ${YEAR} ${TIME} GMT(?<zone>[+-]\d{4})(?: \([^)]*\))?`, // Date.prototype.toString
].map((shape) => new RegExp(`^${shape}$`));

function otherShape(text: string): number | undefined {
  for (const shape of SHAPES) {
    const groups = shape.exec(text)?.groups;
    if (groups !== undefined) return instantIn(groups);
  }
  return undefined;
}

function instantIn(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  const field = (name: string): number => Number(groups[name] ?? 0);
  const [year, month] = [fullYear(field('year')), monthOf(groups['month'] ?? '')];
  const time = [field('hour'), field('minute'), field('second')] as const;
  const instant = instantOf(year, month, field('day'), ...time);
  if (instant === undefined) return undefined;
  const fractionMs = Math.floor(Number(`0.${groups['fraction'] ?? '0'}`) * 1000);
  return instant + fractionMs - offsetMs(groups['zone'] ?? 'Z');
}

/** The month counts from 0. 31 February would roll over into March, and 25:00 into the next day. */
function instantOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  const isDay = month >= 0 && month < 12 && day >= 1 && day <= daysIn(month, year);
  const isTime = hour < 24 && minute < 60 && second < 60;
  if (!isDay || !isTime) return undefined;
  const instant = Date.UTC(year, month, day, hour, minute, second);
  return Number.isNaN(instant) ? undefined : instant;
}

function daysIn(month: number, year: number): number {
  if (month !== 1) return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap ? 29 : 28;
}

function monthOf(text: string): number {
  return /^\d/.test(text) ? Number(text) - 1 : MONTHS.indexOf(text);
}

// RFC 850 years have two digits; nothing here is older than 1970.
function fullYear(year: number): number {
  if (year >= 100) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

function offsetMs(zone: string): number {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}
