/** Looks one header up by its lower-case name; `undefined` where absent, empty or oversized. */
export type HeaderReader = (name: string) => string | undefined;

/** Longer values are no limits. Keeps the work on a hostile header constant. */
const MAX_VALUE_LENGTH = 1024;
/** Headers beyond these are not looked at. */
const MAX_HEADERS = 1000;

/**
 * One way to read a few headers of a `Headers` object, which is not copied, or of a plain record
 * with names in any case. Total: whatever cannot be read is absent.
 */
export function headerReader(source: unknown): HeaderReader {
  if (hasGet(source)) return (name) => attempt(() => headerText(source.get(name)));
  const values = new Map<string, string>();
  visitRecord(source, (name, value) => {
    const text = headerText(value);
    const key = name.toLowerCase();
    if (text !== undefined && !values.has(key)) values.set(key, text);
  });
  return (name) => values.get(name);
}

/**
 * Visits each header once, as it is: quicker than to ask for many one by one, and it finds those
 * whose names nobody knew. What can only be asked is asked for `names`.
 */
export function visitHeaders(
  source: unknown,
  names: Iterable<string>,
  visit: (name: string, value: unknown) => void,
): void {
  if (Array.isArray(source)) {
    attempt(() => visitEntries(source, visit));
  } else if (!hasGet(source)) {
    visitRecord(source, visit);
  } else if (!attempt(() => visitEntries(source, visit))) {
    for (const name of names) attempt(() => visit(name, source.get(name)));
  }
}

/** The text of a header's value; nothing of what is empty, oversized or no text. */
export function headerText(value: unknown): string | undefined {
  // Node hands out repeated headers as arrays; joined, they are what `Headers` would return.
  const joined: unknown = Array.isArray(value) ? value.slice(0, 16).join(', ') : value;
  const text = typeof joined === 'number' ? String(joined) : joined;
  if (typeof text !== 'string' || text.length > MAX_VALUE_LENGTH) return undefined;
  const trimmed = text.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** Whether `source` could be iterated, as `Headers` and maps can. */
function visitEntries(source: object, visit: (name: string, value: unknown) => void): boolean {
  if (!isIterable(source)) return false;
  let visited = 0;
  for (const entry of source) {
    visited += 1;
    if (!Array.isArray(entry)) return false;
    if (visited > MAX_HEADERS) break;
    const name: unknown = entry[0];
    if (typeof name === 'string') visit(name, entry[1]);
  }
  return true;
}

function visitRecord(source: unknown, visit: (name: string, value: unknown) => void): void {
  if (!isObject(source)) return;
  const names = attempt(() => Object.keys(source)) ?? [];
  for (const name of names.slice(0, MAX_HEADERS)) {
    attempt(() => visit(name, Reflect.get(source, name)));
  }
}

function hasGet(source: unknown): source is { get(name: string): unknown } {
  return (
    attempt(() => isObject(source) && 'get' in source && typeof source.get === 'function') === true
  );
}

function isIterable(source: object): source is Iterable<unknown> {
  return Symbol.iterator in source && typeof source[Symbol.iterator] === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What comes from outside may throw when touched: that hides one value, not the others. */
export function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
