import { headerReader } from '../limits/headers.js';
import { parseCount } from '../limits/parse/number.js';
import { type Anchor, parseWait, unitless } from '../limits/parse/reset.js';
import { readRetryAfter } from '../limits/parse/retry-after.js';

/**
 * The wait in headers that a body quotes: their Retry-After, or the end of a window that is used up.
 * @see https://openrouter.ai/docs/api_reference/limits
 */
export function quotedWait(headers: unknown, anchor: Anchor): number | undefined {
  if (headers === undefined) return undefined;
  const header = headerReader(headers);
  const stated = readRetryAfter(header, anchor);
  if (stated !== undefined) return stated;
  if (parseCount(header('x-ratelimit-remaining') ?? '') !== 0) return undefined;
  const waitMs = parseWait(header('x-ratelimit-reset') ?? '', anchor, unitless);
  // What is past says nothing of when there is room again.
  return waitMs === 0 ? undefined : waitMs;
}
