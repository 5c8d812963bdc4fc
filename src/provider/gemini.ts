import { inputAlone } from './cost/cost-policy.js';
import { estimator, type RequestShape } from './cost/estimator.js';
import { readGeminiUsage } from './cost/gemini-usage.js';
import { type Fields, fieldsIn, largestIn } from './cost/request-body.js';
import { MINUTE_MS, refillOver } from './limit-shapes.js';
import { originOf } from './origin.js';
import type { PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { bare, readersFor } from './readers.js';

/**
 * Google's Gemini API, at `https://generativelanguage.googleapis.com`. Limits belong to the
 * project, per model: requests and input tokens per minute, requests per day until midnight Pacific
 * time. The model stands in the URL, so name it beside the estimate:
 * `{ model, ...provider.estimate(body) }`.
 * @see https://ai.google.dev/gemini-api/docs/rate-limits
 */
export function gemini({
  baseUrl = 'https://generativelanguage.googleapis.com',
}: PresetOptions = {}): Provider {
  return {
    ...readersFor('gemini'),
    origins: [originOf(baseUrl)],
    authHeader: bare('x-goog-api-key'),
    modelClass: (model) => model.replace(/^models\//, ''),
    estimate: estimator(GEMINI_REQUEST, inputAlone),
    readUsage: readGeminiUsage,
    defaults: {
      requests: refillOver(MINUTE_MS),
      tokens: refillOver(MINUTE_MS),
      inputTokens: refillOver(MINUTE_MS),
    },
    meteredLate: ['outputTokens'],
  };
}

/** Fields may be spelt either way, as in all of Google's APIs. */
const GEMINI_REQUEST: RequestShape = {
  input: ['contents', 'content', 'requests', 'systemInstruction', 'system_instruction', 'tools'],
  ceiling: (request) => largestIn(configOf(request), ['maxOutputTokens', 'max_output_tokens']),
};

function configOf(request: Fields): Fields {
  return fieldsIn(request, 'generationConfig') ?? fieldsIn(request, 'generation_config') ?? {};
}
