import { MINUTE_MS, windowOf } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * OpenRouter, at `https://openrouter.ai/api/v1`. Limits belong to the account, whatever the number
 * of keys, and count requests; headers come with refusals only. All `:free` models share one limit.
 * @see https://openrouter.ai/docs/api_reference/limits
 * @see https://openrouter.ai/docs/guides/routing/model-variants/free
 */
export function openrouter(options: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'openrouter',
    baseUrl: baseUrlIn(options, 'https://openrouter.ai/api/v1'),
    modelClass: (model) => (model.endsWith(':free') ? ':free' : model),
    defaults: { requests: windowOf(MINUTE_MS) },
  });
}
