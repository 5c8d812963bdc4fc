import { MINUTE_MS, windowOf } from './limit-shapes.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { requestApi } from './request-api.js';

/**
 * X (Twitter), at `https://api.x.com`. Limits belong to the app or the user, per endpoint, which is
 * the `model` to name; most come back every 15 minutes.
 * @see https://docs.x.com/fundamentals/rate-limits
 */
export function x(options: PresetOptions = {}): Provider {
  return requestApi({
    name: 'x',
    baseUrl: baseUrlIn(options, 'https://api.x.com'),
    requests: windowOf(15 * MINUTE_MS),
  });
}
