const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

/**
 * Shapes that name one instant. An asctime date is UTC by rule (RFC 9110 §5.6.7), though
 * `Date.parse` reads it as local time.
 */
const SHAPES: readonly RegExp[] = [
  String.raw`(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[Tt ]${TIME}(?:\.(?<fraction>\d+))?(?<zone>[Zz]|[+-]\d\d:?\d\d)`, // RFC 3339
  String.raw`[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) ${TIME} (?:GMT|UTC)`, // IMF-fixdate
  String.raw`[A-Z][a-z]+day, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) ${TIME} GMT`, // RFC 850
  String.raw`[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) ${TIME} (?<year>\d{4})`, // asctime
  String.raw`[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>\d\d) (?<year>\d{4}) ${TIME} GMT(?<zone>[+-]\d{4})(?: \([^)]*\))?`, // Date.prototype.toString
].map((shape) => new RegExp(`^${shape}$`));

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The instant an RFC 3339 or HTTP date names, in epoch milliseconds. */
export function parseDate(text: string): number | undefined {
  for (const shape of SHAPES) {
    const groups = shape.exec(text)?.groups;
    if (groups !== undefined) return instantOf(groups);
  }
  return undefined;
}

function instantOf(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  const field = (name: string): number => Number(groups[name] ?? 0);
  const [day, hour, minute, second] = [
    field('day'),
    field('hour'),
    field('minute'),
    field('second'),
  ];
  const month = monthOf(groups['month'] ?? '');
  const instant = Date.UTC(fullYear(field('year')), month, day, hour, minute, second);
  const date = new Date(instant);
  // 31 February would roll over into March, and 25:00 into the next day.
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined;
  if (date.getUTCHours() !== hour || date.getUTCMinutes() !== minute) return undefined;
  if (date.getUTCSeconds() !== second) return undefined;
  const fractionMs = Math.floor(Number(`0.${groups['fraction'] ?? '0'}`) * 1000);
  return instant + fractionMs - offsetMs(groups['zone'] ?? 'Z');
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
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}
