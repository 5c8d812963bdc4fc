import { isKeyPoolError } from '../../core/errors.js';
import type { SpendProbe, SpendReading, SpendScope } from '../spend-probe.js';
import { defineProbe, figures, type Get } from './define-probe.js';
import type { Fields } from './fields.js';
import { EXCEEDED, type ProbeOptions } from './get-json.js';
import { settled } from './settled.js';
import { tightest } from './tightest.js';

/** OpenHands gives every user a budget of 1e9 where it means none. */
const ENDLESS = 1e9;

/**
 * A LiteLLM proxy, such as the one of OpenHands: the budgets of the key, its user and its team, of
 * which the tightest counts. Where a key may not see its user's or its team's, they are left out, and
 * a key without a budget of its own is not called unlimited.
 */
export function litellmSpend(options: ProbeOptions): SpendProbe {
  const traits = { provider: 'litellm', unit: 'usd', scope: 'key', lagMs: 60_000, read } as const;
  return defineProbe(traits, options);
}

async function read(get: Get): Promise<Partial<SpendReading> | typeof EXCEEDED> {
  const answer = await get('/key/info');
  if (answer === EXCEEDED) return EXCEEDED;
  const info = answer.object('info');
  info.required('spend');
  const own = budgetOf(info, 'key');
  const user = info.text('user_id');
  const team = info.text('team_id');
  if (user === undefined && team === undefined) return own;
  const others = await settled([
    budgetAt(get, user && `/user/info?user_id=${encode(user)}`, 'user'),
    budgetAt(get, team && `/team/info?team_id=${encode(team)}`, 'team'),
  ]);
  if (others.includes(EXCEEDED)) return EXCEEDED;
  const budgets = [own, ...others.filter((each) => typeof each === 'object')];
  const bound = tightest(budgets);
  if (bound !== undefined) return bound;
  if (!others.includes('hidden')) return own;
  const { limit: _, ...rest } = own;
  return rest;
}

type Budget = Partial<SpendReading>;

async function budgetAt(
  get: Get,
  path: string | undefined,
  scope: SpendScope,
): Promise<Budget | typeof EXCEEDED | 'hidden' | 'none'> {
  if (path === undefined) return 'none';
  try {
    const answer = await get(path);
    return answer === EXCEEDED ? EXCEEDED : budgetOf(answer.object(`${scope}_info`), scope);
  } catch (error) {
    // What is always refused is left out; what fails now would make the figures jump.
    if (isKeyPoolError(error, 'SPEND_PROBE_FAILED') && isRefused(error.status)) return 'hidden';
    throw error;
  }
}

function isRefused(status: number | undefined): boolean {
  return status === 401 || status === 403 || status === 404;
}

function budgetOf(info: Fields, scope: SpendScope): Budget {
  return figures({
    spent: info.amount('spend'),
    limit: info.limit('max_budget', ENDLESS),
    resetsAt: info.date('budget_reset_at'),
    scope,
  });
}

const encode = encodeURIComponent;
