import { HOUR_MS, windowOf } from './limit-shapes.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { requestApi } from './request-api.js';

/**
 * GitHub, at `https://api.github.com`. Limits belong to the user or installation, per hour and
 * resource: name one such as `search` or `graphql` as the `model`.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function github(options: PresetOptions = {}): Provider {
  return requestApi({
    name: 'github',
    baseUrl: baseUrlIn(options, 'https://api.github.com'),
    requests: windowOf(HOUR_MS),
  });
}
