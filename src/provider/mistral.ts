import { MINUTE_MS, windowOf } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Mistral, at `https://api.mistral.ai/v1`. Limits belong to the organisation; tokens are input and
 * output together. Headers name the window's length but no reset; recorded ones were minutes of the
 * clock.
 * @see https://help.mistral.ai/en/articles/392924-how-do-api-rate-limits-work-and-how-can-i-increase-them
 */
export function mistral(options: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'mistral',
    baseUrl: baseUrlIn(options, 'https://api.mistral.ai/v1'),
    defaults: { requests: windowOf(MINUTE_MS), tokens: windowOf(MINUTE_MS) },
  });
}
