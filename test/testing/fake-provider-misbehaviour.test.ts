import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeProvider } from '../../src/testing/fake-provider/fake-provider.js';
import {
  askAnthropic,
  askOpenai,
  errorOf,
  eventually,
  KEY,
  ManualClock,
  oneOrganisation,
  perMinute,
  SIBLING,
} from './fake-provider-harness.js';

let clock: ManualClock;
let provider: FakeProvider;
beforeEach(async () => {
  clock = new ManualClock();
  const limits = { requests: perMinute(100), outputTokens: perMinute(1_000) };
  provider = await oneOrganisation(limits, { clock });
});
afterEach(() => provider.close());

const used = (dimension: string) =>
  provider.stats().capacity.find((each) => each.dimension === dimension)?.used;

describe('misbehave()', () => {
  it('closes the connection without an answer', async () => {
    provider.misbehave('die');
    await expect(askAnthropic(provider)).rejects.toThrow('fetch failed');
    // An admitted call stays charged.
    expect(used('requests')).toBe(1);
    expect(provider.stats()).toMatchObject({ received: 1, served: 0, misbehaved: 1 });
  });

  it('never answers', async () => {
    provider.misbehave('stall', { times: 1 });
    const caller = new AbortController();
    const stalled = askOpenai(provider, { signal: caller.signal });
    await eventually(() => provider.stats().misbehaved === 1);
    clock.advance(3_600_000);
    expect((await askOpenai(provider)).status).toBe(200);
    caller.abort();
    await expect(stalled).rejects.toThrow('aborted');
  });

  it.each([askAnthropic, askOpenai])('breaks off a stream halfway: $name', async (ask) => {
    provider.misbehave('drop');
    const response = await ask(provider, { output: 200, stream: true });
    expect(response.status).toBe(200);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readAll = async () => {
      for (;;) {
        const part = await reader?.read();
        if (part === undefined || part.done) return;
        text += part.value;
      }
    };
    await expect(readAll()).rejects.toThrow('terminated');
    expect(text.split('tok ')).toHaveLength(101);
    expect(used('outputTokens')).toBe(100);
    expect(provider.stats()).toMatchObject({ served: 0, misbehaved: 1, abandoned: 0 });
  });

  it('breaks off an answer in one piece halfway', async () => {
    provider.misbehave('drop');
    const response = await askAnthropic(provider, { output: 200 });
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it.each([
    [500, 'api_error', 'server_error', null],
    [503, 'api_error', 'server_error', 'server_is_overloaded'],
    [529, 'overloaded_error', 'server_error', null],
  ])('answers %d in the words of each provider', async (status, anthropicType, type, code) => {
    provider.misbehave({ status });
    const anthropic = await askAnthropic(provider);
    expect(anthropic.status).toBe(status);
    expect(await anthropic.json()).toMatchObject({ type: 'error', error: { type: anthropicType } });
    const openai = await askOpenai(provider);
    expect(openai.status).toBe(status);
    expect(await openai.json()).toMatchObject({ error: { type, code } });
    expect(openai.headers.has('x-ratelimit-limit-requests')).toBe(false);
  });

  it('declares a key invalid, or broke, and charges nothing', async () => {
    provider.misbehave('invalid-key', { key: KEY });
    expect((await askAnthropic(provider)).status).toBe(401);
    expect((await askAnthropic(provider, { key: SIBLING })).status).toBe(200);
    provider.misbehave('broke', { organisation: 'org-a' });
    const anthropic = await askAnthropic(provider);
    expect(anthropic.status).toBe(400);
    expect(await errorOf(anthropic)).toEqual({
      type: 'invalid_request_error',
      message:
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    });
    const openai = await askOpenai(provider, { key: SIBLING });
    expect(openai.status).toBe(429);
    expect(await errorOf(openai)).toMatchObject({
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    });
    expect(used('requests')).toBe(1);
    expect(provider.stats()).toMatchObject({ misbehaved: 3, refused: 0, overruns: 0 });
  });

  it('slows calls down', async () => {
    provider.misbehave({ slowMs: 5_000 }, { model: 'claude-slow' });
    expect((await askAnthropic(provider)).status).toBe(200);
    const slow = askAnthropic(provider, { model: 'claude-slow' });
    await eventually(() => clock.pending === 1);
    clock.advance(5_000);
    expect((await slow).status).toBe(200);
    expect(provider.stats()).toMatchObject({ served: 2, misbehaved: 0 });
  });

  it('ends by itself after so many calls', async () => {
    provider.misbehave({ status: 500 }, { times: 2 });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await askOpenai(provider)).status);
    expect(statuses).toEqual([500, 500, 200, 200]);
  });

  it('does not use up its calls on one that a limit refuses', async () => {
    provider.misbehave({ status: 500 }, { times: 1 });
    await using strict = await oneOrganisation({ requests: perMinute(1) }, { clock });
    await askOpenai(strict);
    strict.misbehave({ status: 500 }, { times: 1 });
    expect((await askOpenai(strict)).status).toBe(429);
    clock.advance(60_000);
    expect((await askOpenai(strict)).status).toBe(500);
  });

  it('ends when healed, for what heal() names only', async () => {
    provider.misbehave({ status: 500 }, { key: KEY });
    provider.misbehave({ status: 503 }, { key: SIBLING });
    provider.heal({ key: KEY });
    expect((await askOpenai(provider)).status).toBe(200);
    expect((await askOpenai(provider, { key: SIBLING })).status).toBe(503);
    provider.heal();
    expect((await askOpenai(provider, { key: SIBLING })).status).toBe(200);
  });

  it('refuses what it does not know', () => {
    expect(() => provider.misbehave({ status: 200 })).toThrow('how: expected');
    expect(() => provider.misbehave('die', { key: 'sk-nobody' })).toThrow('key: expected');
    expect(() => provider.misbehave('die', { times: 0 })).toThrow('times: expected');
    expect(() => provider.heal({ organisation: 'org-z' })).toThrow('organisation: expected');
  });
});

describe('spend()', () => {
  const keyInfo = (key = KEY, method = 'GET') =>
    fetch(`${provider.url}/key/info`, { method, headers: { authorization: `Bearer ${key}` } });

  it('is reported as LiteLLM does', async () => {
    expect(await (await keyInfo()).json()).toMatchObject({
      key: KEY,
      info: { spend: 0, max_budget: null },
    });
    provider.spend(KEY, { spend: 9.5, maxBudget: 10 });
    expect(await (await keyInfo(KEY, 'POST')).json()).toMatchObject({
      key: KEY,
      info: { key_name: 'sk-...e-a1', spend: 9.5, max_budget: 10 },
    });
    expect((await keyInfo('sk-nobody')).status).toBe(401);
  });

  it('grows with every answer and ends in refusals', async () => {
    provider.spend(KEY, { maxBudget: 1, perRequest: 0.5 });
    await askOpenai(provider);
    expect((await askAnthropic(provider)).status).toBe(200);
    const refused = await askAnthropic(provider);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({
      error: {
        message: 'Budget has been exceeded! Current cost: 1.0, Max budget: 1.0',
        type: 'budget_exceeded',
        param: null,
        code: '429',
      },
    });
    expect(provider.stats()).toMatchObject({ served: 2, rejected: 1, refused: 0, overruns: 0 });
    expect((await keyInfo()).status).toBe(200);
  });

  it('can be hard to ask for', async () => {
    provider.misbehave({ status: 503 }, { endpoint: 'spend', times: 1 });
    expect((await askOpenai(provider)).status).toBe(200);
    expect((await keyInfo()).status).toBe(503);
    provider.misbehave('die', { endpoint: 'spend', times: 1 });
    await expect(keyInfo()).rejects.toThrow('fetch failed');
    provider.misbehave({ slowMs: 100 }, { endpoint: 'spend' });
    const slow = keyInfo();
    await eventually(() => clock.pending === 1);
    clock.advance(100);
    expect((await slow).status).toBe(200);
  });
});
