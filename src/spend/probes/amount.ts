/** Decimal digits as DeepSeek writes its balances, perhaps below zero. */
const DECIMAL = /^-?\d{1,15}(?:\.\d{1,18})?$/;

/** A finite number, also as a decimal string; `undefined` for anything else. */
export function amountOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : undefined;
}

/** What came in place of what was expected; of text its length only, for it may be a key. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'an empty string';
  if (typeof value === 'string') {
    return `a string of ${value.length} ${value.length === 1 ? 'character' : 'characters'}`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'object' ? 'an object' : `a value of type ${typeof value}`;
}
