import type { ReadContext } from '../family.js';
import { parseDecimal } from '../parse/number.js';
import { parseWait, unitless } from '../parse/reset.js';
import { readRetryAfter } from '../parse/retry-after.js';
import { type KnownOfLimit, tableFamily } from '../table-family.js';
import { openaiNames } from './openai.js';

/**
 * Azure OpenAI: OpenAI's names with bare integers, milliseconds from some versions (48 of 48 sets
 * without `x-ratelimit-key`) and truncated seconds from others (10 of 10 with it).
 * @see https://github.com/openai/openai-dotnet/issues/838
 */
export const azure = tableFamily({
  providers: ['azure', 'azure-openai'],
  marks: [
    'x-ratelimit-renewalperiod-requests',
    'x-ratelimit-renewalperiod-tokens',
    'x-ratelimit-abusepenalty-active',
    'x-ratelimit-key',
    'x-ms-region',
  ],
  limits: [
    {
      dimension: 'requests',
      ...openaiNames('requests'),
      windowSeconds: 'x-ratelimit-renewalperiod-requests',
      kind: 'refill',
    },
    {
      dimension: 'tokens',
      ...openaiNames('tokens'),
      windowSeconds: 'x-ratelimit-renewalperiod-tokens',
      kind: 'refill',
    },
    // Spelt so, and in seconds, on some 429s: openai-python#937.
    { dimension: 'requests', reset: 'x-rate-limit-reset-requests' },
    { dimension: 'tokens', reset: 'x-rate-limit-reset-tokens' },
  ],
  resetMs(text, known, context) {
    const value = parseDecimal(text);
    if (value === undefined) return parseWait(text, context, unitless);
    return parseWait(text, context, () => unitOf(value, known, context));
  },
});

/** Where the window is not stated, Azure's usual minute decides between units, not more. */
const USUAL_WINDOW_MS = 60_000;

/** Milliseconds per unit of a bare reset; `undefined` where the response does not give it away. */
function unitOf(value: number, known: KnownOfLimit, context: ReadContext): number | undefined {
  const { header } = context;
  if (value === 0) return 1;
  if (header('x-ratelimit-key') !== undefined) return 1000;
  const { limit, remaining, windowMs = USUAL_WINDOW_MS } = known;
  if (limit !== undefined && limit > 0 && remaining !== undefined) {
    return closestUnit(value, ((limit - remaining) / limit) * windowMs);
  }
  const isMisspelt =
    header('x-rate-limit-reset-tokens') !== undefined ||
    header('x-rate-limit-reset-requests') !== undefined;
  if (isMisspelt) return 1000;
  // A bucket cannot be whole before the next call is allowed.
  const retryAfterMs = readRetryAfter(header, context);
  return retryAfterMs !== undefined && value < retryAfterMs ? 1000 : undefined;
}

/**
 * The unit that brings the reset nearest to the refill time of what was used. Nearest by ratio,
 * since an overdrawn bucket resets late; nothing within a factor of ten is no answer.
 */
function closestUnit(value: number, expectedMs: number): number | undefined {
  if (expectedMs <= 0) return undefined;
  const distance = (unitMs: number): number => Math.abs(Math.log10((value * unitMs) / expectedMs));
  const unitMs = distance(1) <= distance(1000) ? 1 : 1000;
  return distance(unitMs) <= 1 ? unitMs : undefined;
}
