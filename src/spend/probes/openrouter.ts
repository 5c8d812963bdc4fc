import type { SpendProbe } from '../spend-probe.js';
import { defineProbe, figures } from './define-probe.js';
import type { ProbeOptions } from './probe-options.js';

/** OpenRouter's `/key`: the limit of the key, which may begin anew daily, weekly or monthly. */
export function openrouterSpend(options: ProbeOptions = {}): SpendProbe {
  return defineProbe(
    {
      provider: 'openrouter',
      baseUrl: 'https://openrouter.ai/api/v1',
      path: '/key',
      unit: 'usd',
      scope: 'key',
      read(answer) {
        const data = answer.object('data');
        const usage = data.required('usage');
        const period = data.text('limit_reset');
        const limit = data.limit('limit');
        const isWhole = period === undefined || typeof limit !== 'number';
        // Of a limit that begins anew, the usage of all time is no part.
        const spent = isWhole ? usage : data.amount(`usage_${period}`);
        // One of the two has to be there, or the limit would never be held.
        const remaining =
          spent === undefined ? data.required('limit_remaining') : data.amount('limit_remaining');
        return figures({ spent, limit, remaining });
      },
    },
    options,
  );
}
