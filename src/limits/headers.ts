/** Looks one header up by its lower-case name; `undefined` where absent, empty or oversized. */
export type HeaderReader = (name: string) => string | undefined;

/** Longer values are no limits. Keeps the work on a hostile header constant. */
const MAX_VALUE_LENGTH = 1024;

/**
 * One way to read a `Headers` object, which is never copied, and a plain record with names in any
 * case. Total: whatever cannot be read is absent.
 */
export function headerReader(source: unknown): HeaderReader {
  if (hasGet(source)) return (name) => attempt(() => clean(source.get(name)));
  const values = indexByName(source);
  return (name) => values.get(name);
}

/** Prefers a gateway's copy of its upstream's header (`llm_provider-date`) to its own. */
export function prefixed(header: HeaderReader, prefix: string): HeaderReader {
  return (name) => header(prefix + name) ?? header(name);
}

function hasGet(source: unknown): source is { get(name: string): unknown } {
  return (
    attempt(() => isObject(source) && 'get' in source && typeof source.get === 'function') === true
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function indexByName(source: unknown): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (!isObject(source)) return values;
  for (const key of attempt(() => Object.keys(source)) ?? []) {
    const name = key.toLowerCase();
    const value = attempt(() => clean(Reflect.get(source, key)));
    if (value !== undefined && !values.has(name)) values.set(name, value);
  }
  return values;
}

function clean(value: unknown): string | undefined {
  // Node hands out repeated headers as arrays; joined, they are what `Headers` would return.
  const text: unknown = Array.isArray(value) ? value.slice(0, 16).join(', ') : value;
  if (typeof text !== 'string' || text.length > MAX_VALUE_LENGTH) return undefined;
  const trimmed = text.trim();
  return trimmed === '' ? undefined : trimmed;
}

// Headers come from outside: a getter or proxy that throws hides one value, not the others.
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
