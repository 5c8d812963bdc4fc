import { InvalidOptionError } from '../core/errors.js';
import { nonEmptyString, oneOf, positive, record } from '../core/options.js';
import type { Dimension, LimitKind } from '../key/key.js';
import type { HeaderFamily } from './family.js';
import { type DeltaUnit, parseWait, seconds, unitless } from './parse/reset.js';
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
export interface HeaderLimit {
  /** What the pool counts it in; a limit of anything else takes `extra`. */
  readonly dimension?: Dimension;
  /** Its name in `LimitUpdate.extra`. */
  readonly extra?: string;
  readonly limit?: string;
  readonly remaining?: string;
  /** What is used up, where nothing says what remains. */
  readonly used?: string;
  readonly reset?: string;
  /** The length of its window in milliseconds, where it is known. */
  readonly windowMs?: number;
  /** How it comes back; counts with `windowMs` only. */
  readonly kind?: LimitKind;
}

/**
 * A reader for headers that no built-in family understands, for `generic({ family })` or
 * `readLimits({ family })`. Where none of its headers are there, the built-in families are asked.
 *
 * @throws InvalidOptionError when a limit has no header, or neither dimension nor name.
 * @example
 * const acme = defineHeaderFamily({
 *   limits: [{ dimension: 'requests', limit: 'acme-calls', remaining: 'acme-calls-left' }],
 * });
 */
export function defineHeaderFamily(options: HeaderFamilyOptions): HeaderFamily {
  const { limits, resetUnit = 'seconds', group } = options;
  if (!Array.isArray(limits) || limits.length === 0) {
    throw new InvalidOptionError('limits', 'a list of at least one limit', limits);
  }
  const unit = UNITS[oneOf('resetUnit', resetUnit, ['seconds', 'milliseconds', 'none'])];
  const groupHeader =
    group === undefined ? undefined : nonEmptyString('group', group).toLowerCase();
  return tableFamily({
    providers: [],
    marks: [],
    limits: limits.map((limit, index) => rowOf(limit, `limits[${index}]`)),
    resetMs: (text, _known, context) => parseWait(text, context, unit),
    ...(groupHeader === undefined ? {} : { group: (header) => header(groupHeader) }),
  });
}

const UNITS: Readonly<Record<'seconds' | 'milliseconds' | 'none', DeltaUnit>> = {
  seconds,
  milliseconds: () => 1,
  none: unitless,
};

const DIMENSIONS: readonly Dimension[] = ['requests', 'tokens', 'inputTokens', 'outputTokens'];

const KINDS: readonly LimitKind[] = ['refill', 'window'];

function rowOf(limit: unknown, path: string): LimitRow {
  const fields = record(path, limit);
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return value === undefined ? undefined : nonEmptyString(`${path}.${name}`, value);
  };
  const { dimension, windowMs, kind } = fields;
  const row: LimitRow = {
    dimension:
      dimension === undefined ? undefined : oneOf(`${path}.dimension`, dimension, DIMENSIONS),
    extra: text('extra'),
    limit: text('limit')?.toLowerCase(),
    remaining: text('remaining')?.toLowerCase(),
    used: text('used')?.toLowerCase(),
    reset: text('reset')?.toLowerCase(),
    windowMs: windowMs === undefined ? undefined : positive(`${path}.windowMs`, windowMs),
    kind: kind === undefined ? undefined : oneOf(`${path}.kind`, kind, KINDS),
  };
  const hasHeader = [row.limit, row.remaining, row.used, row.reset].some(Boolean);
  if (!hasHeader) {
    throw new InvalidOptionError(path, 'a header: limit, remaining, used or reset', limit);
  }
  if (row.dimension === undefined && row.extra === undefined) {
    throw new InvalidOptionError(path, 'a dimension, or a name under extra', limit);
  }
  return row;
}
