import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.js';

const now = Date.UTC(2026, 0, 1);
const seconds = now / 1000;
const refused = (headers: Record<string, string>, body: unknown = {}, status = 429) =>
  classify({ status, headers, body, now });
const unified = (fields: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [`anthropic-ratelimit-unified-${name}`, value]),
  );

describe('a subscription', () => {
  it('that is used up rests the key for all models until the last window reopens', () => {
    const headers = unified({
      status: 'rejected',
      '5h-status': 'rejected',
      '5h-reset': String(seconds + 60),
      '7d-status': 'rejected',
      '7d-reset': String(seconds + 7200),
    });
    expect(refused(new Headers(headers) as never)).toMatchObject({
      class: 'quota_exhausted',
      scope: 'key',
      allModels: true,
      retryAfterMs: 7_200_000,
    });
  });

  it.each(['7d_oi', '7d_sonnet', '7d_anything'])(
    'whose %s is used up rests one model',
    (window) => {
      const failure = refused(
        unified({ status: 'rejected', '5h-status': 'allowed', [`${window}-status`]: 'rejected' }),
      );
      expect(failure).toMatchObject({ class: 'quota_exhausted', scope: 'key' });
      expect(failure.allModels).toBeUndefined();
    },
  );

  it.each([
    ['five_hour', true],
    ['seven_day', true],
    ['seven_day_sonnet', undefined],
  ])('is read by its claim of %s where no window says so', (claim, allModels) => {
    const failure = refused(unified({ status: 'rejected', 'representative-claim': claim }));
    expect(failure.allModels).toBe(allModels);
  });

  it('is not used up where a burst was refused', () => {
    const headers = unified({ status: 'allowed', 'representative-claim': 'five_hour' });
    expect(refused(headers)).toMatchObject({ class: 'rate_limited', scope: 'group' });
  });

  it('is asked for by name where headers cannot be listed', () => {
    const headers = new Map([['anthropic-ratelimit-unified-7d_oi-status', 'rejected']]);
    const source = { get: (name: string) => headers.get(name) ?? null };
    expect(classify({ status: 429, headers: source, now }).scope).toBe('key');
  });
});

describe('what holds for all models', () => {
  it.each([
    [403, { message: 'You have exceeded a secondary rate limit.' }],
    [400, { error: { message: 'You have reached your specified API usage limits.' } }],
    [432, {}],
    [402, { error: 'You have exceeded your monthly included credits for Inference Providers.' }],
  ])('%d %j', (status, body) => {
    expect(refused({}, body, status)).toMatchObject({ scope: 'group', allModels: true });
  });

  it('is Discord’s global limit', () => {
    expect(refused({ 'x-ratelimit-scope': 'global' }).allModels).toBe(true);
    expect(refused({ 'x-ratelimit-scope': 'user' }).allModels).toBeUndefined();
  });

  it('is not LiteLLM’s budget of one model', () => {
    const failure = refused({}, { error: { message: 'exceeded budget for model=claude' } });
    expect(failure).toMatchObject({ class: 'quota_exhausted', scope: 'key' });
    expect(failure.allModels).toBeUndefined();
  });
});

describe('what ran out', () => {
  it.each([
    ['Requests rate limit exceeded', 'requests'],
    ['You are limited to 5 API calls / minute', 'requests'],
    ['30,000 input tokens per minute', 'inputTokens'],
    ['8,000 output tokens per minute', 'outputTokens'],
    ['online_prediction_input_tokens_per_minute', 'inputTokens'],
    ['have exceeded token rate limit of your tier', 'tokens'],
    ['TPM limit reached', 'tokens'],
    ['Crossed TPM / RPM / Max Parallel Request Limit', undefined],
    ['Too Many Requests', undefined],
  ])('%j is %s', (message, dimension) => {
    expect(refused({}, { error: { message } }).dimension).toBe(dimension);
  });

  it('is named by a code, by Google’s longest quota and by Azure’s policy', () => {
    expect(refused({}, { error: { type: 'tokens', code: 'rate_limit_exceeded' } }).dimension).toBe(
      'tokens',
    );
    const violations = ['RequestsPerMinute', 'InputTokensPerDay'].map((quotaId) => ({ quotaId }));
    expect(refused({}, { error: { details: [{ violations }] } }).dimension).toBe('inputTokens');
    expect(refused({ 'policy-id': 'DeploymentRatelimit-Token' }).dimension).toBe('tokens');
  });

  it('is nothing where nothing is refused for a limit', () => {
    expect(refused({}, { error: 'tokens per minute' }, 500).dimension).toBeUndefined();
  });
});
