import { MINUTE_MS, refillOver } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Nebius Token Factory, at `https://api.tokenfactory.nebius.com/v1`. Requests and tokens per
 * minute; the limits themselves rise and fall every 15 minutes, as the headers say.
 * @see https://docs.tokenfactory.nebius.com/ai-models-inference/rate-limits
 */
export function nebius(options: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'nebius',
    baseUrl: baseUrlIn(options, 'https://api.tokenfactory.nebius.com/v1'),
    defaults: { requests: refillOver(MINUTE_MS), tokens: refillOver(MINUTE_MS) },
  });
}
