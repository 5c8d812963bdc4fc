import type { SpendProbe } from '../spend-probe.js';
import { defineProbe, figures } from './define-probe.js';
import { EXCEEDED, type ProbeOptions } from './get-json.js';

/** SerpAPI: the searches of the month, and what is left of them with extra ones. */
export function serpApiSpend(options: ProbeOptions = {}): SpendProbe {
  return defineProbe(
    {
      provider: 'serpapi',
      baseUrl: 'https://serpapi.com',
      unit: 'searches',
      scope: 'account',
      async read(get, { key }) {
        const query = `api_key=${encodeURIComponent(key.secret.reveal())}`;
        const answer = await get(`/account?${query}`, { accept: 'application/json' });
        if (answer === EXCEEDED) return EXCEEDED;
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
