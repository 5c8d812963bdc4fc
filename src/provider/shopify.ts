import { refillOver, SECOND_MS } from './limit-shapes.js';
import { baseUrlIn, type OwnAddressOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { bare } from './readers.js';
import { requestApi } from './request-api.js';

/**
 * Shopify's REST Admin API at a shop's own address, such as `https://my-shop.myshopify.com`. One
 * bucket for each app and shop.
 * @see https://shopify.dev/docs/api/admin-rest/usage/rate-limits
 */
export function shopify(options: OwnAddressOptions): Provider {
  return requestApi({
    name: 'shopify',
    baseUrl: baseUrlIn(options),
    // 40 at 2 a second, 80 at 4, 400 at 20: on every plan, an empty bucket is full again by then.
    requests: refillOver(20 * SECOND_MS),
    authHeader: bare('x-shopify-access-token'),
  });
}
