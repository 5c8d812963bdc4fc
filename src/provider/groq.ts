import { readUncachedOpenAiUsage } from './cost/openai-usage.js';
import { DAY_MS, MINUTE_MS, refillOver } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Groq, at `https://api.groq.com/openai/v1`. Limits belong to the organisation and are refilled all
 * the time; headers show requests per day and tokens per minute, never requests per minute. Cached
 * input is given back once it is known.
 * @see https://console.groq.com/docs/rate-limits
 * @see https://console.groq.com/docs/prompt-caching
 */
export function groq(options: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'groq',
    baseUrl: baseUrlIn(options, 'https://api.groq.com/openai/v1'),
    readUsage: readUncachedOpenAiUsage,
    defaults: { requests: refillOver(DAY_MS), tokens: refillOver(MINUTE_MS) },
  });
}
