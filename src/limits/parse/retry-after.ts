import type { HeaderReader } from '../headers.js';
import { LONGEST_MS } from './bounds.js';
import { members } from './commas.js';
import { wholeMs } from './duration.js';
import { parseDecimal } from './number.js';
import { type Anchor, parseWait, seconds } from './reset.js';

/** Statuses whose Retry-After is an order (418 is Binance's ban); on a 200 it is a polling hint or noise. */
const BINDING_STATUSES: ReadonlySet<number> = new Set([418, 429, 503, 529]);

/** Retry-After under the stems of limits. */
export const RETRY_AFTER_OF_LIMITS = ['x-ratelimit', 'ratelimit', 'x-rate-limit', 'rate-limit'].map(
  (stem) => `${stem}-retry-after`,
);

/** Headers of those who refuse for a limit with a 403, as GitHub does. */
const GITHUB_MARKS = ['x-github-request-id', 'x-ratelimit-resource', 'x-ratelimit-remaining'];

/** What shows whether a wait is demanded. */
export interface Refusal {
  readonly status: number;
  readonly header: HeaderReader;
  readonly provider: string;
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
  return longest(header('retry-after') ?? '', anchor);
}

/** The wait that a refusal names, in `retry-after` or else under a limit's stem. */
export function readDemandedWait(header: HeaderReader, anchor: Anchor): number | undefined {
  const stated = readRetryAfter(header, anchor);
  if (stated !== undefined) return stated;
  const name = RETRY_AFTER_OF_LIMITS.find((each) => header(each) !== undefined);
  return name === undefined ? undefined : longest(header(name) ?? '', anchor);
}

// Two hops may each have added one; the longer satisfies both.
function longest(text: string, anchor: Anchor): number | undefined {
  let result: number | undefined;
  for (const member of members(text)) {
    const wait = parseWait(member, anchor, seconds);
    if (wait !== undefined) result = Math.max(result ?? 0, wait);
  }
  return result;
}
