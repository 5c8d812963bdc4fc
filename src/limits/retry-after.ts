import { wholeMs } from './duration.js';
import type { HeaderReader } from './headers.js';
import { members, parseDecimal } from './parse.js';
import { type Anchor, parseWait, seconds } from './reset.js';

/** Statuses whose Retry-After is an order; on a 200 it is a polling hint or noise (facts §2.5). */
const BINDING_STATUSES: ReadonlySet<number> = new Set([429, 503, 529]);

/** Whether a response of this status means what its Retry-After says. */
export const bindsRetryAfter = (status: number): boolean => BINDING_STATUSES.has(status);

/**
 * The wait that `retry-after-ms` or `retry-after` names, in milliseconds. The former is finer and
 * wins, but not with 0: Azure sends `retry-after-ms: 0` beside `retry-after: 1`.
 */
export function readRetryAfter(header: HeaderReader, anchor: Anchor): number | undefined {
  const milliseconds = parseDecimal(header('retry-after-ms') ?? '');
  if (milliseconds !== undefined && milliseconds > 0 && milliseconds < 1e10) {
    return wholeMs(milliseconds);
  }
  return longest(header('retry-after') ?? '', anchor);
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
