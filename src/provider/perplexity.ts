import { MINUTE_MS, refillOver } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Perplexity, at `https://api.perplexity.ai`. Limits are requests per minute, by model and the
 * account's tier; no header states them, so configure `limits`.
 * @see https://docs.perplexity.ai/docs/admin/rate-limits-usage-tiers
 */
export function perplexity(options: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'perplexity',
    baseUrl: baseUrlIn(options, 'https://api.perplexity.ai'),
    defaults: { requests: refillOver(MINUTE_MS) },
  });
}
