import type { HeaderFamily } from '../family.js';
import { leftOf, limitReading } from '../limit-reading.js';
import { parseCount } from '../parse/number.js';

/** The one header of Shopify's REST API: used, a stroke, the size of a leaky bucket. */
const SHOPIFY = 'x-shopify-shop-api-call-limit';

/** @see https://shopify.dev/docs/api/admin-rest/usage/rate-limits */
export const shopify: HeaderFamily = {
  providers: ['shopify'],
  marks: [SHOPIFY],
  headers: [SHOPIFY],
  read(context) {
    const [used, limit, ...rest] = (context.header(SHOPIFY) ?? '').split('/').map(parseCount);
    if (used === undefined || limit === undefined || rest.length > 0) return {};
    const requests = limitReading({ limit, remaining: leftOf(limit, used) }, context);
    return requests === undefined ? {} : { requests };
  },
};
