import { describe, expect, it } from 'vitest';
import { startFakeProvider } from '../../src/testing/fake-provider/fake-provider.js';
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

const statuses = async (calls: readonly Promise<Response>[]) =>
  (await Promise.all(calls)).map(({ status }) => status).sort((a, b) => a - b);
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const remaining = ({ headers }: Response, name: string) =>
  Number(headers.get(`anthropic-ratelimit-${name}-remaining`));

describe('limits', () => {
  it('admit exactly as many concurrent calls as they allow, whichever key and dialect', async () => {
    await using provider = await oneOrganisation(
      { requests: perMinute(50) },
      { clock: new ManualClock() },
    );
    const answers = await statuses(
      times(120, (index) =>
        (index % 2 ? askAnthropic : askOpenai)(provider, { key: index % 3 ? KEY : SIBLING }),
      ),
    );
    expect(answers.filter((status) => status === 200)).toHaveLength(50);
    expect(answers.filter((status) => status === 429)).toHaveLength(70);
    const stats = provider.stats();
    expect(stats).toMatchObject({ received: 120, served: 50, refused: 70, overruns: 70 });
    expect(stats.overrunsByDimension).toMatchObject({ requests: 70, inputTokens: 0 });
    expect(stats.byOrganisation['org-a']).toMatchObject({ served: 50, refused: 70 });
    expect((stats.byKey[KEY]?.received ?? 0) + (stats.byKey[SIBLING]?.received ?? 0)).toBe(120);
  });

  it('that refill admit the next call at the millisecond they say, and not one earlier', async () => {
    const clock = new ManualClock();
    await using provider = await oneOrganisation({ requests: perMinute(7) }, { clock });
    await Promise.all(times(7, () => askOpenai(provider)));
    const refused = await askOpenai(provider);
    expect(refused.headers.get('retry-after-ms')).toBe('8572');
    clock.advance(8571);
    expect((await askOpenai(provider)).headers.get('retry-after-ms')).toBe('1');
    clock.advance(1);
    expect((await askOpenai(provider)).status).toBe(200);
  });

  it('of a window come back all at once, from the start of the server on', async () => {
    const clock = new ManualClock();
    await using provider = await oneOrganisation(
      { requests: { limit: 3, windowMs: 10_000, kind: 'window' } },
      { clock },
    );
    clock.advance(9_000);
    expect(await statuses(times(4, () => askAnthropic(provider)))).toEqual([200, 200, 200, 429]);
    clock.advance(999);
    expect((await askAnthropic(provider)).headers.get('retry-after')).toBe('1');
    clock.advance(1);
    expect(await statuses(times(4, () => askAnthropic(provider)))).toEqual([200, 200, 200, 429]);
  });

  it('take every dimension of a call or none', async () => {
    await using provider = await oneOrganisation(
      { requests: perMinute(10), inputTokens: perMinute(100) },
      { clock: new ManualClock() },
    );
    await askAnthropic(provider, { input: 80 });
    const refused = await askAnthropic(provider, { input: 30 });
    expect(refused.status).toBe(429);
    expect(remaining(refused, 'requests')).toBe(9);
    expect(remaining(refused, 'input-tokens')).toBe(20);
    expect(provider.stats().overrunsByDimension).toMatchObject({ requests: 0, inputTokens: 1 });
  });

  it('on tokens take input and output at admission', async () => {
    const clock = new ManualClock();
    await using provider = await oneOrganisation({ tokens: perMinute(30_000) }, { clock });
    await askOpenai(provider, { input: 29_000, output: 937 });
    const refused = await askOpenai(provider, { input: 300, output: 85 });
    expect(await errorOf(refused)).toEqual({
      message:
        'Rate limit reached for gpt-fake in organization org-a on tokens per min (TPM): ' +
        'Limit 30000, Used 29937, Requested 385. Please try again in 644ms. ' +
        'Visit https://platform.openai.com/account/rate-limits to learn more.',
      type: 'tokens',
      param: null,
      code: 'rate_limit_exceeded',
    });
    expect(refused.headers.get('retry-after-ms')).toBe('644');
    expect(refused.headers.get('retry-after')).toBe('1');
  });

  it('name no wait for a call that never fits', async () => {
    await using provider = await oneOrganisation({
      tokens: perMinute(100),
      inputTokens: perMinute(100),
    });
    const openai = await askOpenai(provider, { input: 100, output: 1 });
    expect(openai.headers.has('retry-after')).toBe(false);
    expect((await errorOf(openai))['message']).toMatch(
      /^Request too large for gpt-fake .* Requested 101\. /,
    );
    const anthropic = await askAnthropic(provider, { input: 101 });
    expect(anthropic.status).toBe(429);
    expect(anthropic.headers.has('retry-after')).toBe(false);
  });

  it('are kept by model, by family and for all the others', async () => {
    const one = { requests: perMinute(1) };
    await using provider = await startFakeProvider({
      organisations: [
        { id: 'org-a', keys: ['a'], limits: { 'opus-4-1': one, 'opus-*': one, '*': one } },
        { id: 'org-b', keys: ['b'], limits: { 'opus-4-1': one } },
      ],
    });
    const ask = async (model: string, key = 'a') =>
      (await askAnthropic(provider, { model, key })).status;
    expect([await ask('opus-4-1'), await ask('opus-4-1')]).toEqual([200, 429]);
    expect([await ask('opus-4-5'), await ask('opus-4-6')]).toEqual([200, 429]);
    expect([await ask('haiku'), await ask('sonnet')]).toEqual([200, 429]);
    expect([await ask('opus-4-1', 'b'), await ask('haiku', 'b')]).toEqual([200, 404]);
  });
});

describe('output', () => {
  it('is charged while it is written, and its debt keeps calls out until the level is above zero', async () => {
    const clock = new ManualClock();
    await using provider = await oneOrganisation(
      { outputTokens: perMinute(60) },
      { clock, tokensPerSecond: 10 },
    );
    const stream = await askAnthropic(provider, { output: 100, stream: true });
    await eventually(() => clock.pending === 1);
    for (let second = 0; second < 5; second += 1) {
      for (let bite = 0; bite < 10; bite += 1) {
        clock.advance(100);
        await eventually(() => clock.pending === 1);
      }
    }
    // 50 written, of which 1 a second came back, but for the first: the bucket was full.
    expect(provider.stats().capacity).toMatchObject([{ dimension: 'outputTokens', used: 50 }]);
    expect(provider.stats().overruns).toBe(0);
    for (let bite = 0; bite < 49; bite += 1) {
      clock.advance(100);
      await eventually(() => clock.pending === 1);
    }
    clock.advance(100);
    await stream.text();
    // 100 written over 10 s, 9.9 s of them with refill: −30.1. Above zero after 30.1 s and 1 ms.
    expect(provider.stats()).toMatchObject({ served: 1, overruns: 1, refused: 0 });
    expect(provider.stats().overrunsByDimension.outputTokens).toBe(1);
    clock.advance(30_100);
    const refused = await askAnthropic(provider);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('anthropic-ratelimit-output-tokens-remaining')).toBe('0');
    expect(refused.headers.get('retry-after')).toBe('1');
    clock.advance(1);
    const admitted = askAnthropic(provider);
    await eventually(() => clock.pending === 1);
    clock.advance(100);
    expect((await admitted).status).toBe(200);
  });

  it('of a caller who hung up is neither written nor charged', async () => {
    const clock = new ManualClock();
    await using provider = await oneOrganisation(
      { outputTokens: perMinute(1000) },
      { clock, tokensPerSecond: 10 },
    );
    const caller = new AbortController();
    await askAnthropic(provider, { output: 100, stream: true, signal: caller.signal });
    await eventually(() => clock.pending === 1);
    clock.advance(100);
    await eventually(() => clock.pending === 1);
    caller.abort();
    await eventually(() => provider.stats().abandoned === 1);
    expect(clock.pending).toBe(0);
    clock.advance(60_000);
    expect(provider.stats()).toMatchObject({ served: 0, abandoned: 1 });
    expect(provider.stats().capacity[0]?.used).toBe(1);
  });

  it('waits for the latency, and an answer in one piece for all of its tokens', async () => {
    const clock = new ManualClock();
    await using provider = await oneOrganisation(
      {},
      { clock, latencyMs: 500, tokensPerSecond: 100 },
    );
    const answer = askOpenai(provider, { output: 50 });
    await eventually(() => clock.pending === 1);
    clock.advance(999);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    expect((await answer).headers.get('openai-processing-ms')).toBe('1000');
  });
});

describe('headers', () => {
  it('state what is left after this call, in the words of Anthropic', async () => {
    const clock = new ManualClock(Date.parse('2026-04-23T20:50:37.250Z'));
    await using provider = await oneOrganisation(
      { requests: perMinute(50), inputTokens: perMinute(30_000), outputTokens: perMinute(8_000) },
      { clock },
    );
    await askAnthropic(provider, { output: 2_000 });
    const { headers } = await askAnthropic(provider, { input: 10_600 });
    const limits = [...headers].filter(([name]) => name.startsWith('anthropic-'));
    expect(Object.fromEntries(limits)).toEqual({
      'anthropic-organization-id': 'org-a',
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '48',
      'anthropic-ratelimit-requests-reset': '2026-04-23T20:50:39Z',
      'anthropic-ratelimit-input-tokens-limit': '30000',
      'anthropic-ratelimit-input-tokens-remaining': '19000',
      'anthropic-ratelimit-input-tokens-reset': '2026-04-23T20:50:58Z',
      'anthropic-ratelimit-output-tokens-limit': '8000',
      'anthropic-ratelimit-output-tokens-remaining': '6000',
      'anthropic-ratelimit-output-tokens-reset': '2026-04-23T20:50:52Z',
      'anthropic-ratelimit-tokens-limit': '38000',
      'anthropic-ratelimit-tokens-remaining': '25000',
      'anthropic-ratelimit-tokens-reset': '2026-04-23T20:50:52Z',
    });
    expect(headers.get('date')).toBe('Thu, 23 Apr 2026 20:50:37 GMT');
    expect(headers.get('request-id')).toMatch(/^req_01\w{22}$/);
  });

  it('state what is left after this call, in the words of OpenAI', async () => {
    await using provider = await oneOrganisation(
      { requests: { limit: 10_000, windowMs: 86_400_000 }, tokens: perMinute(200_000) },
      { clock: new ManualClock() },
    );
    const { headers } = await askOpenai(provider, { input: 30, output: 9 });
    const limits = [...headers].filter(([name]) => name.startsWith('x-ratelimit-'));
    expect(Object.fromEntries(limits)).toEqual({
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '9999',
      'x-ratelimit-reset-requests': '8.64s',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-tokens': '199961',
      'x-ratelimit-reset-tokens': '11ms',
    });
    expect(headers.get('openai-organization')).toBe('org-a');
  });

  it('never let a window seem to end before it does', async () => {
    const clock = new ManualClock(Date.parse('2026-04-23T20:50:37.250Z'));
    await using provider = await oneOrganisation(
      { requests: { limit: 5, windowMs: 60_000, kind: 'window' } },
      { clock },
    );
    const anthropic = await askAnthropic(provider);
    expect(anthropic.headers.get('anthropic-ratelimit-requests-reset')).toBe(
      '2026-04-23T20:51:38Z',
    );
    expect((await askOpenai(provider)).headers.get('x-ratelimit-reset-requests')).toBe('1m0s');
  });
});

describe('stats', () => {
  it('count an overrun also when it is not enforced', async () => {
    await using provider = await oneOrganisation(
      { requests: perMinute(2), outputTokens: perMinute(10) },
      { clock: new ManualClock(), enforce: false },
    );
    expect(await statuses(times(4, () => askAnthropic(provider, { output: 5 })))).toEqual([
      200, 200, 200, 200,
    ]);
    const { overruns, overrunsByDimension, served, refused } = provider.stats();
    // The third and the fourth came too many, and each also wrote output that was not there.
    expect({ served, refused, overruns }).toEqual({ served: 4, refused: 0, overruns: 4 });
    expect(overrunsByDimension).toMatchObject({ requests: 2, outputTokens: 4 });
  });

  it('say how much of what was allowed was used, from any instant on', async () => {
    const clock = new ManualClock();
    await using provider = await oneOrganisation(
      { requests: perMinute(60), inputTokens: { limit: 100, windowMs: 30_000, kind: 'window' } },
      { clock },
    );
    await askAnthropic(provider, { input: 40 });
    clock.advance(30_000);
    const place = { organisation: 'org-a', model: '*' };
    expect(provider.stats().capacity).toEqual([
      { ...place, dimension: 'requests', allowed: 90, used: 1, share: 1 / 90 },
      { ...place, dimension: 'inputTokens', allowed: 200, used: 40, share: 0.2 },
    ]);
    await Promise.all(times(10, () => askAnthropic(provider, { input: 5 })));
    provider.resetStats();
    clock.advance(5_000);
    await askAnthropic(provider, { input: 25 });
    expect(provider.stats()).toMatchObject({ elapsedMs: 5_000, received: 1, served: 1 });
    expect(provider.stats().capacity).toMatchObject([
      { allowed: 55, used: 1 },
      { allowed: 50, used: 25, share: 0.5 },
    ]);
  });
});

describe('close()', () => {
  it('ends every open answer at once and leaves no timer, socket or port behind', async () => {
    const clock = new ManualClock();
    const provider = await oneOrganisation({}, { clock, latencyMs: 1_000 });
    provider.misbehave('stall', { key: SIBLING });
    const open = [
      askAnthropic(provider),
      askOpenai(provider, { stream: true }),
      askOpenai(provider, { key: SIBLING }),
    ].map((call) => call.then(() => 'answered').catch(() => 'cut off'));
    await eventually(() => provider.stats().received === 3 && clock.pending === 2);
    await Promise.all([provider.close(), provider.close()]);
    expect(await Promise.all(open)).toEqual(['cut off', 'cut off', 'cut off']);
    expect(clock.pending).toBe(0);
    await expect(askOpenai(provider)).rejects.toThrow();
  });
});

describe('options', () => {
  const organisation = { id: 'org-a', keys: ['a'], limits: {} };

  it.each([
    [undefined as never, 'options: expected an object, got undefined'],
    [{ organisations: [null as never] }, 'organisations[0]: expected an object, got null'],
    [{ organisations: [] }, 'organisations: expected an array with one organisation or more'],
    [
      { organisations: [organisation, { ...organisation, id: 'org-b' }] },
      'organisations[1].keys[0]: expected one that no other has',
    ],
    [
      { organisations: [{ ...organisation, limits: { '*': { requests: perMinute(0.5) } } }] },
      "organisations[0].limits['*'].requests.limit: expected a whole number above 0, got 0.5",
    ],
    [
      { organisations: [organisation], latencyMs: [5, 1] as const },
      'latencyMs[1]: expected 5 or above, got 1',
    ],
  ])('that make no sense are refused by name: %#', async (options, message) => {
    await expect(startFakeProvider(options)).rejects.toThrow(message);
  });

  it('make the same answers again from the same seed', async () => {
    const bodies = async (seed: number) => {
      await using provider = await oneOrganisation({}, { clock: new ManualClock(), seed });
      return await (
        await fetch(`${provider.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${KEY}` },
          body: JSON.stringify({ model: 'm', messages: [] }),
        })
      ).text();
    };
    expect(await bodies(7)).toBe(await bodies(7));
    expect(await bodies(7)).not.toBe(await bodies(8));
  });
});
