import { InvalidOptionError } from './errors.js';

// Each check returns the value, narrowed, or throws an InvalidOptionError that names the path.

export function positive(path: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidOptionError(path, 'a finite number above 0', value);
}

export function nonNegative(path: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidOptionError(path, 'a finite number, 0 or above', value);
}

/** `Infinity` is fine: the option bounds nothing then. */
export function nonNegativeOrInfinite(path: string, value: unknown): number {
  if (value === Infinity) return value;
  return nonNegative(path, value);
}

export function positiveInteger(path: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidOptionError(path, 'a whole number above 0', value);
}

export function finite(path: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new InvalidOptionError(path, 'a finite number', value);
}

export function nonEmptyString(path: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0) return value;
  throw new InvalidOptionError(path, 'a string that is not empty', value);
}

export function oneOf<Value extends string>(
  path: string,
  value: unknown,
  allowed: readonly Value[],
): Value {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const expected = allowed.map((each) => `'${each}'`).join(' or ');
  const shown = typeof value === 'string' ? `'${value.slice(0, 40)}'` : undefined;
  throw new InvalidOptionError(path, expected, value, shown);
}

export function record(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new InvalidOptionError(path, 'an object', value);
}

/** An object without other fields than these: a misspelt one would be an option that nobody reads. */
export function fieldsAmong(path: string, value: unknown, names: readonly string[]) {
  const fields = record(path, value);
  const stranger = Object.keys(fields).find((name) => !names.includes(name));
  if (stranger === undefined) return fields;
  throw new InvalidOptionError(path, `only ${names.join(', ')}`, stranger, `"${stranger}"`);
}

/** An object with these methods; `this` and types are its own matter. */
export function methods(path: string, value: unknown, names: readonly string[]): void {
  const fields = record(path, value);
  for (const name of names) {
    if (typeof fields[name] === 'function') continue;
    throw new InvalidOptionError(`${path}.${name}`, 'a function', fields[name]);
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
