import { InvalidOptionError } from '../core/errors.js';
import { fieldsAmong, oneOf } from '../core/options.js';
import type { Dimension, LimitKind } from '../key/key.js';
import { checkHeaderLimit, headerName } from './check-header-limit.js';
import type { HeaderFamily } from './family.js';
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
  const { limits, resetUnit = 'seconds', group } = fieldsAmong('options', options, OPTION_NAMES);
  if (!Array.isArray(limits) || limits.length === 0) {
    throw new InvalidOptionError('limits', 'a list of at least one limit', limits);
  }
  const unit = UNITS[oneOf('resetUnit', resetUnit, ['seconds', 'milliseconds', 'none'])];
  const groupHeader = group === undefined ? undefined : headerName('group', group);
  return tableFamily({
    providers: [],
    marks: [],
    limits: withPolicies(limits.map((limit, index) => checkHeaderLimit(`limits[${index}]`, limit))),
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

const OPTION_NAMES = ['limits', 'resetUnit', 'group'];

const UNITS: Readonly<Record<'seconds' | 'milliseconds' | 'none', DeltaUnit>> = {
  seconds,
  milliseconds: () => 1,
  none: unitless,
};
