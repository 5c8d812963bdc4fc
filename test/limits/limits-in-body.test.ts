import { describe, expect, it } from 'vitest';
import { readLimits } from '../../src/limits/read-limits.js';

const now = Date.UTC(2026, 0, 1);
const refused = (body: unknown, headers: Record<string, string> = {}, provider?: string) =>
  readLimits({ status: 429, headers, body, now, ...(provider === undefined ? {} : { provider }) });

const SENTENCE =
  'Rate limit reached for gpt-4o in organization `org_abc` on requests per day (RPD): Limit 50, Used 48, Requested 1. Please try again in 28m48s.';

const DAY = 86_400_000;

describe('the sentence of OpenAI and Groq', () => {
  it('names the limit, what is left, the organisation and the wait', () => {
    const body = { error: { message: SENTENCE, code: 'rate_limit_exceeded' } };
    expect(refused(body, {}, 'groq')).toEqual({
      requests: { limit: 50, remaining: 2, windowMs: DAY, kind: 'refill' },
      retryAfterMs: 1_728_000,
      group: 'org_abc',
    });
  });

  it('takes no organisation from a gateway, where it is not the caller’s, nor from OpenAI', () => {
    expect(refused(SENTENCE).group).toBeUndefined();
    expect(refused(SENTENCE, {}, 'openrouter').group).toBeUndefined();
    expect(refused(SENTENCE.replaceAll('`', ''), {}, 'groq').group).toBeUndefined();
  });

  it('names a limit beside the one that the headers state', () => {
    const headers = {
      'x-ratelimit-limit-requests': '14400',
      'x-ratelimit-remaining-requests': '14399',
      'x-ratelimit-reset-requests': '6s',
    };
    const minute = SENTENCE.replace('per day (RPD)', 'per minute (RPM)');
    const { requests, extra } = refused(minute, headers, 'groq');
    expect(requests).toMatchObject({ limit: 14_400, windowMs: DAY });
    expect(extra).toEqual({
      requestsMinute: {
        dimension: 'requests',
        policy: 'minute',
        limit: 50,
        remaining: 2,
        windowMs: 60_000,
        kind: 'refill',
      },
    });
  });

  it('yields to the headers', () => {
    const headers = { 'retry-after': '3', 'x-ratelimit-limit-requests': '50' };
    expect(refused({ error: { message: SENTENCE } }, headers)).toEqual({
      requests: { limit: 50 },
      retryAfterMs: 3000,
    });
  });

  it('says no more than it says', () => {
    const text = 'on tokens per min (TPM): Limit 30,000, Requested 40000. Please reduce.';
    expect(refused(text)).toEqual({ tokens: { limit: 30_000, windowMs: 60_000, kind: 'refill' } });
    expect(refused('on seats per day: Limit 5')).toEqual({});
  });

  it('is not read out of an answer, which may quote anything', () => {
    const answer = { choices: [{ message: { content: SENTENCE } }], message: SENTENCE };
    expect(readLimits({ status: 200, headers: {}, body: answer, now })).toEqual({});
    expect(readLimits({ status: 400, headers: {}, body: { message: SENTENCE }, now })).toEqual({});
  });
});

describe('Google', () => {
  const failure = (quotaId: string, quotaValue: string | undefined, retryDelay?: string) => ({
    error: {
      code: 429,
      details: [
        { violations: [{ quotaId, ...(quotaValue === undefined ? {} : { quotaValue }) }] },
        ...(retryDelay === undefined ? [] : [{ retryDelay }]),
      ],
    },
  });

  it('reads a quota of a minute with its delay', () => {
    const body = failure('GenerateContentInputTokensPerModelPerMinute-FreeTier', '250000', '7.5s');
    expect(refused(body)).toEqual({
      inputTokens: { limit: 250_000, windowMs: 60_000, kind: 'window' },
      retryAfterMs: 7500,
    });
  });

  it('does not believe a short delay beside a quota of a day, stated or not', () => {
    const requests = { limit: 20, remaining: 0, windowMs: DAY, kind: 'window' };
    expect(refused(failure('GenerateRequestsPerDayPerProject', '20', '43s'))).toEqual({ requests });
    expect(
      refused(failure('GenerateRequestsPerDayPerProject', undefined, '43s')).retryAfterMs,
    ).toBeUndefined();
  });

  it('believes a long one', () => {
    const update = refused(failure('GenerateRequestsPerDayPerProject', '20', '68408s'));
    expect(update.retryAfterMs).toBe(68_408_000);
    expect(update.requests?.resetAt).toBe(now + 68_408_000);
  });
});

describe('others', () => {
  it('takes Discord’s seconds with their fraction', () => {
    expect(refused({ message: 'Slow down.', retry_after: 0.3 })).toEqual({ retryAfterMs: 300 });
    expect(refused({ retry_after: -1 })).toEqual({});
    expect(refused({ retry_after: 1e300 })).toEqual({});
  });

  it('reads the upstream’s headers that OpenRouter quotes', () => {
    const reset = now + 60_000;
    const quoted = {
      'X-RateLimit-Limit': '20',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': `${reset}`,
    };
    const body = JSON.stringify({ error: { code: 429, metadata: { headers: quoted } } });
    expect(refused(body)).toEqual({ requests: { limit: 20, remaining: 0, resetAt: reset } });
  });

  it('survives a body that throws when touched', () => {
    const trap = new Proxy({}, { get: () => fail(), getPrototypeOf: () => fail() });
    const headers = { 'retry-after': '5', 'x-ratelimit-limit': '9' };
    expect(refused({ error: trap }, headers)).toEqual({
      requests: { limit: 9 },
      retryAfterMs: 5000,
    });
  });
});

function fail(): never {
  throw new Error('no');
}
