/**
 * An integer in ASCII decimal digits, perhaps negative. Hex, exponents, signs of other kinds,
 * fractions (`1.000` is a thousand to some) and words are not understood.
 */
export function parseCount(text: string): number | undefined {
  const digits = /^\d{1,3}(?:,\d{3})+$/.test(text) ? text.replaceAll(',', '') : text;
  if (!/^-?\d+$/.test(digits)) return undefined;
  return finite(Number(digits));
}

/** Decimal digits, perhaps with a fraction; never negative. */
export function parseDecimal(text: string): number | undefined {
  if (!/^\d+(?:\.\d+)?$/.test(text)) return undefined;
  return finite(Number(text));
}

/**
 * The members of a value that several hops, or several limits, have joined by commas. Thousands
 * (`30,000`) and dates (`Thu, 01 Jan …`) stay whole.
 */
export function members(text: string): readonly string[] {
  if (!text.includes(',') || /^\d{1,3}(?:,\d{3})+$/.test(text) || /^[A-Z][a-z]+,/.test(text)) {
    return [text];
  }
  return text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

// −0 would print as a debt.
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value + 0 : undefined;
}
