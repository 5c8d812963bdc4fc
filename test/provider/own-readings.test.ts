import { describe, expect, it } from 'vitest';
import { azureOpenai, fireworks, gemini } from '../../src/provider/index.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

describe('gemini()', () => {
  const refused = (now: number, quotaId: string, retryDelay?: string) => {
    const details = [{ violations: [{ quotaId, quotaValue: '20' }] }, { retryDelay }];
    const body = { error: { code: 429, details } };
    return gemini().readLimits({ status: 429, headers: {}, body, now });
  };

  it.each([
    ['2026-01-15T23:55:00-08:00', '2026-01-16T00:00:00-08:00'],
    ['2026-07-15T00:00:01-07:00', '2026-07-16T00:00:00-07:00'],
    ['2026-07-15T12:00:00.400-07:00', '2026-07-16T00:00:00-07:00'],
  ])('has a day’s quota whole at midnight in California: at %s', (now, midnight) => {
    const { requests } = refused(Date.parse(now), 'GenerateRequestsPerDayPerProject', '43s');
    expect(requests).toMatchObject({ remaining: 0, windowMs: DAY, resetAt: Date.parse(midnight) });
  });

  it('has a minute’s quota whole when it says to come back', () => {
    const { requests } = refused(1_000, 'GenerateRequestsPerMinutePerProject', '9s');
    expect(requests).toMatchObject({ windowMs: MINUTE, resetAt: 10_000 });
  });
});

describe('fireworks()', () => {
  it('takes tokens per second for what they are a minute', () => {
    const headers = {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-limit-tokens-prompt': '600',
      'x-ratelimit-remaining-tokens-prompt': '525',
    };
    expect(fireworks().readLimits({ status: 200, headers, now: 0 })).toEqual({
      requests: { limit: 60 },
      inputTokens: { limit: 36_000, windowMs: MINUTE, kind: 'refill' },
    });
  });
});

describe('azureOpenai()', () => {
  it('knows that a resource’s keys share its limits; behind a gateway they need not', () => {
    const read = (baseUrl: string) =>
      azureOpenai({ baseUrl }).readLimits({ status: 200, headers: {}, now: 0 }).group;
    expect(read('https://acme.openai.azure.com')).toBe('acme.openai.azure.com');
    expect(read('https://acme.azure-api.net')).toBeUndefined();
  });
});
