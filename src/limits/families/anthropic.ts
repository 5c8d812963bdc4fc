import type { ReadContext, Readings } from '../family.js';
import { parseGoDuration } from '../parse/duration.js';
import { parseWait, unitless } from '../parse/reset.js';
import { type LimitRow, tableFamily } from '../table-family.js';

/** A window of a subscription: `5h`, `7d`, or one of a model's family such as `7d_sonnet`. */
const UNIFIED = /^anthropic-ratelimit-unified-((\d{1,4}[mhd])(?:_[a-z\d]{1,20})?)-reset$/;

const COUNTED = [
  { dimension: 'requests', ...triple('anthropic-ratelimit-requests') },
  { dimension: 'tokens', ...triple('anthropic-ratelimit-tokens') },
  { dimension: 'inputTokens', ...triple('anthropic-ratelimit-input-tokens') },
  { dimension: 'outputTokens', ...triple('anthropic-ratelimit-output-tokens') },
] as const;

/**
 * Anthropic: RFC 3339 resets of one second's grain, the time of full refill; tokens rounded to
 * 1000; subscriptions (OAuth) send a share used and epoch seconds only. No window is stated, and
 * two snapshots in one response forbid to infer it.
 * @see https://platform.claude.com/docs/en/api/rate-limits
 */
export const anthropic = tableFamily({
  providers: ['anthropic', 'anthropic-oauth', 'claude'],
  marks: [
    ...COUNTED.flatMap(({ limit, remaining, reset }) => [limit, remaining, reset]),
    'anthropic-ratelimit-unified-status',
    'anthropic-organization-id',
  ],
  limits: [
    ...COUNTED,
    { extra: 'priorityInputTokens', ...triple('anthropic-priority-input-tokens') },
    { extra: 'priorityOutputTokens', ...triple('anthropic-priority-output-tokens') },
    { extra: 'fastInputTokens', ...triple('anthropic-fast-input-tokens') },
    { extra: 'fastOutputTokens', ...triple('anthropic-fast-output-tokens') },
  ],
  unlisted: { pattern: UNIFIED, rowsOf: (names) => names.map(unifiedRow) },
  resetMs: (text, _known, context) => parseWait(text, context, unitless),
  group: (header) => header('anthropic-organization-id'),
  waitMs: subscriptionWait,
  finish: markDerived,
});

function triple(name: string) {
  return { limit: `${name}-limit`, remaining: `${name}-remaining`, reset: `${name}-reset` };
}

/** A subscription that is used up says when it comes back, not always in a Retry-After. */
function subscriptionWait(context: ReadContext): number | undefined {
  const { header, status } = context;
  const reset = header('anthropic-ratelimit-unified-reset');
  const isRejected = header('anthropic-ratelimit-unified-status') === 'rejected';
  if (status !== 429 || !isRejected || reset === undefined) return undefined;
  return parseWait(reset, context, unitless);
}

/** Only the share that is used is said, never the limit. */
function unifiedRow(reset: string): LimitRow {
  const [, name = '', length = ''] = UNIFIED.exec(reset) ?? [];
  return { extra: `unified${name}`, reset, windowMs: parseGoDuration(length) };
}

/**
 * The combined limit was input + output in 164 of 164 recordings, with the earlier reset; only a
 * Workspace limit makes it differ, and then it binds (platform.claude.com/docs/en/api/rate-limits).
 */
function markDerived(readings: Readings): Readings {
  const { tokens, inputTokens, outputTokens } = readings;
  const sum = (inputTokens?.limit ?? Number.NaN) + (outputTokens?.limit ?? Number.NaN);
  if (tokens === undefined || tokens.limit !== sum) return readings;
  return { ...readings, tokens: { ...tokens, derived: true } };
}
