import { readAnthropicUsage } from './anthropic-usage.js';
import { readOpenAiUsage } from './openai-usage.js';
import type { CostEstimate, Provider } from './provider.js';
import { bearer, readersFor } from './readers.js';
import { fieldsOf, largestIn, modelIn, safely } from './request-body.js';
import { estimateInput } from './token-estimate.js';

/** Whatever of a provider differs from the common case. */
export type GenericOptions = Readonly<Partial<Provider>>;

/**
 * Any other provider. Its family is recognised by the headers, bodies may be OpenAI's or
 * Anthropic's, and no window is presumed. Pass `origins` so that a fetch may send it the keys.
 */
export function generic({ name = 'generic', ...options }: GenericOptions = {}): Provider {
  return {
    ...readersFor(name),
    origins: [],
    authHeader: bearer,
    modelClass: (model) => model,
    estimate,
    readUsage: (body) => readAnthropicUsage(body) ?? readOpenAiUsage(body),
    defaults: {},
    meteredLate: ['outputTokens'],
    ...options,
  };
}

/** Output a request is expected to have where its ceiling allows more. */
const EXPECTED_OUTPUT_TOKENS = 1024;

const INPUT_FIELDS = ['system', 'messages', 'input', 'prompt', 'contents', 'instructions', 'tools'];
const CEILING_FIELDS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];

function estimate(body: unknown): CostEstimate {
  return safely(() => {
    const request = fieldsOf(body);
    if (request === undefined) return {};
    const ceiling = largestIn(request, CEILING_FIELDS) ?? Infinity;
    return {
      ...modelIn(request),
      inputTokens: estimateInput(...INPUT_FIELDS.map((field) => request[field])),
      outputTokens: Math.min(ceiling, EXPECTED_OUTPUT_TOKENS),
    };
  }, {});
}
