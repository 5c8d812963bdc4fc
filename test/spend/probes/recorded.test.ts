import { describe, expect, it } from 'vitest';
import { aKey } from '../a-checker.js';
import { answering, aServer } from './a-server.js';
import { probes } from './probes.js';

const NOW = Date.UTC(2026, 5, 1);
const signal = new AbortController().signal;

const user = (info: object) => ({ '/user/info': { user_id: 'u 1', user_info: info, keys: [] } });
const team = (info: object) => ({ '/team/info': { team_id: 't1', team_info: info } });
const key = (info: object) => ({ '/key/info': { key: 'hash', info } });

const recorded: readonly [probe: string, what: string, bodies: object, reading: object][] = [
  [
    'litellm',
    'a key with a budget of its own',
    key({
      key_name: 'sk-...IAAw',
      spend: 212.35,
      max_budget: 1000.0,
      user_id: null,
      team_id: null,
    }),
    { spent: 212.35, limit: 1000, unit: 'usd', scope: 'key' },
  ],
  [
    'litellm',
    'a key of OpenHands, whose budget is the team’s',
    {
      ...key({ spend: 3, max_budget: null, user_id: 'u 1', team_id: 't1' }),
      ...user({ spend: 3, max_budget: 1e9 }),
      ...team({ spend: 950, max_budget: 1000, budget_reset_at: '2026-07-01T00:00:00Z' }),
    },
    { spent: 950, limit: 1000, unit: 'usd', scope: 'team', resetsAt: Date.UTC(2026, 6, 1) },
  ],
  [
    'litellm',
    'three budgets, the key’s own first',
    {
      ...key({ spend: 5, max_budget: 10, user_id: 'u 1', team_id: 't1' }),
      ...user({ spend: 860, max_budget: 1000 }),
      ...team({ spend: 50, max_budget: 60, budget_reset_at: '2026-07-01T00:00:00Z' }),
    },
    {
      spent: 5,
      limit: 10,
      unit: 'usd',
      scope: 'key',
      others: [
        { spent: 50, limit: 60, scope: 'team', resetsAt: Date.UTC(2026, 6, 1) },
        { spent: 860, limit: 1000, scope: 'user' },
      ],
    },
  ],
  [
    'litellm',
    'two budgets that are not the key’s: what has least left comes first',
    {
      ...key({ spend: 8, max_budget: null, user_id: 'u 1', team_id: 't1' }),
      ...user({ spend: 860, max_budget: 1000 }),
      ...team({ spend: 5, max_budget: 10 }),
    },
    {
      spent: 5,
      limit: 10,
      unit: 'usd',
      scope: 'team',
      others: [{ spent: 860, limit: 1000, scope: 'user' }],
    },
  ],
  [
    'litellm',
    'a user of whom nothing is kept',
    {
      ...key({ spend: 8, max_budget: null, user_id: 'u 1' }),
      '/user/info': { user_id: 'u 1', user_info: null, keys: [] },
    },
    { spent: 8, limit: null, unit: 'usd', scope: 'key' },
  ],
  [
    'litellm',
    'no budget anywhere',
    {
      ...key({ spend: 8, max_budget: null, user_id: 'u 1' }),
      ...user({ spend: 8, max_budget: 1e9 }),
    },
    { spent: 8, limit: null, unit: 'usd', scope: 'key' },
  ],
  [
    'litellm',
    'a team that the key may not see: not unlimited, but unknown',
    key({ spend: 8, max_budget: null, team_id: 't1' }),
    { spent: 8, unit: 'usd', scope: 'key' },
  ],
  [
    'litellm',
    'a budget of nothing',
    key({ spend: 0, max_budget: 0 }),
    { spent: 0, limit: 0, unit: 'usd', scope: 'key' },
  ],
  [
    'openrouter',
    'a key with a limit',
    {
      '/key': {
        data: {
          label: 'sk-or-v1-…',
          limit: 100,
          limit_remaining: 74.5,
          limit_reset: null,
          usage: 25.5,
          is_free_tier: false,
        },
      },
    },
    { spent: 25.5, limit: 100, remaining: 74.5, unit: 'usd', scope: 'key' },
  ],
  [
    'openrouter',
    'a limit that begins anew every month',
    {
      '/key': {
        data: {
          limit: 10,
          limit_remaining: 9,
          limit_reset: 'monthly',
          usage: 250,
          usage_monthly: 1,
        },
      },
    },
    { spent: 1, limit: 10, remaining: 9, unit: 'usd', scope: 'key' },
  ],
  [
    'openrouter',
    'a key without a limit',
    { '/key': { data: { limit: null, limit_remaining: null, usage: 3 } } },
    { spent: 3, limit: null, unit: 'usd', scope: 'key' },
  ],
  [
    'openrouter',
    'no limit, whatever its period',
    { '/key': { data: { limit: null, limit_reset: 'monthly', usage: 3 } } },
    { spent: 3, limit: null, unit: 'usd', scope: 'key' },
  ],
  [
    'openrouter',
    'a period that has no usage of its own',
    { '/key': { data: { limit: 10, limit_reset: 'yearly', limit_remaining: 4, usage: 250 } } },
    { limit: 10, remaining: 4, unit: 'usd', scope: 'key' },
  ],
  [
    'deepseek',
    'balances as strings',
    {
      '/user/balance': {
        is_available: true,
        balance_infos: [
          {
            currency: 'CNY',
            total_balance: '110.00',
            granted_balance: '10.00',
            topped_up_balance: '100.00',
          },
        ],
      },
    },
    { remaining: 110, unit: 'cny', scope: 'account' },
  ],
  [
    'deepseek',
    'two currencies, of which one has money',
    {
      '/user/balance': {
        is_available: true,
        balance_infos: [
          { currency: 'CNY', total_balance: '0.00' },
          { currency: 'USD', total_balance: '4.20' },
        ],
      },
    },
    { remaining: 4.2, unit: 'usd', scope: 'account' },
  ],
  [
    'deepseek',
    'an account that cannot pay any more',
    {
      '/user/balance': {
        is_available: false,
        balance_infos: [{ currency: 'USD', total_balance: '0.00' }],
      },
    },
    { remaining: 0, unit: 'usd', scope: 'account', exceeded: true },
  ],
  [
    'deepseek',
    'a cent in one currency and money in the other',
    {
      '/user/balance': {
        is_available: true,
        balance_infos: [
          { currency: 'USD', total_balance: '0.01' },
          { currency: 'CNY', total_balance: '500.00' },
        ],
      },
    },
    { remaining: 500, unit: 'cny', scope: 'account' },
  ],
  [
    'deepseek',
    'no balance left to list',
    { '/user/balance': { is_available: false, balance_infos: [] } },
    { unit: 'usd', scope: 'account', exceeded: true },
  ],
  [
    'moonshot',
    'a balance, with cash in debt',
    {
      '/v1/users/me/balance': {
        code: 0,
        data: { available_balance: 49.58894, voucher_balance: 50, cash_balance: -0.41 },
        scode: '0x0',
        status: true,
      },
    },
    { remaining: 49.58894, unit: 'usd', scope: 'account' },
  ],
  [
    'new-api',
    'dollars and hundredths',
    {
      '/v1/dashboard/billing/subscription': {
        object: 'billing_subscription',
        hard_limit_usd: 20,
        access_until: 0,
      },
      '/v1/dashboard/billing/usage': { object: 'list', total_usage: 1234.5 },
    },
    { spent: 12.345, limit: 20, unit: 'usd', scope: 'key' },
  ],
  [
    'new-api',
    'a token without a limit',
    {
      '/v1/dashboard/billing/subscription': { hard_limit_usd: 100000000 },
      '/v1/dashboard/billing/usage': { total_usage: 100 },
    },
    { spent: 1, limit: null, unit: 'usd', scope: 'key' },
  ],
  [
    'new-api',
    'raw quota, of which 1e8 is not much',
    {
      '/v1/dashboard/billing/subscription': { hard_limit_usd: 200_000_000 },
      '/v1/dashboard/billing/usage': { total_usage: 19_900_000_000 },
    },
    { spent: 199_000_000, limit: 200_000_000, unit: 'usd', scope: 'key' },
  ],
  [
    'elevenlabs',
    'credits that never begin anew',
    {
      '/v1/user/subscription': {
        character_count: 5,
        character_limit: 10,
        next_character_count_reset_unix: 0,
      },
    },
    { spent: 5, limit: 10, unit: 'credits', scope: 'account' },
  ],
  [
    'elevenlabs',
    'credits of a month',
    {
      '/v1/user/subscription': {
        tier: 'creator',
        character_count: 17231,
        character_limit: 100000,
        next_character_count_reset_unix: 1738356858,
        status: 'active',
      },
    },
    { spent: 17231, limit: 100000, resetsAt: 1738356858000, unit: 'credits', scope: 'account' },
  ],
  [
    'tavily',
    'a key without a limit on an account with one',
    {
      '/usage': {
        key: { usage: 150, limit: null },
        account: {
          current_plan: 'Bootstrap',
          plan_usage: 500,
          plan_limit: 15000,
          paygo_usage: 25,
          paygo_limit: 100,
        },
      },
    },
    { spent: 525, limit: 15100, unit: 'credits', scope: 'account' },
  ],
  [
    'tavily',
    'a key and its account, of which both have a limit',
    {
      '/usage': {
        key: { usage: 950, limit: 1000 },
        account: {
          current_plan: 'Researcher',
          plan_usage: 10,
          plan_limit: 1000,
          paygo_usage: 0,
          paygo_limit: null,
        },
      },
    },
    {
      spent: 950,
      limit: 1000,
      unit: 'credits',
      scope: 'key',
      others: [{ spent: 10, limit: 1000, scope: 'account' }],
    },
  ],
  [
    'tavily',
    'a key of which the account is not told',
    { '/usage': { key: { usage: 950, limit: 1000 } } },
    { spent: 950, limit: 1000, unit: 'credits', scope: 'key' },
  ],
  [
    'serpapi',
    'searches, with the key in the answer',
    {
      '/account': {
        account_id: '5ac5',
        api_key: 'sk-spend-0123456789abcdef',
        searches_per_month: 5000,
        plan_searches_left: 4958,
        total_searches_left: 4958,
        this_month_usage: 42,
        this_hour_searches: 2,
        account_rate_limit_per_hour: 1000,
      },
    },
    { spent: 42, limit: 5000, remaining: 4958, unit: 'searches', scope: 'account' },
  ],
  [
    'firecrawl',
    'credits of a team',
    {
      '/v2/team/credit-usage': {
        success: true,
        data: {
          remainingCredits: 1000,
          planCredits: 500000,
          billingPeriodStart: '2026-05-01T00:00:00Z',
          billingPeriodEnd: '2026-05-31T23:59:59Z',
        },
      },
    },
    {
      remaining: 1000,
      limit: 500000,
      resetsAt: Date.UTC(2026, 4, 31, 23, 59, 59),
      unit: 'credits',
      scope: 'team',
    },
  ],
  [
    'json',
    'paths and functions',
    { '/balance': { data: { usage: '12.5', limit: null } } },
    { spent: 12.5, limit: null, unit: 'points', scope: 'key' },
  ],
];

describe.each(recorded)('%s: %s', (name, _, bodies, reading) => {
  it('is read, nothing more and nothing less', async () => {
    await using server = await aServer(answering(bodies as Record<string, unknown>));
    const probe = probes[name]!(server.url);
    const found = await probe(aKey(), { signal, now: NOW });
    expect(found).toEqual({ ...reading, asOf: NOW });
    expect(JSON.stringify(found)).not.toContain(aKey().secret.reveal());
    for (const { url, key: sent } of server.requests) {
      expect(name === 'serpapi' ? url : sent).toContain(aKey().secret.reveal());
    }
  });
});

it('asks a gateway for the hundred days up to tomorrow', async () => {
  const subscription = { '/v1/dashboard/billing/subscription': { hard_limit_usd: 100 } };
  await using server = await aServer(answering(subscription));
  await expect(probes['new-api']!(server.url)(aKey(), { signal, now: NOW })).rejects.toThrow('404');
  const urls = server.requests.map(({ url }) => url);
  expect(urls).toContain('/v1/dashboard/billing/usage?start_date=2026-02-22&end_date=2026-06-02');
});

it('takes Moonshot’s errors, which come as 200 with zeros, for errors', async () => {
  const body = {
    code: 401,
    data: { available_balance: 0, voucher_balance: 0, cash_balance: 0 },
    scode: '0x4',
    status: false,
  };
  await using server = await aServer(answering({ '/v1/users/me/balance': body }));
  const asked = probes['moonshot']!(server.url)(aKey(), { signal, now: NOW });
  await expect(asked).rejects.toMatchObject({ code: 'SPEND_PROBE_FAILED', kind: 'status' });
});
