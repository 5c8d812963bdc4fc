import type { SpendProbe } from '../spend-probe.js';
import { defineProbe, figures } from './define-probe.js';
import type { ProbeOptions } from './probe-options.js';

/** SerpAPI: the searches of the month, and what is left of them with extra ones. */
export function serpApiSpend(options: ProbeOptions = {}): SpendProbe {
  return defineProbe(
    {
      provider: 'serpapi',
      baseUrl: 'https://serpapi.com',
      path: ({ secret }) => `/account?api_key=${encodeURIComponent(secret.reveal())}`,
      unit: 'searches',
      scope: 'account',
      headers: () => ({ accept: 'application/json' }),
      read(answer) {
        return figures({
          spent: answer.required('this_month_usage'),
          limit: answer.limit('searches_per_month'),
          remaining: answer.amount('total_searches_left'),
        });
      },
    },
    options,
  );
}
