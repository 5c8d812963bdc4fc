import { refillOver, SECOND_MS } from './limit-shapes.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { requestApi } from './request-api.js';

/**
 * Stripe, at `https://api.stripe.com`. Limits belong to the account, per second, and endpoints have
 * lower ones of their own; no header states them, so configure `limits`.
 * @see https://docs.stripe.com/rate-limits
 */
export function stripe(options: PresetOptions = {}): Provider {
  return requestApi({
    name: 'stripe',
    baseUrl: baseUrlIn(options, 'https://api.stripe.com'),
    requests: refillOver(SECOND_MS),
  });
}
