import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Together AI, at `https://api.together.ai/v1`. Limits belong to the organisation, per model, and
 * move with its recent traffic; their window is not documented, so none is presumed.
 * @see https://docs.together.ai/docs/rate-limits
 */
export function together(options: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'together',
    baseUrl: baseUrlIn(options, 'https://api.together.ai/v1'),
    defaults: {},
  });
}
