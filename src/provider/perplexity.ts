import { MINUTE_MS, refillOver } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import type { PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Perplexity, at `https://api.perplexity.ai`. Limits are requests per minute, by model and the
 * account's tier; no header states them, so configure `limits`.
 * @see https://docs.perplexity.ai/docs/admin/rate-limits-usage-tiers
 */
export function perplexity({
  baseUrl = 'https://api.perplexity.ai',
}: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'perplexity',
    baseUrl,
    defaults: { requests: refillOver(MINUTE_MS) },
  });
}
