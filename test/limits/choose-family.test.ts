import { describe, expect, it } from 'vitest';
import { readLimits } from '../../src/limits/read-limits.js';

const now = Date.UTC(2026, 0, 1);
const read = (headers: Record<string, string>, provider?: string, status = 200) =>
  readLimits({ status, headers, now, ...(provider === undefined ? {} : { provider }) });

const MINUTE = { limit: 60, remaining: 0, windowMs: 60_000, kind: 'window' };
const kong = { 'x-ratelimit-limit-minute': '60', 'x-ratelimit-remaining-minute': '0' };

describe('a preset that is pointed at something else', () => {
  it('learns what the headers say, whoever wrote them', () => {
    for (const provider of ['openai', 'anthropic', 'mistral', 'azure', 'nobody', undefined]) {
      expect(read(kong, provider).requests).toEqual(MINUTE);
    }
  });

  it('goes on where a mark betrays a family that finds nothing', () => {
    expect(read({ 'x-ms-region': 'West US', ...kong }).requests).toEqual(MINUTE);
    const trio = { 'x-ratelimit-limit': '9', 'x-ratelimit-remaining': '3' };
    expect(read({ ratelimit: '???', ...trio }).requests).toEqual({ limit: 9, remaining: 3 });
  });

  it('names the organisation also where another family has the limits', () => {
    const headers = { 'openai-organization': 'org-1', 'x-ratelimit-limit': '9' };
    expect(read(headers, 'openai')).toEqual({ requests: { limit: 9 }, group: 'org-1' });
  });
});

describe('a gateway', () => {
  const upstream = {
    'llm_provider-x-ratelimit-limit-requests': '10000',
    'llm_provider-x-ratelimit-remaining-requests': '9999',
    'llm_provider-x-ratelimit-reset-requests': '6ms',
    'llm_provider-openai-organization': 'theirs',
  };

  it('passes its upstream’s limits on', () => {
    const copies = {
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '9999',
    };
    expect(read({ ...upstream, ...copies })).toEqual({
      requests: { limit: 10_000, remaining: 9999, resetAt: now + 6 },
    });
  });

  it('may pass on a single figure of Anthropic’s', () => {
    const figure = { 'anthropic-ratelimit-output-tokens-remaining': '40' };
    const relayed = { 'llm_provider-anthropic-ratelimit-output-tokens-remaining': '40' };
    for (const headers of [figure, relayed]) {
      expect(read(headers)).toEqual({ outputTokens: { remaining: 40 } });
    }
  });

  it('keeps its own limits, which are the key’s', () => {
    const own = { 'x-ratelimit-limit-requests': '10', 'x-ratelimit-remaining-requests': '0' };
    expect(read({ ...upstream, ...own })).toEqual({ requests: { limit: 10, remaining: 0 } });
  });
});

describe('what could not be', () => {
  it('is not read', () => {
    const trio = (used: string) => read({ 'x-ratelimit-limit': '100', 'x-ratelimit-used': used });
    expect(trio('-5').requests).toEqual({ limit: 100 });
    expect(trio('5').requests).toEqual({ limit: 100, remaining: 95 });
    expect(read({ 'x-shopify-shop-api-call-limit': '-5/40' }).requests).toEqual({ limit: 40 });
  });

  it('is a reset of what is unlimited', () => {
    expect(read({ 'x-ratelimit-limit': 'Unlimited', 'x-ratelimit-reset': '60' })).toEqual({});
    expect(
      read({
        'x-ratelimit-limit-requests': '80',
        'x-ratelimit-remaining-tokens': 'unlimited',
        'x-ratelimit-reset-tokens': '60s',
      }),
    ).toEqual({ requests: { limit: 80 } });
  });

  it('is left out: no window ends further ahead than it is long', () => {
    const resetOf = (days: number) =>
      read({
        'x-app-limit-24hour-limit': '17',
        'x-app-limit-24hour-remaining': '0',
        'x-app-limit-24hour-reset': String(now / 1000 + days * 86_400),
      }).requests?.resetAt;
    expect(resetOf(1)).toBe(now + 86_400_000);
    expect(resetOf(2)).toBeUndefined();
  });

  it('is a limit of nothing beside an answer, or a remaining of -1 without a reset', () => {
    const trio = (limit: string, remaining: string, status: number) =>
      read({ 'x-ratelimit-limit': limit, 'x-ratelimit-remaining': remaining }, undefined, status);
    expect(trio('0', '0', 200)).toEqual({});
    expect(trio('0', '0', 429).requests).toEqual({ limit: 0, remaining: 0 });
    expect(trio('9', '-1', 200).requests).toEqual({ limit: 9 });
    expect(trio('9', '-1', 429).requests).toEqual({ limit: 9, remaining: -1 });
  });
});

describe('several limits on one thing', () => {
  it('are paired with the policies that stand beside each', () => {
    const { requests, extra } = read({
      'x-ratelimit-limit': '10;w=1, 100;w=60',
      'x-ratelimit-remaining': '9, 3',
    });
    expect(requests).toEqual({ limit: 100, remaining: 3, windowMs: 60_000, policy: 'minute' });
    expect(extra).toEqual({
      second: { limit: 10, remaining: 9, windowMs: 1000, policy: 'second', dimension: 'requests' },
    });
  });

  it('are governed by the slower one when both are used up', () => {
    const { requests } = read({
      'x-ratelimit-limit-requests-minute': '30',
      'x-ratelimit-remaining-requests-minute': '0',
      'x-ratelimit-limit-requests-day': '1000',
      'x-ratelimit-remaining-requests-day': '0',
    });
    expect(requests).toMatchObject({ limit: 1000, windowMs: 86_400_000 });
  });
});

describe('a state without its quota', () => {
  const state = { ratelimit: '"calls";r=6;t=9' };
  const reset = { remaining: 6, resetAt: now + 9000 };

  it('has the only policy, or the one that bears its name as a parameter', () => {
    const ofPolicy = { limit: 8, windowMs: 20_000, ...reset };
    for (const policy of ['8;w=20', '8;w=20;name="calls"', '4;w=1, 8;w=20;name="calls"']) {
      expect(read({ ...state, 'ratelimit-policy': policy }).requests).toEqual(ofPolicy);
    }
    for (const policy of ['8;w=20;name="other"', '4;w=1, 8;w=20']) {
      expect(read({ ...state, 'ratelimit-policy': policy }).requests).toEqual(reset);
    }
  });

  it('has the limit of a trio that agrees on what remains', () => {
    const trio = (remaining: string) =>
      read({ ...state, 'x-ratelimit-limit': '8', 'x-ratelimit-remaining': remaining }).requests;
    expect(trio('6')).toEqual({ limit: 8, ...reset });
    expect(trio('5')).toEqual(reset);
  });
});

describe('a subscription that is used up', () => {
  it('comes back at the reset that it names', () => {
    const rejected = {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': String(now / 1000 + 7200),
    };
    expect(read(rejected, 'anthropic', 429).retryAfterMs).toBe(7_200_000);
    expect(read({ ...rejected, 'retry-after': '60' }, 'anthropic', 429).retryAfterMs).toBe(60_000);
    expect(read(rejected, 'anthropic', 200).retryAfterMs).toBeUndefined();
  });
});
