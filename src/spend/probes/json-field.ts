import { InvalidOptionError, SpendProbeError } from '../../core/errors.js';
import { amountOf, kindOf } from './amount.js';
import { wordsOf } from './get-json.js';
import type { Json } from './read-answer.js';

/**
 * Where in an answer a figure stands: a path such as `data.usage` or `limits[0].value`, which has to
 * lead somewhere, or a function, which may answer `undefined`.
 */
export type JsonField = string | ((body: Json) => number | null | undefined);

/** Finds one figure: `undefined` where it is not stated. */
export type Find = (body: Json, where: string, secret: string) => number | null | undefined;

/** @throws InvalidOptionError */
export function findBy(name: string, field: JsonField | undefined): Find {
  if (field === undefined) return () => undefined;
  if (typeof field === 'function') return findByFunction(name, field);
  const names = typeof field === 'string' ? namesOf(field) : undefined;
  if (names === undefined) {
    throw new InvalidOptionError(name, 'a path such as "data.usage", or a function', field);
  }
  return (body, where) => {
    const value = valueAt(names, body);
    return value === null ? null : amount(value, `${where}: ${name} at ${field}`);
  };
}

function findByFunction(name: string, field: (body: Json) => unknown): Find {
  return (body, where, secret) => {
    let value: unknown;
    try {
      value = field(body);
    } catch (error) {
      const message = `${where}: ${name}: the function threw: ${wordsOf(error, secret)}`;
      throw new SpendProbeError('probe', message);
    }
    return value === undefined || value === null ? value : amount(value, `${where}: ${name}`);
  };
}

/** `data.limits[0]` and `$.data.limits.0` are the same. */
function namesOf(path: string): readonly string[] | undefined {
  const names = path
    .replace(/^\$\./, '')
    .replace(/\[(\d{1,9})\]/g, '.$1')
    .split('.');
  return names.some((name) => name === '' || /[[\]*]/.test(name)) ? undefined : names;
}

function valueAt(names: readonly string[], body: Json): unknown {
  let value: unknown = body;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

function amount(value: unknown, what: string): number {
  const found = amountOf(value);
  if (found !== undefined) return found;
  throw new SpendProbeError('body', `${what}: expected a number, got ${kindOf(value)}`);
}
