import type { SpendProbe } from '../spend-probe.js';
import { defineProbe, figures } from './define-probe.js';
import { EXCEEDED, type ProbeOptions } from './get-json.js';

/** Firecrawl, version 2: the credits that are left to the team. */
export function firecrawlSpend(options: ProbeOptions = {}): SpendProbe {
  return defineProbe(
    {
      provider: 'firecrawl',
      baseUrl: 'https://api.firecrawl.dev',
      unit: 'credits',
      scope: 'team',
      async read(get) {
        const answer = await get('/v2/team/credit-usage');
        if (answer === EXCEEDED) return EXCEEDED;
        const data = answer.object('data');
        return figures({
          remaining: data.required('remainingCredits'),
          limit: data.limit('planCredits'),
          resetsAt: data.date('billingPeriodEnd'),
        });
      },
    },
    options,
  );
}
