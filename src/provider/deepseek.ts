import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * DeepSeek, at `https://api.deepseek.com`. The only limit is on calls at the same time, per account
 * and model, and no header states it: configure `limits: { concurrency }`.
 * @see https://api-docs.deepseek.com/quick_start/rate_limit
 */
export function deepseek(options: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'deepseek',
    baseUrl: baseUrlIn(options, 'https://api.deepseek.com'),
    defaults: {},
  });
}
