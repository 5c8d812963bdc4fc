import type { SpendProbe } from '../spend-probe.js';
import { defineProbe, figures } from './define-probe.js';
import type { ProbeOptions } from './probe-options.js';

/** Firecrawl, version 2: the credits that are left to the team. */
export function firecrawlSpend(options: ProbeOptions = {}): SpendProbe {
  return defineProbe(
    {
      provider: 'firecrawl',
      baseUrl: 'https://api.firecrawl.dev',
      path: '/v2/team/credit-usage',
      unit: 'credits',
      scope: 'team',
      read(answer) {
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
