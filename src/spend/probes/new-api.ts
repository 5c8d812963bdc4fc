import * as check from '../../core/options.js';
import type { SpendProbe } from '../spend-probe.js';
import { defineProbe } from './define-probe.js';
import { EXCEEDED, type ProbeOptions } from './get-json.js';
import { settled } from './settled.js';

export interface NewApiSpendOptions extends ProbeOptions {
  /** What the server counts in: some show raw quota. @defaultValue 'usd' */
  readonly unit?: string;
}

/** What one-api answers for a key without a limit. */
const ENDLESS = 1e8;
const DAY_MS = 86_400_000;

/** A one-api or new-api gateway, by its copy of OpenAI's old billing pages. */
export function newApiSpend(options: NewApiSpendOptions): SpendProbe {
  const { unit = 'usd' } = options;
  return defineProbe(
    {
      provider: 'new-api',
      unit: check.nonEmptyString('unit', unit),
      scope: 'key',
      lagMs: 60_000,
      async read(get, { context: { now } }) {
        const from = dayOf(now - 99 * DAY_MS);
        const to = dayOf(now + DAY_MS);
        const [subscription, usage] = await settled([
          get('/v1/dashboard/billing/subscription'),
          get(`/v1/dashboard/billing/usage?start_date=${from}&end_date=${to}`),
        ]);
        if (subscription === EXCEEDED || usage === EXCEEDED) return EXCEEDED;
        const limit = subscription.limit('hard_limit_usd', ENDLESS);
        // In hundredths.
        const spent = usage.required('total_usage') / 100;
        return limit === undefined ? { spent } : { spent, limit };
      },
    },
    options,
  );
}

/** `2026-01-31`, in UTC. */
function dayOf(now: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'UTC' }).format(now);
}
