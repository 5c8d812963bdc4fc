import { readCohereUsage } from './cost/cohere-usage.js';
import { expectedOutput } from './cost/cost-policy.js';
import { estimator, type RequestShape } from './cost/estimator.js';
import { countIn } from './cost/request-body.js';
import { MINUTE_MS, refillOver } from './limit-shapes.js';
import { originOf } from './origin.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { bearer, itself, readersFor } from './readers.js';

/**
 * Cohere's native API, at `https://api.cohere.com`. Limits are requests per minute, for chat per
 * model; tokens are billed but not limited.
 * @see https://docs.cohere.com/docs/rate-limits
 */
export function cohere(options: PresetOptions = {}): Provider {
  return {
    ...readersFor('cohere'),
    origins: [originOf(baseUrlIn(options, 'https://api.cohere.com'))],
    authHeader: bearer,
    modelClass: itself,
    estimate: estimator(COHERE_REQUEST, expectedOutput),
    readUsage: readCohereUsage,
    defaults: { requests: refillOver(MINUTE_MS) },
    meteredLate: ['outputTokens'],
  };
}

/** Chat of both versions, embed and rerank. */
const COHERE_REQUEST: RequestShape = {
  input: [
    ...['messages', 'documents', 'tools'],
    ...['message', 'preamble', 'chat_history'],
    ...['texts', 'inputs', 'query'],
  ],
  ceiling: (request) => countIn(request, 'max_tokens'),
};
