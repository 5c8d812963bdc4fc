import { describe, expect, it, vi } from 'vitest';
import { aPool, keys, MINUTE, ok, perMinute, START, tooMany } from '../helpers/pool.js';
import { traffic } from './traffic.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const invalidKey = { status: 401, headers: {}, body: { error: { code: 'invalid_api_key' } } };

describe('a rest that is made shorter by a second answer (litellm#40130, litellm#42149)', () => {
  it('only grows', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(60) });
    const leases = [pool.tryAcquire(), pool.tryAcquire(), pool.tryAcquire()];
    for (const [index, wait] of ['600', '5', undefined].entries())
      leases[index]?.observe(tooMany(wait));
    expect(pool.explain().retryAt).toBe(START + 600_000);
  });
});

describe('Retry-After of six days, lifted after an hour (CLIProxyAPI#5639, OmniRoute#12860)', () => {
  it('is asked about once an hour, and over when the provider says so', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(60) });
    const lifted = START + 1.5 * HOUR;
    const sixDays = START + 6 * DAY;
    const answer = (_: string, now: number) =>
      now < lifted ? tooMany(String((sixDays - now) / 1000)) : ok;
    pool.tryAcquire()?.observe(answer('a', START));
    const [resting] = pool.explain().keys;
    expect(resting?.sentence).toMatch(
      /^a rests \(quota_exhausted, .*the wait was stated\); ready in 60 min/,
    );
    const request = { maxWaitMs: 10_000 };
    const seen = await traffic({ pool, clock, everyMs: MINUTE, forMs: 3 * HOUR, request, answer });
    expect(seen.attempts.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(seen.served).toBeGreaterThan(55);
    expect(pool.explain().ready).toBe(true);
  });
});

describe('a reading that keeps its key from being asked again (claude-mem#4076)', () => {
  it('expires at its reset', async () => {
    const { pool, clock } = aPool({ keys: keys(1) });
    const lease = pool.tryAcquire();
    const headers = {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '300',
    };
    lease?.observe({ status: 200, headers });
    lease?.release();
    expect(pool.tryAcquire()).toBeUndefined();
    expect(pool.explain().keys[0]?.sentence).toContain('0 of 10 requests left');
    await clock.advance(301_000);
    expect(pool.tryAcquire()).toBeDefined();
  });
});

describe('a success sent before the 429 arrives after it (OmniRoute#11277, Bifrost ReportSuccess)', () => {
  it('lifts no rest: it is older evidence', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(60) });
    const slow = pool.tryAcquire();
    await clock.advance(100);
    pool.tryAcquire()?.observe(tooMany('120'));
    await clock.advance(100);
    slow?.observe(ok);
    slow?.release();
    expect(pool.tryAcquire()).toBeUndefined();
    expect(pool.explain().keys[0]).toMatchObject({ reason: 'cooling', readyAt: START + 120_100 });
  });
});

describe('trial and 429 by the thousand (OmniRoute#3707)', () => {
  it('never repeats on a key within its stated rest', async () => {
    const { pool, clock } = aPool({ keys: keys(3) });
    const openAt = new Map<string, number>();
    let early = 0;
    const answer = (id: string, now: number) => {
      if (now < (openAt.get(id) ?? 0)) early += 1;
      openAt.set(id, now + 40_000);
      return Math.floor(now / 1_000) % 3 === 0 ? tooMany('40') : ok;
    };
    const request = { retries: 50 };
    await traffic({ pool, clock, everyMs: 20_000, forMs: HOUR, request, answer });
    expect(early).toBeLessThan(200);
    const refused = [...pool.keys()].flatMap(({ cooldowns }) => cooldowns);
    expect(refused.every(({ source }) => source === 'stated')).toBe(true);
  });
});

describe('one 400 that cools every account in turn (OmniRoute#13757, gpt-load#170)', () => {
  it('is the caller’s, reaches one key, and leaves all of them as they were', async () => {
    const { pool, clock } = aPool({ keys: keys(20), limits: perMinute(60) });
    const answer = () => ({ status: 400, headers: {}, body: { error: { message: 'bad field' } } });
    const seen = await traffic({ pool, clock, everyMs: 1_000, forMs: 20_000, answer });
    expect(seen).toMatchObject({ returned: 20, served: 0, failed: 0 });
    expect(seen.attempts).toHaveLength(20);
    expect(pool.stats()).toMatchObject({ ready: 20 });
    expect(pool.explain().keys.every(({ ready }) => ready)).toBe(true);
  });
});

describe('a Retry-After in words that nobody understood (codex-lb#1051, withcoral/coral#89)', () => {
  it.each([
    [tooMany('6m0s'), 360_000],
    [tooMany('Thu, 01 Jan 2026 00:02:00 GMT'), 120_000],
    [{ ...tooMany(), body: 'Rate limit reached. Please try again in 20m.' }, 1_200_000],
    [{ status: 429, headers: { 'retry-after-ms': '200' } }, 200],
  ])('is a wait of its own', (response, ms) => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(60) });
    pool.tryAcquire()?.observe(response);
    expect(pool.explain().retryAt).toBe(START + ms);
  });
});

describe('failing at once, or hanging for ever, while all keys rest (litellm#3646, OmniRoute#297)', () => {
  it('waits for the first key, and not beyond the caller’s patience', async () => {
    const { pool, clock } = aPool({ keys: keys(2), limits: perMinute(60) });
    pool.tryAcquire()?.observe(tooMany('30'));
    pool.tryAcquire()?.observe(tooMany('90'));
    const patient = pool.acquire({ maxWaitMs: 60_000 });
    const hasty = expect(pool.acquire({ maxWaitMs: 10_000 })).rejects.toMatchObject({
      code: 'ACQUIRE_TIMEOUT',
      retryAfterMs: 20_000,
      explanation: { ready: false, retryAt: START + 30_000 },
    });
    await clock.advance(30_000);
    await hasty;
    expect((await patient).id).toMatch(/[ab]/);
  });
});

describe('keys that are taken out by mistake and never come back (new-api#3537, claude-code#91322)', () => {
  it('come back by hand, and words alone park no key at the first hit', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(60) });
    const tooLow = { status: 400, headers: {}, body: 'Your credit balance is too low' };
    const lease = pool.tryAcquire();
    expect(lease?.observe(tooLow)).toMatchObject({ action: 'cooled' });
    expect(pool.keys()[0]?.state).toBe('cooling');
    pool.enable('a');
    pool.tryAcquire()?.observe(tooLow);
    await clock.advance(1_000);
    expect(pool.tryAcquire()?.observe(tooLow)).toMatchObject({ action: 'parked' });
    expect(pool.explain().keys[0]?.sentence).toContain('has used up its budget (budget_exceeded)');
    pool.enable('a');
    expect(pool.explain().ready).toBe(true);
  });
});

describe('a retry budget that has nothing to do with the pool’s size (bifrost#5876)', () => {
  it('tries every key that could serve before it gives up', async () => {
    const { pool } = aPool({ keys: keys(12), limits: perMinute(60) });
    const call = vi.fn(({ id }: { readonly id: string }) => (id === 'l' ? ok : invalidKey));
    expect(await pool.run({ retries: 0 }, call)).toBe(ok);
  });

  it('and no more than the caller allows', async () => {
    const { pool } = aPool({ keys: keys(12), limits: perMinute(60) });
    const call = vi.fn(() => tooMany('60'));
    const error = { code: 'ATTEMPTS_EXHAUSTED', status: 429 };
    await expect(pool.run({ moves: 3 }, call)).rejects.toMatchObject(error);
    expect(call).toHaveBeenCalledTimes(4);
  });
});

describe('slots that leak when a caller goes away (claude-relay-service#744, litellm#30020)', () => {
  it('come back when the call throws, and by themselves when nobody releases', async () => {
    const limits = { concurrency: 5 };
    const { pool, clock } = aPool({ keys: keys(1), limits, leaseTtlMs: 10_000 });
    const gone = () => Promise.reject(new Error('client disconnected'));
    for (let call = 0; call < 20; call += 1)
      await expect(pool.run({}, gone)).rejects.toThrow('client');
    for (let call = 0; call < 5; call += 1) pool.tryAcquire();
    expect(pool.explain().keys[0]).toMatchObject({ reason: 'in-flight' });
    const waiting = pool.acquire();
    await clock.advance(10_000);
    expect((await waiting).id).toBe('a');
  });
});

describe('keys of one organisation that were counted as so many limits (openclaw#28847)', () => {
  it('rest together, for the model that was refused', () => {
    const { pool } = aPool({ keys: keys(3, { group: 'org' }), limits: perMinute(60) });
    pool.tryAcquire({ model: 'large' })?.observe(tooMany('60'));
    expect(pool.explain({ model: 'large' }).keys.map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^a rests \(rate_limited, its group, for this model/),
      expect.stringMatching(/^b rests \(rate_limited, its group, for this model/),
      expect.stringMatching(/^c rests \(rate_limited, its group, for this model/),
    ]);
    expect(pool.explain({ model: 'small' }).ready).toBe(true);
  });
});

describe('37,000 keys of which all but ten are invalid (gpt-load#206)', () => {
  it('finds the ten, whoever has to try', { timeout: 60_000 }, async () => {
    const many = Array.from({ length: 37_000 }, (_, at) => ({
      id: `k${at}`,
      secret: `secret-${at}`,
    }));
    const { pool } = aPool({ keys: many, limits: perMinute(1_000) });
    const good = (id: string) => Number(id.slice(1)) % 3_700 === 3_699;
    const call = ({ id }: { readonly id: string }) => (good(id) ? ok : invalidKey);
    const suspected = vi.fn();
    pool.on('outageSuspected', suspected);
    for (let calls = 0; calls < 100; calls += 1) expect(await pool.run({}, call)).toBe(ok);
    expect(suspected).not.toHaveBeenCalled();
    expect(pool.stats().exhausted).toBeLessThanOrEqual(36_990);
    const { ready, keys: explained } = pool.explain();
    expect(ready).toBe(true);
    expect(explained.filter(({ reason }) => reason === 'exhausted')[0]?.sentence).toContain(
      'was refused by the provider for good (invalid_key)',
    );
  });
});
