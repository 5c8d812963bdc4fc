import type { SpendProbe } from '../spend-probe.js';
import { defineProbe, figures } from './define-probe.js';
import type { Fields } from './fields.js';
import { EXCEEDED, type ProbeOptions } from './get-json.js';
import { tightest } from './tightest.js';

/** Tavily: the credits of the key and of its account, whichever are nearer their end. */
export function tavilySpend(options: ProbeOptions = {}): SpendProbe {
  return defineProbe(
    {
      provider: 'tavily',
      baseUrl: 'https://api.tavily.com',
      unit: 'credits',
      scope: 'key',
      lagMs: 60_000,
      minIntervalMs: 60_000,
      async read(get) {
        const answer = await get('/usage');
        if (answer === EXCEEDED) return EXCEEDED;
        const key = answer.object('key');
        const spent = key.required('usage');
        const own = figures({ spent, limit: key.limit('limit'), scope: 'key' });
        return tightest([own, planOf(answer.object('account'))]) ?? own;
      },
    },
    options,
  );
}

/** What is paid as one goes comes on top of the plan. */
function planOf(account: Fields) {
  const usage = account.amount('plan_usage');
  const limit = account.limit('plan_limit');
  const extraUsage = account.amount('paygo_usage');
  const extra = account.amount('paygo_limit');
  const isExtended =
    usage !== undefined &&
    typeof limit === 'number' &&
    extra !== undefined &&
    extraUsage !== undefined;
  return isExtended
    ? figures({ spent: usage + extraUsage, limit: limit + extra, scope: 'account' })
    : figures({ spent: usage, limit, scope: 'account' });
}
