import { MINUTE_MS, windowOf } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Hugging Face: inference at `https://router.huggingface.co/v1`, which `baseUrl` replaces, and the
 * Hub. The Hub counts requests in fixed windows of five minutes.
 * @see https://huggingface.co/docs/hub/rate-limits
 */
export function huggingface(options: PresetOptions = {}): Provider {
  const inference = openaiCompatible({
    name: 'huggingface',
    baseUrl: baseUrlIn(options, 'https://router.huggingface.co/v1'),
    defaults: { requests: windowOf(5 * MINUTE_MS) },
  });
  return { ...inference, origins: [...inference.origins, 'https://huggingface.co'] };
}
