import { openaiCompatible } from './openai-compatible.js';
import type { PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * DeepSeek, at `https://api.deepseek.com`. The only limit is on calls at the same time, per account
 * and model, and no header states it: configure `limits: { concurrency }`.
 * @see https://api-docs.deepseek.com/quick_start/rate_limit
 */
export function deepseek({ baseUrl = 'https://api.deepseek.com' }: PresetOptions = {}): Provider {
  return openaiCompatible({ name: 'deepseek', baseUrl, defaults: {} });
}
