import { SpendProbeError } from '../../core/errors.js';
import type { SpendProbe } from '../spend-probe.js';
import { defineProbe } from './define-probe.js';
import { EXCEEDED, type ProbeOptions } from './get-json.js';

/** DeepSeek's balance. Of several currencies, the first that has money left. */
export function deepseekSpend(options: ProbeOptions = {}): SpendProbe {
  return defineProbe(
    {
      provider: 'deepseek',
      baseUrl: 'https://api.deepseek.com',
      unit: 'usd',
      scope: 'account',
      lagMs: 60_000,
      async read(get) {
        const answer = await get('/user/balance');
        if (answer === EXCEEDED) return EXCEEDED;
        const balances = answer.objects('balance_infos').map((each) => ({
          remaining: each.required('total_balance'),
          unit: (each.text('currency') ?? 'unknown').toLowerCase(),
        }));
        const found = balances.find(({ remaining }) => remaining > 0) ?? balances[0];
        if (found === undefined) {
          throw new SpendProbeError(
            'body',
            'deepseek: balance_infos: expected a balance, got none',
          );
        }
        return answer.isFalse('is_available') ? { ...found, exceeded: true } : found;
      },
    },
    options,
  );
}
