import { MINUTE_MS, refillOver, SECOND_MS } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import type { PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Fireworks AI, at `https://api.fireworks.ai/inference/v1`. Limits belong to the account, per
 * model, and move with its traffic; tokens are stated per second, of all input, of uncached input and
 * of output.
 * @see https://docs.fireworks.ai/serverless/rate-limits
 */
export function fireworks({
  baseUrl = 'https://api.fireworks.ai/inference/v1',
}: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'fireworks',
    baseUrl,
    defaults: {
      requests: refillOver(MINUTE_MS),
      inputTokens: refillOver(SECOND_MS),
      outputTokens: refillOver(SECOND_MS),
    },
  });
}
