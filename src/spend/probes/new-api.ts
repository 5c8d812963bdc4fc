import * as check from '../../core/options.js';
import type { SpendProbe } from '../spend-probe.js';
import { defineProbe, figures } from './define-probe.js';
import {
  checkProbeOptions,
  checkRootUrl,
  PROBE_NAMES,
  type ProbeOptions,
} from './probe-options.js';
import { EXCEEDED } from './read-answer.js';

export interface NewApiSpendOptions extends ProbeOptions {
  /** Without a slash at its end, and without `/v1`. */
  readonly baseUrl: string;
  /** What the server counts in: some show raw quota. @defaultValue 'usd' */
  readonly unit?: string;
}

const OPTION_NAMES = {
  ...PROBE_NAMES,
  unit: true,
} satisfies Record<keyof NewApiSpendOptions, true>;

/** What the servers answer for a token without a limit, whatever they count in. */
const ENDLESS = 1e8;
const DAY_MS = 86_400_000;

/** A one-api or new-api gateway, by its copy of OpenAI's old billing pages. */
export function newApiSpend(options: NewApiSpendOptions): SpendProbe {
  checkProbeOptions(options, OPTION_NAMES);
  checkRootUrl(options);
  const { unit = 'usd' } = options;
  return defineProbe(
    {
      provider: 'new-api',
      unit: check.nonEmptyString('unit', unit),
      scope: 'key',
      path: '/v1/dashboard/billing/subscription',
      async read(subscription, get, now) {
        const limit = subscription.limit('hard_limit_usd');
        const from = dayOf(now - 99 * DAY_MS);
        const to = dayOf(now + DAY_MS);
        const usage = await get(`/v1/dashboard/billing/usage?start_date=${from}&end_date=${to}`);
        if (usage === EXCEEDED) return EXCEEDED;
        // In hundredths.
        const spent = usage.required('total_usage') / 100;
        return figures({ spent, limit: limit === ENDLESS ? null : limit });
      },
    },
    options,
  );
}

/** `2026-01-31`, in UTC. */
function dayOf(now: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'UTC' }).format(now);
}
