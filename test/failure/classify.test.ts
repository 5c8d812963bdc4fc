import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.js';
import type { FailureFacts } from '../../src/failure/failure.js';

const now = Date.UTC(2026, 0, 1);
const judge = (status: number, body?: unknown, more: Partial<FailureFacts> = {}) =>
  classify({ status, headers: {}, body, now, ...more });
const error = (fields: object) => ({ error: fields });

describe('the status alone', () => {
  it.each([
    [200, 'ok', 'none'],
    [304, 'ok', 'none'],
    [302, 'bad_request', 'none'],
    [400, 'bad_request', 'none'],
    [401, 'invalid_key', 'key'],
    [402, 'budget_exceeded', 'key'],
    [403, 'forbidden', 'none'],
    [404, 'bad_request', 'none'],
    [429, 'rate_limited', 'group'],
    [500, 'server_error', 'host'],
    [503, 'overloaded', 'host'],
    [529, 'overloaded', 'host'],
    [0, 'server_error', 'host'],
    [Number.NaN, 'server_error', 'host'],
  ] as const)('%d is %s', (status, name, scope) => {
    expect(judge(status)).toEqual({ class: name, scope, confidence: 'status' });
  });
});

describe('what money, keys and limits share', () => {
  it('insufficient_quota is money, as a code or as a type', () => {
    const found = judge(429, error({ type: 'insufficient_quota', code: null }));
    expect(found).toMatchObject({
      class: 'budget_exceeded',
      scope: 'key',
      confidence: 'structured',
    });
  });

  it('the same sentence is a throttle elsewhere', () => {
    const body = error({
      message: 'You exceeded your current quota, please check your plan and billing',
    });
    expect(judge(429, body, { provider: 'openai' }).class).toBe('budget_exceeded');
    expect(judge(429, body, { provider: 'gemini' }).class).toBe('rate_limited');
    expect(judge(429, error({ code: 'insufficient_quota' }), { provider: 'dashscope' }).class).toBe(
      'rate_limited',
    );
  });

  it('a balance that a request would move is not the key’s', () => {
    const message = 'Account has insufficient balance for requested action.';
    expect(judge(400, { code: -2010, msg: message }).class).toBe('bad_request');
    expect(judge(402, error({ message })).class).toBe('budget_exceeded');
    const card = { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' };
    expect(judge(402, error({ ...card, message: 'Insufficient funds' })).class).toBe('bad_request');
  });

  it('Anthropic’s empty balance is a 400 that only its words give away', () => {
    const message = 'Your credit balance is too low to access the Anthropic API.';
    const found = judge(400, error({ type: 'invalid_request_error', message }));
    expect(found).toMatchObject({ class: 'budget_exceeded', confidence: 'text' });
  });

  it('Anthropic’s spend limit waits for the day it names', () => {
    const message =
      'You have reached your specified API usage limits. You will regain access on 2026-02-01 at 00:00 UTC.';
    expect(judge(400, error({ type: 'invalid_request_error', message }))).toMatchObject({
      class: 'quota_exhausted',
      scope: 'group',
      retryAfterMs: 31 * 86_400_000,
    });
  });

  it('a request above the limit fits no key, though the code says rate limit', () => {
    const text = (requested: number) =>
      error({
        code: 'rate_limit_exceeded',
        message: `Limit 30000, Used 29937, Requested ${requested}. Please try again in 644ms.`,
      });
    expect(judge(429, text(30_001))).toMatchObject({ class: 'bad_request', scope: 'none' });
    expect(judge(429, text(385))).toMatchObject({ class: 'rate_limited', retryAfterMs: 644 });
  });

  it('a call too dear for what is left of a budget is not the end of the key', () => {
    const message = 'Budget has been exceeded! Current cost: 0.0, Estimated request cost: 3.6';
    expect(judge(429, error({ type: 'budget_exceeded', message })).class).toBe('bad_request');
  });

  it('a country or a missing scope is nobody’s key', () => {
    const country = { code: 'unsupported_country_region_territory', message: 'Not supported' };
    expect(judge(403, error(country)).class).toBe('forbidden');
    const scope =
      'You have insufficient permissions for this operation. Missing scopes: model.read';
    expect(judge(401, error({ message: scope }))).toMatchObject({
      class: 'forbidden',
      scope: 'none',
    });
  });

  it('a ban comes as 429 too', () => {
    expect(judge(429, 'Your access was terminated due to violation of our policies').class).toBe(
      'invalid_key',
    );
  });

  it('a gateway’s own upstream is not our key', () => {
    const message = 'AuthenticationError: Incorrect API key provided. Received Model Group=gpt-4';
    expect(judge(401, error({ message }))).toMatchObject({ class: 'server_error', scope: 'host' });
  });

  it('an error that a gateway passes on is not our key’s, but its own empty account is', () => {
    const relayed = {
      provider_name: 'Anthropic',
      raw: '{"error":{"type":"authentication_error"}}',
    };
    const passedOn = error({ message: 'Provider returned error', metadata: relayed });
    expect(judge(401, passedOn)).toMatchObject({ class: 'server_error', scope: 'host' });
    expect(judge(402, passedOn).class).toBe('server_error');
    expect(judge(429, passedOn).class).toBe('overloaded');
    for (const status of [400, 403, 412]) {
      const disabled = error({ message: 'This organization has been disabled', metadata: relayed });
      expect(judge(status, disabled).scope).not.toBe('key');
    }
    const own = { message: 'You can only afford 12', metadata: { provider_name: null } };
    expect(judge(402, error(own)).class).toBe('budget_exceeded');
  });

  it.each([
    ['Quota exceeded for this month', 'quota_exhausted'],
    ['Maximum credits exceeded', 'quota_exhausted'],
    ['You have no credits left', 'budget_exceeded'],
    ['The model gpt-7.1 is not supported', 'bad_request'],
    ['This token lacks the read permission', 'forbidden'],
    ['You do not have permission to use this feature', 'forbidden'],
    ['Rate limit exceeded', 'rate_limited'],
    ['No such organization: Personal', 'bad_request'],
    ['Organization org-1 not found for this key', 'invalid_key'],
    ['Bad credentials', 'invalid_key'],
  ] as const)('a 401 that says "%s" is %s', (message, name) => {
    expect(judge(401, { message }).class).toBe(name);
  });

  it.each([
    [400, 'The page token has expired', 'bad_request'],
    [400, 'Token has been expired or revoked.', 'invalid_key'],
    [403, 'Your account has an unpaid invoice', 'budget_exceeded'],
    [403, 'This invoice of a customer is not yours', 'forbidden'],
    [400, 'Daily transaction limit exceeded', 'quota_exhausted'],
    [400, 'The limit of a page is 100', 'bad_request'],
    [400, 'You are out of credits', 'budget_exceeded'],
    [400, 'The index is out of range', 'bad_request'],
    [400, 'The sender is out of funds', 'bad_request'],
    [403, 'The invoice is past due and cannot be edited', 'forbidden'],
    [400, '`limit` must not be set when `refresh` is true', 'bad_request'],
  ] as const)('a %d that says "%s" is %s', (status, message, name) => {
    expect(judge(status, { message }).class).toBe(name);
  });

  it('a gateway that fails is not judged by the keys it mentions', () => {
    expect(judge(502, error({ code: 'invalid_api_key' })).class).toBe('server_error');
  });

  it('words of capacity come before 429', () => {
    const found = judge(429, error({ message: 'The engine is currently overloaded' }));
    expect(found).toMatchObject({ class: 'overloaded', scope: 'host' });
  });

  it.each([
    [{ code: 'ServerOverloaded', type: 'TooManyRequests' }, 'overloaded'],
    [{ type: 'too_many_requests_error', code: 'queue_exceeded' }, 'overloaded'],
    [{ type: 'too_many_requests_error', code: 'request_quota_exceeded' }, 'rate_limited'],
    [{ message: 'We are experiencing high traffic right now!' }, 'overloaded'],
    [{ message: 'The server is too busy' }, 'overloaded'],
    [{ message: 'Refused due to unusually high traffic from your network' }, 'rate_limited'],
    [{ message: 'To keep load low, an account has 10 requests a minute' }, 'rate_limited'],
  ] as const)('a 429 of %j is %s', (fields, name) => {
    expect(judge(429, error(fields)).class).toBe(name);
  });

  it('money in an odd place is told where nothing else can be meant', () => {
    expect(judge(400, { message: 'Not enough credits', statusCode: 400 })).toMatchObject({
      class: 'budget_exceeded',
      confidence: 'text',
    });
    const empty = error({ type: 'api_error', message: 'insufficient balance (1008)' });
    expect(judge(500, empty, { provider: 'minimax' }).class).toBe('budget_exceeded');
    expect(judge(500, empty).class).toBe('server_error');
    const disabled = error({ code: 403, details: [{ reason: 'BILLING_DISABLED' }] });
    expect(judge(403, disabled, { provider: 'vertex' }).class).toBe('budget_exceeded');
    expect(judge(403, disabled).class).toBe('forbidden');
  });

  it.each([
    [402, 'monthly_request_count', 'quota_exhausted'],
    [403, 'DAILY_LIMIT_REACHED', 'quota_exhausted'],
    [402, 'monthly_spend_limit_reached', 'budget_exceeded'],
    [400, 'daily_limit_reached', 'bad_request'],
  ] as const)('a %d with the code %s is %s', (status, code, name) => {
    expect(judge(status, error({ code })).class).toBe(name);
  });

  it('a bare 429 that is not to be retried is a cap on spending', () => {
    const body = error({ type: 'rate_limit_error', message: 'Error' });
    const headers = { 'x-should-retry': 'false' };
    expect(judge(429, body, { headers }).class).toBe('quota_exhausted');
    expect(judge(429, body, { headers: { 'x-should-retry': 'true' } }).class).toBe('rate_limited');
  });
});

describe('waits', () => {
  const limited = (message: string, headers: Record<string, string> = {}) =>
    judge(429, error({ code: 'rate_limit_exceeded', message }), { headers });

  it('come from the headers first', () => {
    expect(limited('try again in 9m', { 'retry-after': '3' }).retryAfterMs).toBe(3000);
  });

  it('over an hour make a quota of a throttle', () => {
    expect(limited('Please try again in 59m0s.').class).toBe('rate_limited');
    expect(limited('Please retry after 86400 seconds.')).toMatchObject({
      class: 'quota_exhausted',
      retryAfterMs: 86_400_000,
    });
    expect(limited('', { 'retry-after': '51811' }).class).toBe('quota_exhausted');
  });

  it('that are short win over the word day', () => {
    expect(limited('on tokens per day (TPD). Please try again in 9m38.016s.').class).toBe(
      'rate_limited',
    );
    expect(limited('Rate limit exceeded: free-models-per-day.').class).toBe('quota_exhausted');
  });

  it('of seconds beside a quota of a day are not believed', () => {
    const details = [
      { violations: [{ quotaId: 'RequestsPerDayPerProject' }] },
      { retryDelay: '43s' },
    ];
    const found = judge(429, error({ code: 429, details }));
    expect(found.class).toBe('quota_exhausted');
    expect(found.retryAfterMs).toBeUndefined();
  });

  it('come from headers that the body quotes, where a window is used up', () => {
    const quoting = (headers: Record<string, string>) =>
      judge(429, error({ code: 429, message: 'Slow down', metadata: { headers } })).retryAfterMs;
    const window = { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': `${now + 60_000}` };
    expect(quoting(window)).toBe(60_000);
    expect(quoting({ ...window, 'Retry-After': '7' })).toBe(7000);
    expect(quoting({ ...window, 'X-RateLimit-Remaining': '3' })).toBeUndefined();
    expect(quoting({ ...window, 'X-RateLimit-Reset': `${now - 1000}` })).toBeUndefined();
    expect(quoting({ ...window, 'X-RateLimit-Reset': '60' })).toBeUndefined();
  });

  it('are not promised where nothing ends by itself', () => {
    const found = judge(401, error({ code: 'invalid_api_key' }), {
      headers: { 'retry-after': '5' },
    });
    expect(found.retryAfterMs).toBeUndefined();
  });
});

describe('successes', () => {
  it('with an ordinary body are ok, whatever the model says', () => {
    for (const body of [
      { id: 'x', error: null, content: 'invalid api key, rate_limit_exceeded' },
      'data: {"delta":"error: rate_limit_exceeded"}\n\n',
      'You exceeded your current quota',
      undefined,
    ]) {
      expect(judge(200, body).class).toBe('ok');
    }
  });

  it('may hold an error in their stream', () => {
    const body =
      'event: message_start\ndata: {"type":"message_start"}\n\n' +
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    expect(judge(200, body)).toMatchObject({ class: 'overloaded', confidence: 'structured' });
  });

  it('may be Azure’s hidden 429', () => {
    const body =
      'data: {"type":"error","error":{"code":"rate_limit_exceeded","message":"Slow"}}\n\n';
    const headers = { 'retry-after': '4', 'x-ratelimit-remaining-tokens': '-27689' };
    expect(judge(200, body, { headers })).toMatchObject({
      class: 'rate_limited',
      retryAfterMs: 4000,
    });
  });

  it.each([
    [{ ok: false, error: 'token_revoked' }, 'invalid_key'],
    [{ ok: false, error: 'ratelimited' }, 'rate_limited'],
    [{ ok: false, error: 'missing_scope' }, 'forbidden'],
    [{ ok: false, error: 'channel_not_found' }, 'bad_request'],
    [{ sent: 9, errors: [{ code: 'invalid_token', message: 'Device 4f' }] }, 'bad_request'],
    [{ error_code: 110, error_msg: 'Access token invalid or no longer valid' }, 'invalid_key'],
    [{ error_code: 4, error_msg: 'Open api request limit reached' }, 'rate_limited'],
    [{ error_message: 'The provided API key is invalid.', results: [] }, 'invalid_key'],
    [{ error_message: '', results: [] }, 'ok'],
    [{ ok: true, error_code: 0, error_msg: 'Access token invalid' }, 'ok'],
  ] as const)('may be %j, which is %s', (body, name) => {
    expect(judge(200, body).class).toBe(name);
  });

  it('may report a dead key in their body', () => {
    expect(judge(200, { code: 401, scode: 'unauthorized', status: false }).class).toBe(
      'invalid_key',
    );
  });
});
