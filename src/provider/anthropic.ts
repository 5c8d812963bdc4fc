import { checkNames } from '../core/known-names.js';
import { oneOf } from '../core/options.js';
import { readAnthropicUsage } from './cost/anthropic-usage.js';
import { expectedOutput } from './cost/cost-policy.js';
import { estimator, type RequestShape } from './cost/estimator.js';
import { countIn } from './cost/request-body.js';
import { MINUTE_MS, refillOver } from './limit-shapes.js';
import { originOf } from './origin.js';
import type { Provider } from './provider.js';
import { bare, bearer, readersFor } from './readers.js';

export interface AnthropicOptions {
  /** @defaultValue `https://api.anthropic.com` */
  readonly baseUrl?: string;
  /**
   * What the keys are: API keys, sent as `x-api-key`, or access tokens, sent as bearer tokens. The
   * `anthropic-beta` header that some of these need is the caller's to send.
   * @defaultValue 'api-key'
   */
  readonly auth?: 'api-key' | 'bearer';
}

const OPTION_NAMES = {
  baseUrl: true,
  auth: true,
} satisfies Record<keyof AnthropicOptions, true>;

/** Anthropic's Messages API. */
export function anthropic(options: AnthropicOptions = {}): Provider {
  checkNames('options', options, OPTION_NAMES);
  const { baseUrl = 'https://api.anthropic.com', auth = 'api-key' } = options;
  const isBearer = oneOf('auth', auth, ['api-key', 'bearer']) === 'bearer';
  return {
    ...readersFor('anthropic'),
    origins: [originOf(baseUrl)],
    authHeader: isBearer ? bearer : bare('x-api-key'),
    modelClass: anthropicModelClass,
    estimate: estimator(MESSAGES_REQUEST, expectedOutput),
    readUsage: readAnthropicUsage,
    defaults: {
      requests: refillOver(MINUTE_MS),
      tokens: refillOver(MINUTE_MS),
      inputTokens: refillOver(MINUTE_MS),
      outputTokens: refillOver(MINUTE_MS),
    },
    meteredLate: ['outputTokens'],
  };
}

/**
 * Output is metered as it is written and `max_tokens` does not count: it only bounds what is
 * expected.
 * @see https://platform.claude.com/docs/en/api/rate-limits
 */
const MESSAGES_REQUEST: RequestShape = {
  input: ['system', 'messages', 'tools'],
  ceiling: (request) => countIn(request, 'max_tokens'),
};

/**
 * Versions of one family and generation share a limit (Opus 4.x, Sonnet 4.x, says the same page);
 * of the older `claude-3-5-sonnet-…` every model has its own. Dates and `-latest` are dropped.
 */
function anthropicModelClass(model: string): string {
  const dateless = model.replace(/(?:[-@]\d{8}|-latest)$/, '');
  return dateless.replace(/^(claude-[a-z]+-\d{1,2})-\d{1,2}$/, '$1');
}
