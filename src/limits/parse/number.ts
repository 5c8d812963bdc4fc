/**
 * An integer in ASCII decimal digits, perhaps negative. Hex, exponents, signs of other kinds,
 * fractions and words are not understood. `598.0` is whole; `1.000` is a thousand to some.
 */
export function parseCount(text: string): number | undefined {
  const isNegative = text.charCodeAt(0) === MINUS;
  const digits = digitsBetween(text, isNegative ? 1 : 0, text.length);
  if (Number.isNaN(digits)) return spelledOut(text);
  // −0 would print as a debt.
  return isNegative && digits !== 0 ? -digits : digits;
}

/** Decimal digits, perhaps with a fraction; never negative. */
export function parseDecimal(text: string): number | undefined {
  const digits = digitsBetween(text, 0, text.length);
  if (!Number.isNaN(digits)) return digits;
  return /^\d+\.\d+$/.test(text) ? plain(text) : undefined;
}

/**
 * The number that ASCII digits spell from `start` to `end`, and NaN where there is none. Read by
 * hand: header values are parsed on every response, and a regular expression costs five times this.
 */
function digitsBetween(text: string, start: number, end: number): number {
  // Longer numbers lose digits when added up one by one.
  if (end - start > EXACT_DIGITS) return longDigits(text.slice(start, end));
  let value = start < end ? 0 : Number.NaN;
  for (let index = start; index < end; index += 1) {
    const digit = text.charCodeAt(index) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Whether there is no limit, or none to what is left of it. */
export function isUnlimited(text: string | undefined): boolean {
  return text?.length === 9 && text.toLowerCase() === 'unlimited';
}

/** Whether the number's thousands are set apart: `30,000`. */
export function isGrouped(text: string): boolean {
  return THOUSANDS.test(text);
}

const MINUS = 45;
const ZERO = 48;
const EXACT_DIGITS = 15;
const THOUSANDS = /^[1-9]\d{0,2}(?:,\d{3})+$/;

function spelledOut(text: string): number | undefined {
  if (THOUSANDS.test(text)) return plain(text.replaceAll(',', ''));
  return /^\d+\.00?$/.test(text) ? plain(text) : undefined;
}

function longDigits(text: string): number {
  return /^\d+$/.test(text) ? (plain(text) ?? Number.NaN) : Number.NaN;
}

function plain(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
