import { MINUTE_MS, windowOf } from './limit-shapes.js';
import type { PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { requestApi } from './request-api.js';

/**
 * X (Twitter), at `https://api.x.com`. Limits belong to the app or the user, per endpoint, which is
 * the `model` to name; most come back every 15 minutes.
 * @see https://docs.x.com/fundamentals/rate-limits
 */
export function x({ baseUrl = 'https://api.x.com' }: PresetOptions = {}): Provider {
  return requestApi({ name: 'x', baseUrl, requests: windowOf(15 * MINUTE_MS) });
}
