import type { HeaderFamily } from '../family.js';
import { parseWait, seconds, unitless } from '../parse/reset.js';
import { tableFamily } from '../table-family.js';
import { openaiNames, openaiTable } from './openai.js';

/**
 * Fireworks: prompt and generated tokens apart, no resets; the limits adapt to the load.
 * @see https://docs.fireworks.ai/serverless/rate-limits
 */
const fireworks = tableFamily({
  ...openaiTable,
  providers: ['fireworks'],
  marks: ['x-ratelimit-limit-tokens-prompt', 'x-ratelimit-limit-tokens-generated'],
  limits: [
    { dimension: 'requests', ...openaiNames('requests') },
    { dimension: 'inputTokens', ...openaiNames('tokens-prompt') },
    { dimension: 'outputTokens', ...openaiNames('tokens-generated') },
    {
      extra: 'tokensCacheAdjustedPrompt',
      ...openaiNames('tokens-cache-adjusted-prompt'),
    },
  ],
});

/**
 * Nebius: OpenAI's names with whole seconds, as `1s` or as a bare number; limits move every 15
 * minutes (its documentation of dynamic rate limits).
 */
const nebius = tableFamily({
  ...openaiTable,
  providers: ['nebius'],
  marks: ['x-ratelimit-dynamic-period-remaining', 'x-ratelimit-dynamic-scale-requests'],
  resetMs: (text, _known, context) => parseWait(text, context, seconds),
});

/** Mistral until 2024: windows of a wall-clock minute (its recordings), and a month's total. */
const mistralBySize = tableFamily({
  providers: [],
  marks: ['ratelimitbysize-limit', 'x-ratelimitbysize-limit-minute'],
  limits: [
    {
      dimension: 'tokens',
      limit: 'ratelimitbysize-limit',
      remaining: 'ratelimitbysize-remaining',
      reset: 'ratelimitbysize-reset',
      windowMs: 60_000,
      kind: 'window',
    },
    {
      dimension: 'tokens',
      limit: 'x-ratelimitbysize-limit-minute',
      remaining: 'x-ratelimitbysize-remaining-minute',
      windowMs: 60_000,
      kind: 'window',
    },
    {
      extra: 'tokensMonth',
      limit: 'x-ratelimitbysize-limit-month',
      remaining: 'x-ratelimitbysize-remaining-month',
    },
  ],
  resetMs: (text, _known, context) => parseWait(text, context, seconds),
});

/**
 * Cohere's trial keys.
 * @see https://docs.cohere.com/docs/rate-limits
 */
const cohere = tableFamily({
  providers: ['cohere'],
  marks: ['x-trial-endpoint-call-limit', 'x-endpoint-monthly-call-limit'],
  limits: [
    {
      dimension: 'requests',
      limit: 'x-trial-endpoint-call-limit',
      remaining: 'x-trial-endpoint-call-remaining',
    },
    {
      extra: 'monthlyCalls',
      limit: 'x-endpoint-monthly-call-limit',
      remaining: 'x-endpoint-monthly-call-remaining',
    },
  ],
  resetMs: (text, _known, context) => parseWait(text, context, unitless),
});

/**
 * Together: requests and tokens per second; the tokens have had two names.
 * @see https://docs.together.ai/docs/rate-limits
 */
const together = tableFamily({
  providers: ['together'],
  marks: ['x-tokenlimit-limit', 'x-tokenlimit-remaining'],
  limits: [
    {
      dimension: 'requests',
      limit: 'x-ratelimit-limit',
      remaining: 'x-ratelimit-remaining',
      reset: 'x-ratelimit-reset',
    },
    {
      dimension: 'tokens',
      limit: 'x-tokenlimit-limit',
      remaining: 'x-tokenlimit-remaining',
      reset: 'x-tokenlimit-reset',
    },
    { dimension: 'tokens', ...openaiNames('tokens') },
  ],
  resetMs: (text, _known, context) => parseWait(text, context, seconds),
});

/** Families of one provider each that a table describes. */
export const others: readonly HeaderFamily[] = [fireworks, nebius, mistralBySize, cohere, together];
