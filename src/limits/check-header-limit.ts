import { DIMENSIONS } from '../core/dimensions.js';
import { InvalidOptionError } from '../core/errors.js';
import { fieldsAmong, nonEmptyString, oneOf, positive } from '../core/options.js';
import type { LimitKind } from '../key/key.js';
import { LONGEST_MS } from './parse/bounds.js';
import type { LimitRow } from './table-family.js';

const KINDS: readonly LimitKind[] = ['refill', 'window'];

const HEADER_FIELDS = ['limit', 'remaining', 'used', 'reset'] as const;
const FIELDS = ['dimension', 'extra', ...HEADER_FIELDS, 'windowMs', 'kind'];

/**
 * One limit of the caller's, checked.
 *
 * @throws InvalidOptionError that names the path, what was expected and what came
 */
export function checkHeaderLimit(path: string, limit: unknown): LimitRow {
  const fields = fieldsAmong(path, limit, FIELDS);
  const { dimension, extra, windowMs, kind } = fields;
  if ((dimension === undefined) === (extra === undefined)) {
    const came = extra === undefined ? 'neither' : 'both';
    throw new InvalidOptionError(path, 'a dimension, or else a name under extra', limit, came);
  }
  const names = HEADER_FIELDS.map((field) => headerIn(`${path}.${field}`, fields[field]));
  const [limitName, remaining, used, reset] = names;
  if (names.every((name) => name === undefined)) {
    const expected = 'a header under limit, remaining, used or reset';
    throw new InvalidOptionError(path, expected, limit, 'none');
  }
  if (used !== undefined && limitName === undefined) {
    throw new InvalidOptionError(`${path}.limit`, 'a header, to be read with used', undefined);
  }
  if (kind !== undefined && windowMs === undefined) {
    throw new InvalidOptionError(`${path}.windowMs`, 'a number, to go with kind', undefined);
  }
  return {
    dimension:
      dimension === undefined ? undefined : oneOf(`${path}.dimension`, dimension, DIMENSIONS),
    extra: extra === undefined ? undefined : nonEmptyString(`${path}.extra`, extra),
    limit: limitName,
    remaining,
    used,
    reset,
    windowMs: windowMs === undefined ? undefined : checkedWindow(`${path}.windowMs`, windowMs),
    kind: kind === undefined ? undefined : oneOf(`${path}.kind`, kind, KINDS),
  };
}

function headerIn(path: string, name: unknown): string | undefined {
  return name === undefined ? undefined : headerName(path, name);
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
export function headerName(path: string, value: unknown): string {
  const name = nonEmptyString(path, value);
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return name.toLowerCase();
  throw new InvalidOptionError(path, "a header's name", value, `"${name.slice(0, 40)}"`);
}

function checkedWindow(path: string, value: unknown): number {
  const windowMs = positive(path, value);
  if (windowMs <= LONGEST_MS) return windowMs;
  throw new InvalidOptionError(path, 'at most 400 days in milliseconds', value);
}
