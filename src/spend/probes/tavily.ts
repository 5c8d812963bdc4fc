import type { SpendFigures, SpendProbe } from '../spend-probe.js';
import { combined } from './budgets.js';
import { defineProbe, figures } from './define-probe.js';
import type { Fields } from './fields.js';
import type { ProbeOptions } from './probe-options.js';

/** Tavily: the credits of the key and of its account, both of which hold. */
export function tavilySpend(options: ProbeOptions = {}): SpendProbe {
  return defineProbe(
    {
      provider: 'tavily',
      baseUrl: 'https://api.tavily.com',
      path: '/usage',
      unit: 'credits',
      scope: 'key',
      minIntervalMs: 60_000,
      read(answer) {
        const key = answer.object('key');
        const spent = key.required('usage');
        const own = { ...figures({ spent, limit: key.limit('limit') }), scope: 'key' } as const;
        const account = answer.optionalObject('account');
        return combined(own, account === undefined ? [] : [planOf(account)]);
      },
    },
    options,
  );
}

/** What is paid as one goes comes on top of the plan. */
function planOf(account: Fields): SpendFigures {
  const usage = account.amount('plan_usage');
  const limit = account.limit('plan_limit');
  const extraUsage = account.amount('paygo_usage');
  const extra = account.amount('paygo_limit');
  const isExtended =
    usage !== undefined &&
    typeof limit === 'number' &&
    extra !== undefined &&
    extraUsage !== undefined;
  const plan = isExtended
    ? { spent: usage + extraUsage, limit: limit + extra }
    : { spent: usage, limit };
  return { ...figures(plan), scope: 'account' };
}
