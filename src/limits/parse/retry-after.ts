import type { HeaderReader } from '../headers.js';
import { LONGEST_MS } from './bounds.js';
import { members } from './commas.js';
import { wholeMs } from './duration.js';
import { parseDecimal } from './number.js';
import { type Anchor, parseWait, seconds } from './reset.js';

/** Statuses whose Retry-After is an order (418 is Binance's ban); on a 200 it is a polling hint or noise. */
const BINDING_STATUSES: ReadonlySet<number> = new Set([418, 429, 503, 529]);

/** Where a sender's prefix ends that stands before the usual name: `x-ms-retry-after-ms`. */
const PREFIXED = /-retry-after(?:-ms)?$/;

/** Whether it is a Retry-After behind a prefix. */
export function isPrefixedRetryAfter(name: string): boolean {
  return name.endsWith('-retry-after') || name.endsWith('-retry-after-ms');
}

/** Headers of those who refuse for a limit with a 403, as GitHub does. */
const GITHUB_MARKS = ['x-github-request-id', 'x-ratelimit-resource', 'x-ratelimit-remaining'];

/** What shows whether a wait is demanded. */
export interface Refusal {
  readonly status: number;
  readonly header: HeaderReader;
  readonly provider: string;
}

/** A response whose headers may name a wait. */
interface Waits extends Anchor {
  readonly header: HeaderReader;
  readonly names: () => Iterable<string>;
}

/**
 * Whether a response demands the wait that it names.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function demandsWait({ status, header, provider }: Refusal): boolean {
  if (BINDING_STATUSES.has(status)) return true;
  if (status !== 403) return false;
  return provider === 'github' || GITHUB_MARKS.some((mark) => header(mark) !== undefined);
}

/**
 * The wait that `retry-after-ms` or `retry-after` names, in milliseconds. The former is finer and
 * wins, but not with 0: Azure sends `retry-after-ms: 0` beside `retry-after: 1`.
 */
export function readRetryAfter(header: HeaderReader, anchor: Anchor): number | undefined {
  const milliseconds = parseDecimal(header('retry-after-ms') ?? '');
  if (milliseconds !== undefined && milliseconds > 0 && milliseconds <= LONGEST_MS) {
    return wholeMs(milliseconds);
  }
  const waits = members(header('retry-after') ?? '');
  return longest(waits.map((wait) => parseWait(wait, anchor, seconds)));
}

/** The wait that a refusal names, in `retry-after` or else behind a prefix. */
export function readDemandedWait(response: Waits): number | undefined {
  const { header, names } = response;
  const stated = readRetryAfter(header, response);
  if (stated !== undefined) return stated;
  const prefixed = [...names()].filter(isPrefixedRetryAfter);
  const prefixes = new Set(prefixed.map((name) => name.replace(PREFIXED, '-')));
  return longest(
    [...prefixes].map((prefix) => readRetryAfter((name) => header(prefix + name), response)),
  );
}

// Two hops may each have added one; the longer satisfies both.
function longest(waits: readonly (number | undefined)[]): number | undefined {
  const known = waits.filter((wait) => wait !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
