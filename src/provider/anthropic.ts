import { readAnthropicUsage } from './anthropic-usage.js';
import { originOf } from './origin.js';
import type { CostEstimate, Provider } from './provider.js';
import { bare, readersFor } from './readers.js';
import { countIn, fieldsOf, modelIn, safely } from './request-body.js';
import { estimateInput } from './token-estimate.js';

export interface AnthropicOptions {
  /** @defaultValue `https://api.anthropic.com` */
  readonly baseUrl?: string;
}

/** Anthropic's Messages API with an API key. */
export function anthropic({
  baseUrl = 'https://api.anthropic.com',
}: AnthropicOptions = {}): Provider {
  return {
    ...readersFor('anthropic'),
    origins: [originOf(baseUrl)],
    authHeader: bare('x-api-key'),
    modelClass: anthropicModelClass,
    estimate,
    readUsage: readAnthropicUsage,
    defaults: {
      requests: PER_MINUTE,
      tokens: PER_MINUTE,
      inputTokens: PER_MINUTE,
      outputTokens: PER_MINUTE,
    },
    meteredLate: ['outputTokens'],
  };
}

/** Token buckets per minute: platform.claude.com/docs/en/api/rate-limits, "Rate limits". */
const PER_MINUTE = { windowMs: 60_000, kind: 'refill' } as const;

/** Output a message is expected to have where `max_tokens` allows more. */
const EXPECTED_OUTPUT_TOKENS = 1024;

/**
 * Versions of one family and generation share a limit (Opus 4.x, Sonnet 4.x, says the same page);
 * of the older `claude-3-5-sonnet-…` every model has its own. Dates and `-latest` are dropped.
 */
function anthropicModelClass(model: string): string {
  const dateless = model.replace(/(?:[-@]\d{8}|-latest)$/, '');
  return dateless.replace(/^(claude-[a-z]+-\d{1,2})-\d{1,2}$/, '$1');
}

/**
 * Output is metered as it is written and `max_tokens` does not count
 * (platform.claude.com/docs/en/api/rate-limits): a raw 128,000 would wait for nothing. So: what is expected, or less if less is allowed.
 */
function estimate(body: unknown): CostEstimate {
  return safely(() => {
    const request = fieldsOf(body);
    if (request === undefined) return {};
    const maxTokens = countIn(request, 'max_tokens') ?? Infinity;
    return {
      ...modelIn(request),
      inputTokens: estimateInput(request['system'], request['messages'], request['tools']),
      outputTokens: Math.min(maxTokens, EXPECTED_OUTPUT_TOKENS),
    };
  }, {});
}
