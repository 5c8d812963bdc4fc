import { SpendProbeError } from '../../core/errors.js';
import type { SpendProbe } from '../spend-probe.js';
import { defineProbe } from './define-probe.js';
import { checkProbeOptions, type ProbeOptions } from './probe-options.js';

/** Moonshot's balance: USD at `api.moonshot.ai`, CNY at `https://api.moonshot.cn`. */
export function moonshotSpend(options: ProbeOptions = {}): SpendProbe {
  const { baseUrl = '' } = checkProbeOptions(options);
  return defineProbe(
    {
      provider: 'moonshot',
      baseUrl: 'https://api.moonshot.ai',
      path: '/v1/users/me/balance',
      unit: /\.cn(?:[:/]|$)/.test(baseUrl) ? 'cny' : 'usd',
      scope: 'account',
      read(answer) {
        // An error comes as 200, with a balance of zeros.
        const code = answer.required('code');
        if (code !== 0) {
          throw new SpendProbeError('status', `${answer.where}: answered 200 with code ${code}`, {
            status: code,
          });
        }
        return { remaining: answer.object('data').required('available_balance') };
      },
    },
    options,
  );
}
