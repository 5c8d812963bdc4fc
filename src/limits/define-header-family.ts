import { DIMENSIONS } from '../core/dimensions.js';
import { InvalidOptionError } from '../core/errors.js';
import { nonEmptyString, oneOf, positive, record } from '../core/options.js';
import type { Dimension, LimitKind } from '../key/key.js';
import type { HeaderFamily } from './family.js';
import { LONGEST_MS } from './parse/bounds.js';
import { type DeltaUnit, parseWait, seconds, unitless } from './parse/reset.js';
import { windowName } from './parse/units.js';
import { type LimitRow, tableFamily } from './table-family.js';

/** How an API of your own writes its limits into headers. */
export interface HeaderFamilyOptions {
  readonly limits: readonly HeaderLimit[];
  /**
   * What a bare number in a reset header counts. Dates, epochs and durations with a unit are
   * understood in any case; under `none`, bare numbers are not.
   * @defaultValue 'seconds'
   */
  readonly resetUnit?: 'seconds' | 'milliseconds' | 'none';
  /** The header that names who shares these limits, such as an organisation's id. */
  readonly group?: string;
}

/** One limit: at least one of its headers, and what is known of it besides. Names in any case. */
export type HeaderLimit = CountedHeaderLimit | ExtraHeaderLimit;

interface LimitHeaders {
  readonly limit?: string;
  readonly remaining?: string;
  /** What is used up, where nothing says what remains; read together with `limit`. */
  readonly used?: string;
  readonly reset?: string;
  /** The length of its window in milliseconds, where it is known; 400 days at most. */
  readonly windowMs?: number;
  /** How it comes back; said with `windowMs` only. */
  readonly kind?: LimitKind;
}

/** A limit that the pool counts. Several on one dimension hold beside each other. */
interface CountedHeaderLimit extends LimitHeaders {
  readonly dimension: Dimension;
  readonly extra?: never;
}

/** A limit of anything else, shown under this name in `LimitUpdate.extra`. */
interface ExtraHeaderLimit extends LimitHeaders {
  readonly extra: string;
  readonly dimension?: never;
}

/**
 * A reader for headers that no built-in family understands, for `generic({ family })` or
 * `readLimits({ family })`. Where none of its headers are there, the built-in families are asked.
 *
 * @throws InvalidOptionError that names the path, what was expected and what came
 * @example
 * const acme = defineHeaderFamily({
 *   limits: [{ dimension: 'requests', limit: 'acme-calls', remaining: 'acme-calls-left' }],
 * });
 */
export function defineHeaderFamily(options: HeaderFamilyOptions): HeaderFamily {
  const { limits, resetUnit = 'seconds', group } = checked('options', options, OPTION_NAMES);
  if (!Array.isArray(limits) || limits.length === 0) {
    throw new InvalidOptionError('limits', 'a list of at least one limit', limits);
  }
  const unit = UNITS[oneOf('resetUnit', resetUnit, ['seconds', 'milliseconds', 'none'])];
  const groupHeader = group === undefined ? undefined : headerName('group', group);
  return tableFamily({
    providers: [],
    marks: [],
    limits: withPolicies(limits.map((limit, index) => rowOf(limit, `limits[${index}]`))),
    resetMs: (text, _known, context) => parseWait(text, context, unit),
    ...(groupHeader === undefined ? {} : { group: (header) => header(groupHeader) }),
  });
}

/** Limits on one dimension need names to tell them apart. */
function withPolicies(rows: readonly LimitRow[]): readonly LimitRow[] {
  return rows.map((row, index) => {
    const { dimension, windowMs } = row;
    const alike = rows.filter((other) => other.dimension === dimension);
    if (dimension === undefined || alike.length === 1) return row;
    const isAlone = alike.filter((other) => other.windowMs === windowMs).length === 1;
    return { ...row, policy: windowName(isAlone ? windowMs : undefined, index) };
  });
}

const UNITS: Readonly<Record<'seconds' | 'milliseconds' | 'none', DeltaUnit>> = {
  seconds,
  milliseconds: () => 1,
  none: unitless,
};

const KINDS: readonly LimitKind[] = ['refill', 'window'];

const OPTION_NAMES = ['limits', 'resetUnit', 'group'];
const HEADER_FIELDS = ['limit', 'remaining', 'used', 'reset'] as const;
const LIMIT_NAMES = ['dimension', 'extra', ...HEADER_FIELDS, 'windowMs', 'kind'];

function rowOf(limit: unknown, path: string): LimitRow {
  const fields = checked(path, limit, LIMIT_NAMES);
  const { dimension, extra, windowMs, kind } = fields;
  if ((dimension === undefined) === (extra === undefined)) {
    const came = extra === undefined ? 'neither' : 'both';
    throw new InvalidOptionError(path, 'a dimension, or else a name under extra', limit, came);
  }
  const names = HEADER_FIELDS.map((field) => headerIn(fields, field, path));
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

type Fields = Readonly<Record<string, unknown>>;

/** A misspelt option would be a limit that nobody reads. */
function checked(path: string, value: unknown, names: readonly string[]): Fields {
  const fields = record(path, value);
  const stranger = Object.keys(fields).find((name) => !names.includes(name));
  if (stranger === undefined) return fields;
  throw new InvalidOptionError(path, `only ${names.join(', ')}`, stranger, `"${stranger}"`);
}

function headerIn(fields: Fields, field: string, path: string): string | undefined {
  const name = fields[field];
  return name === undefined ? undefined : headerName(`${path}.${field}`, name);
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
function headerName(path: string, value: unknown): string {
  const name = nonEmptyString(path, value);
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return name.toLowerCase();
  throw new InvalidOptionError(path, "a header's name", value, `"${name.slice(0, 40)}"`);
}

function checkedWindow(path: string, value: unknown): number {
  const windowMs = positive(path, value);
  if (windowMs <= LONGEST_MS) return windowMs;
  throw new InvalidOptionError(path, 'at most 400 days in milliseconds', value);
}
