import type { SpendProbe } from '../spend-probe.js';
import { defineProbe } from './define-probe.js';
import type { ProbeOptions } from './probe-options.js';

/**
 * DeepSeek's balance. Of several currencies the one with the largest amount is the reading, for a few
 * cents in another must not end a key that has money; the unit is the currency's.
 */
export function deepseekSpend(options: ProbeOptions = {}): SpendProbe {
  return defineProbe(
    {
      provider: 'deepseek',
      baseUrl: 'https://api.deepseek.com',
      path: '/user/balance',
      unit: 'usd',
      scope: 'account',
      read(answer) {
        const balances = answer.objects('balance_infos').map((each) => ({
          remaining: each.required('total_balance'),
          unit: (each.text('currency') ?? 'unknown').toLowerCase(),
        }));
        const [largest] = balances.sort((one, other) => other.remaining - one.remaining);
        if (answer.isFalse('is_available')) return { ...largest, exceeded: true };
        if (largest === undefined) throw answer.wrong('balance_infos', 'a balance');
        return largest;
      },
    },
    options,
  );
}
