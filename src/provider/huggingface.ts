import { MINUTE_MS, windowOf } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import type { PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Hugging Face: inference at `https://router.huggingface.co/v1`, which `baseUrl` replaces, and the
 * Hub. The Hub counts requests in fixed windows of five minutes.
 * @see https://huggingface.co/docs/hub/rate-limits
 */
export function huggingface({
  baseUrl = 'https://router.huggingface.co/v1',
}: PresetOptions = {}): Provider {
  const inference = openaiCompatible({
    name: 'huggingface',
    baseUrl,
    defaults: { requests: windowOf(5 * MINUTE_MS) },
  });
  return { ...inference, origins: [...inference.origins, 'https://huggingface.co'] };
}
