import { describe, expect, it } from 'vitest';
import { readLimits } from '../../src/limits/read-limits.js';

const now = Date.UTC(2026, 0, 1);
const read = (headers: Record<string, string>, provider?: string) =>
  readLimits({ status: 200, headers, now, ...(provider === undefined ? {} : { provider }) });
const epochIn = (seconds: number) => String(now / 1000 + seconds);

const MINUTE = { windowMs: 60_000, kind: 'window', policy: 'minute' };

describe('the bare trio and a window by name', () => {
  const hourly = { 'x-ratelimit-limit': '500', 'x-ratelimit-reset': epochIn(1800) };
  const minute = { 'x-ratelimit-limit-minute': '20', 'x-ratelimit-remaining-minute': '15' };

  it('are two limits: the one with less left governs, with what is its own', () => {
    const trio = { limit: 500, resetAt: now + 1_800_000 };
    const scarce = read({ ...hourly, ...minute, 'x-ratelimit-remaining': '4' });
    const ample = read({ ...hourly, ...minute, 'x-ratelimit-remaining': '400' });
    expect(scarce.requests).toEqual({ ...trio, remaining: 4, policy: 'limit1' });
    expect(scarce.extra?.['minute']).toMatchObject({ limit: 20, remaining: 15 });
    expect(ample.requests).toEqual({ limit: 20, remaining: 15, ...MINUTE });
    expect(ample.extra?.['limit1']).toMatchObject({ ...trio, remaining: 400 });
  });

  it('leave the governing to those that say what remains', () => {
    const { requests, extra } = read({
      ...hourly,
      'x-ratelimit-remaining': '400',
      'x-ratelimit-limit-minute': '20',
    });
    expect(requests).toMatchObject({ limit: 500, remaining: 400 });
    expect(extra).toEqual({ minute: { limit: 20, ...MINUTE, dimension: 'requests' } });
  });

  it('are one where the trio is but a reset, within the window', () => {
    const joined = (seconds: number) => read({ ...minute, 'x-ratelimit-reset': epochIn(seconds) });
    const { policy, ...alone } = MINUTE;
    expect(joined(40).requests).toEqual({
      limit: 20,
      remaining: 15,
      resetAt: now + 40_000,
      ...alone,
    });
    expect(joined(4000).requests).toEqual({ limit: 20, remaining: 15, ...alone });
    const day = { 'x-ratelimit-limit-day': '90', 'x-ratelimit-reset': epochIn(40) };
    expect(read({ ...minute, ...day }).requests?.resetAt).toBeUndefined();
  });

  it('hold for a dimension under OpenAI’s names as well', () => {
    const { requests, tokens } = read({
      'x-ratelimit-limit-requests': '90',
      'x-ratelimit-remaining-requests': '80',
      'x-ratelimit-limit-requests-day': '700',
      'x-ratelimit-remaining-requests-day': '2',
      'x-ratelimit-remaining-tokens': '5',
    });
    expect(requests).toMatchObject({ limit: 700, remaining: 2, windowMs: 86_400_000 });
    expect(tokens).toEqual({ remaining: 5 });
  });
});

describe('names', () => {
  it('may have the thing before or behind the figure', () => {
    const update = read({
      'x-ratelimit-tokens-remaining': '8',
      'x-rate-limit-remaining': '3',
      'x-ratelimit-output-tokens-limit': '70',
      'x-ratelimit-complexity-limit': '6',
    });
    expect(update).toEqual({
      tokens: { remaining: 8 },
      outputTokens: { limit: 70 },
      extra: { complexity: { limit: 6 } },
    });
  });

  it('may say max, quota or capacity, and left', () => {
    expect(read({ 'X-RateLimit-Max': '9', 'X-RateLimit-Left': '7' }).requests).toEqual({
      limit: 9,
      remaining: 7,
    });
    expect(read({ 'X-Rate-Limit-Requests-Quota': '9' }).requests).toEqual({ limit: 9 });
    expect(
      read({ 'X-RateLimit-Burst-Capacity': '8', 'X-RateLimit-Requested-Tokens': '2' }),
    ).toEqual({ requests: { limit: 8 } });
  });

  it('take a credential for who is limited, not for what', () => {
    const { requests, tokens, extra } = read({
      'x-rate-limit-auth-token-max': '60',
      'x-rate-limit-auth-token-remaining': '5',
      'x-rate-limit-app-max': '900',
      'x-rate-limit-app-remaining': '800',
    });
    expect(requests).toEqual({ limit: 60, remaining: 5, policy: 'authToken' });
    expect(extra?.['app']).toMatchObject({ limit: 900, remaining: 800 });
    expect(tokens).toBeUndefined();
  });

  it('may be singular, abbreviated or adverbs', () => {
    expect(read({ 'X-RateLimit-Request-Remain': '3', 'X-RateLimit-Token-Remain': '41' })).toEqual({
      requests: { remaining: 3 },
      tokens: { remaining: 41 },
    });
    const perMinute = { windowMs: 60_000, kind: 'window' };
    expect(
      read({
        'x-ratelimit-limit-rpm': '12',
        'x-ratelimit-limit-tpm': '7000',
        'x-ratelimit-reset-tpm': '20',
      }),
    ).toEqual({
      requests: { limit: 12, ...perMinute },
      tokens: { limit: 7000, resetAt: now + 20_000, ...perMinute },
    });
    expect(read({ 'x-ratelimit-remaining-hourly': '6' }).requests).toEqual({
      remaining: 6,
      windowMs: 3_600_000,
      kind: 'window',
    });
  });

  it('may hold parallel lists of what is used', () => {
    const lists = { 'x-ratelimit-limit': '300,3000', 'x-ratelimit-usage': '45,450' };
    expect(read(lists).requests).toMatchObject({ limit: 300, remaining: 255 });
    const openai = {
      'x-ratelimit-limit-requests': '300,3000',
      'x-ratelimit-remaining-requests': '85,850',
    };
    expect(read(openai).requests).toEqual({ limit: 300, remaining: 85 });
  });

  it('may say who is limited beside what', () => {
    const { tokens, extra } = read({
      'x-ratelimit-limit-org-tokens': '800',
      'x-ratelimit-remaining-org-tokens': '60',
      'x-ratelimit-remaining-refresh-token': '2',
      'x-ratelimit-remaining-user-token': '1',
      'x-ratelimit-remaining-project-tokens': '5',
    });
    expect(tokens).toEqual({ limit: 800, remaining: 60 });
    expect(Object.keys(extra ?? {})).toEqual(['refreshToken', 'userToken', 'projectTokens']);
  });

  it('call a total the limit only where something remains of it', () => {
    expect(read({ 'x-ratelimit-total': '90', 'x-ratelimit-remaining': '80' }).requests).toEqual({
      limit: 90,
      remaining: 80,
    });
    expect(read({ 'x-ratelimit-total': '90' })).toEqual({});
  });

  it('in two spellings are one limit where they say nothing twice', () => {
    const stated = { 'ratelimit-remaining': '6', 'x-rate-limit': '30' };
    expect(read(stated).requests).toEqual({ limit: 30, remaining: 6 });
    const twice = { ...stated, 'x-rate-limit-remaining': '29' };
    expect(read(twice).requests).toEqual({ remaining: 6 });
  });

  it('before the stem are believed of who is limited, and of the provider itself', () => {
    const limit = { limit: 5 };
    expect(read({ 'x-workspace-ratelimit-limit': '5' }).requests).toEqual(limit);
    expect(read({ 'x-acme-ratelimit-limit': '5' }, 'acme').requests).toEqual(limit);
    expect(read({ 'x-acme-ratelimit-limit': '5' })).toEqual({});
    expect(read({ 'x-user-ratelimit-limit': '5', 'x-workspace-ratelimit-limit': '90' })).toEqual(
      {},
    );
  });
});

describe('a window', () => {
  it('may stand where the limit should, or beside it', () => {
    const left = { 'X-Rate-Limit-Remaining': '11' };
    expect(read({ ...left, 'X-Rate-Limit-Limit': '15m' }).requests).toEqual({
      remaining: 11,
      windowMs: 900_000,
    });
    for (const [name, text] of [
      ['Period', '2s'],
      ['Interval-Ms', '2000'],
      ['Window-Seconds', '2'],
    ]) {
      expect(read({ ...left, [`X-Rate-Limit-${name}`]: text ?? '' }).requests).toEqual({
        remaining: 11,
        windowMs: 2000,
      });
    }
    expect(read({ ...left, 'X-Rate-Limit-Window': '2' }).requests).toEqual({ remaining: 11 });
  });

  it('may come with the limit, in the only policy', () => {
    const policy = (text: string) => read({ 'RateLimit-Policy': text, 'RateLimit-Remaining': '1' });
    const only = { limit: 40, remaining: 1, windowMs: 30_000 };
    expect(policy('40;w=30').requests).toEqual(only);
    expect(policy('"burst";q=40;w=30').requests).toEqual(only);
    expect(policy('40;w=30, 900;w=3600').requests).toEqual({ remaining: 1 });
    expect(policy('40;w=30;qu="content-bytes"').requests?.limit).toBeUndefined();
  });
});

describe('a bare reset', () => {
  const resetOf = (limit: string, remaining: string, reset: string) => {
    const headers = { 'x-rate-limit-limit': limit, 'x-rate-limit-remaining': remaining };
    return read({ ...headers, 'x-rate-limit-reset': reset }).requests?.resetAt;
  };

  it('is understood in the unit that fits what was used', () => {
    expect(resetOf('200', '150', '15')).toBe(now + 15_000);
    expect(resetOf('200', '150', '15000')).toBe(now + 15_000);
    expect(resetOf('200', '199', '3599')).toBe(now + 3_599_000);
    expect(resetOf('200', '150', '37')).toBeUndefined();
  });

  it('has the unit of its fellows', () => {
    const daily = {
      'x-ratelimit-remaining-requests-day': '9',
      'x-ratelimit-reset-requests-day': '50',
    };
    const bare = { 'x-ratelimit-remaining-requests': '2', 'x-ratelimit-reset-requests': '8' };
    expect(read(bare).requests).toEqual({ remaining: 2 });
    expect(read({ ...daily, ...bare }).requests?.resetAt).toBe(now + 8000);
    const instant = { ...daily, 'x-ratelimit-reset-requests-day': epochIn(50) };
    expect(read({ ...instant, ...bare }).requests).toMatchObject({ remaining: 2 });
    expect(read({ ...instant, ...bare }).requests?.resetAt).toBeUndefined();
    const list = { 'x-ratelimit-remaining': '5, 0', 'x-ratelimit-reset': '1, 90000' };
    expect(read(list).requests?.resetAt).toBe(now + 90_000_000);
  });

  it('may be said to be an instant, and is then no delta', () => {
    const resetOfDay = (reset: string) =>
      read({
        'x-ratelimit-limit-day': '90',
        'x-ratelimit-day-reset-timestamp': reset,
        'x-ratelimit-remaining-minute': '5',
        'x-ratelimit-reset-minute': '8',
      }).extra?.['day']?.resetAt;
    expect(read({ 'x-ratelimit-reset-at': epochIn(50) }).requests?.resetAt).toBe(now + 50_000);
    expect(read({ 'x-ratelimit-limit': '9', 'x-ratelimit-reset-at': '50' }).requests).toEqual({
      limit: 9,
    });
    expect(resetOfDay('50')).toBeUndefined();
  });

  it('may count hours', () => {
    const { requests } = read({ 'x-ratelimit-limit': '9', 'x-ratelimit-reset-hours': '3' });
    expect(requests).toEqual({ limit: 9, resetAt: now + 10_800_000 });
  });

  it('may name its unit, which says nothing of the others', () => {
    expect(read({ 'x-ratelimit-reset-ms': '2500' }).requests?.resetAt).toBe(now + 2500);
    const { requests, tokens } = read({
      'x-rate-limit-requests-reset-ms': '2500',
      'x-rate-limit-remaining-tokens': '5',
      'x-rate-limit-reset-tokens': '8',
    });
    expect(requests?.resetAt).toBe(now + 2500);
    expect(tokens).toEqual({ remaining: 5 });
  });
});
