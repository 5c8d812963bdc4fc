import { isKeyPoolError, type SpendProbeError } from '../../core/errors.js';
import type { SpendFigures, SpendProbe, SpendScope } from '../spend-probe.js';
import { combined, isUsedUp } from './budgets.js';
import { defineProbe, figures, type Get, type ProbeFigures } from './define-probe.js';
import type { Fields } from './fields.js';
import { checkProbeOptions, checkRootUrl, type ProbeOptions } from './probe-options.js';
import { EXCEEDED } from './read-answer.js';

/** OpenHands gives every user a budget of 1e9 where it means none. */
const ENDLESS = 1e9;

/**
 * A LiteLLM proxy, such as the one of OpenHands: the budgets of the key, its user and its team, all of
 * which hold. Where a key may not see its user's or its team's, they are left out, and a key without a
 * budget of its own is not called unlimited.
 * @param options `baseUrl` without `/v1`
 */
export function litellmSpend(options: ProbeOptions & { readonly baseUrl: string }): SpendProbe {
  checkProbeOptions(options);
  checkRootUrl(options);
  return defineProbe(
    { provider: 'litellm', path: '/key/info', unit: 'usd', scope: 'key', read },
    options,
  );
}

function read(answer: Fields, get: Get): ProbeFigures | Promise<ProbeFigures> {
  const info = answer.object('info');
  info.required('spend');
  const own = budgetOf(info, 'key');
  const user = info.text('user_id');
  const team = info.text('team_id');
  // Of a budget that is used up the others change nothing, whatever they say and however they fail.
  if (isUsedUp(own) || (user === undefined && team === undefined)) return own;
  return withOthers(own, get, user, team);
}

async function withOthers(
  own: SpendFigures,
  get: Get,
  user: string | undefined,
  team: string | undefined,
): Promise<ProbeFigures> {
  const answers = await Promise.all([
    budgetAt(get, user && `/user/info?user_id=${encode(user)}`, 'user'),
    budgetAt(get, team && `/team/info?team_id=${encode(team)}`, 'team'),
  ]);
  if (answers.includes(EXCEEDED)) return EXCEEDED;
  const rest = answers.filter(isBudget);
  const failure = answers.find((each) => each instanceof Error);
  // Without a budget that was there before, the figures would jump.
  if (failure !== undefined && !rest.some(isUsedUp)) throw failure;
  return combined(answers.includes('hidden') ? withoutEndless(own) : own, rest);
}

/** A budget, or why there is none. */
type Answer = SpendFigures | typeof EXCEEDED | 'hidden' | 'none' | SpendProbeError;

/** Does not reject for what the provider does. */
async function budgetAt(get: Get, path: string | undefined, scope: SpendScope): Promise<Answer> {
  if (path === undefined) return 'none';
  try {
    const answer = await get(path);
    if (answer === EXCEEDED) return EXCEEDED;
    const info = answer.optionalObject(`${scope}_info`);
    return info === undefined ? 'none' : budgetOf(info, scope);
  } catch (error) {
    if (!isKeyPoolError(error, 'SPEND_PROBE_FAILED')) throw error;
    return isRefused(error.status) ? 'hidden' : error;
  }
}

/** Refused for good: to ask again would change nothing. */
function isRefused(status = 0): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
}

function isBudget(answer: Answer): answer is SpendFigures {
  return typeof answer === 'object' && !(answer instanceof Error);
}

function budgetOf(info: Fields, scope: SpendScope): SpendFigures {
  const limit = info.limit('max_budget');
  return {
    ...figures({
      spent: info.amount('spend'),
      limit: typeof limit === 'number' && limit >= ENDLESS ? null : limit,
      resetsAt: info.date('budget_reset_at'),
    }),
    scope,
  };
}

function withoutEndless(budget: SpendFigures): SpendFigures {
  if (budget.limit !== null) return budget;
  const { limit: _, ...rest } = budget;
  return rest;
}

const encode = encodeURIComponent;
