import type { Family, LimitRow, ReadContext } from '../family.js';
import type { LimitReading, LimitUpdate } from '../limit-update.js';
import { parseWait, unitless } from '../reset.js';

/**
 * Anthropic: RFC 3339 resets of one second's grain, the time of full refill; tokens rounded to
 * 1000; subscriptions (OAuth) send a share used and epoch seconds only. No window is stated, and
 * two snapshots in one response forbid to infer it.
 * @see https://platform.claude.com/docs/en/api/rate-limits
 */
export const anthropic: Family = {
  providers: ['anthropic', 'anthropic-oauth', 'claude'],
  marks: [
    'anthropic-ratelimit-requests-limit',
    'anthropic-ratelimit-input-tokens-limit',
    'anthropic-ratelimit-output-tokens-limit',
    'anthropic-ratelimit-tokens-limit',
    'anthropic-ratelimit-unified-status',
    'anthropic-organization-id',
  ],
  limits: [
    { dimension: 'requests', ...triple('anthropic-ratelimit-requests') },
    { dimension: 'tokens', ...triple('anthropic-ratelimit-tokens') },
    { dimension: 'inputTokens', ...triple('anthropic-ratelimit-input-tokens') },
    { dimension: 'outputTokens', ...triple('anthropic-ratelimit-output-tokens') },
    { extra: 'priorityInputTokens', ...triple('anthropic-priority-input-tokens') },
    { extra: 'priorityOutputTokens', ...triple('anthropic-priority-output-tokens') },
    { extra: 'fastInputTokens', ...triple('anthropic-fast-input-tokens') },
    { extra: 'fastOutputTokens', ...triple('anthropic-fast-output-tokens') },
    { extra: 'unified5h', reset: 'anthropic-ratelimit-unified-5h-reset', windowMs: 18_000_000 },
    { extra: 'unified7d', reset: 'anthropic-ratelimit-unified-7d-reset', windowMs: 604_800_000 },
  ],
  resetMs: (text, _known, context: ReadContext) => parseWait(text, context, unitless),
  group: (header) => header('anthropic-organization-id'),
  finish: markDerived,
};

function triple(name: string): Pick<LimitRow, 'limit' | 'remaining' | 'reset'> {
  return { limit: `${name}-limit`, remaining: `${name}-remaining`, reset: `${name}-reset` };
}

/**
 * The combined limit was input + output in 164 of 164 recordings, with the earlier reset; only a
 * Workspace limit makes it differ, and then it binds (platform.claude.com/docs/en/api/rate-limits).
 */
function markDerived(update: LimitUpdate): LimitUpdate {
  const { tokens, inputTokens, outputTokens } = update;
  const sum = (inputTokens?.limit ?? NaN) + (outputTokens?.limit ?? NaN);
  if (tokens === undefined || tokens.limit !== sum) return update;
  const derived: LimitReading = { ...tokens, derived: true };
  return { ...update, tokens: derived };
}
