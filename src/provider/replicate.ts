import { MINUTE_MS, refillOver } from './limit-shapes.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { requestApi } from './request-api.js';

/**
 * Replicate, at `https://api.replicate.com/v1`. Requests per minute: one limit for creating
 * predictions, of whatever model, and one for all other calls, which name no `model`.
 * @see https://replicate.com/docs/topics/predictions/rate-limits
 */
export function replicate(options: PresetOptions = {}): Provider {
  return requestApi({
    name: 'replicate',
    baseUrl: baseUrlIn(options, 'https://api.replicate.com/v1'),
    requests: refillOver(MINUTE_MS),
    modelClass: () => 'predictions',
  });
}
