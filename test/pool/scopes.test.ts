import { describe, expect, it, vi } from 'vitest';
import type { FailureRule } from '../../src/failure/failure.js';
import { aPool, keys, ok, perMinute, START } from '../helpers/pool.js';

const limits = perMinute(600);
const waiting = { 'retry-after': '60' };

describe('how far a refusal reaches', () => {
  const rule = (fields: Partial<FailureRule>): FailureRule => ({
    class: 'quota_exhausted',
    codes: ['odd'],
    ...fields,
  });
  const refusal = { status: 429, headers: waiting, body: { error: { code: 'odd' } } };

  const afterRefusal = (fields: Partial<FailureRule>) => {
    const grouped = [...keys(2, { group: 'org' }), { id: 'z', secret: 'z' }];
    const { pool } = aPool({ keys: grouped, limits, failureRules: [rule(fields)] });
    const cooled = vi.fn();
    pool.on('cooled', cooled);
    pool.tryAcquire({ key: 'a', model: 'large' })?.observe(refusal);
    const ready = (model: string) =>
      pool
        .explain({ model })
        .keys.filter((key) => key.ready)
        .map(({ id }) => id);
    return { large: ready('large'), small: ready('small'), cooled };
  };

  it.each([
    [{ scope: 'key' }, 'key-model', ['b', 'z'], ['a', 'b', 'z']],
    [{ scope: 'key', allModels: true }, 'key', ['b', 'z'], ['b', 'z']],
    [{ scope: 'group' }, 'group-model', ['z'], ['a', 'b', 'z']],
    [{ scope: 'group', allModels: true }, 'group', ['z'], ['z']],
  ] as const)('%j rests the %s', (fields, scope, large, small) => {
    const { cooled, ...ready } = afterRefusal(fields);
    expect(ready).toEqual({ large, small });
    expect(cooled).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ id: 'a', scope, until: START + 60_000 }),
    );
    const details = cooled.mock.calls[0]?.[0];
    expect(details.modelClass).toBe(scope.endsWith('-model') ? 'large' : undefined);
  });

  it('is lifted by enable(), whatever its scope', () => {
    for (const allModels of [true, false]) {
      for (const scope of ['key', 'group'] as const) {
        const { pool } = aPool({
          keys: keys(1),
          limits,
          failureRules: [rule({ scope, allModels })],
        });
        const recovered = vi.fn();
        pool.on('recovered', recovered);
        pool.tryAcquire({ model: 'large' })?.observe(refusal);
        expect(pool.explain({ model: 'large' }).ready).toBe(false);
        pool.enable('a');
        pool.enable('a');
        expect(pool.explain({ model: 'large' }).ready).toBe(true);
        expect(recovered).toHaveBeenCalledOnce();
      }
    }
  });

  it('is announced once for many that fail alike', () => {
    const { pool } = aPool({ keys: keys(1), limits });
    const cooled = vi.fn();
    pool.on('cooled', cooled);
    const leases = Array.from({ length: 50 }, () => pool.tryAcquire());
    for (const lease of leases) lease?.observe({ status: 429, headers: waiting });
    expect(cooled).toHaveBeenCalledOnce();
  });
});

it('obeys a wait on a good answer when the limit is overdrawn', () => {
  const { pool } = aPool({ keys: keys(1), limits });
  const overdrawn = { 'x-ratelimit-remaining-tokens': '-27689', 'retry-after': '4' };
  const verdict = pool.tryAcquire()?.observe({ status: 200, headers: overdrawn });
  expect(verdict).toMatchObject({ action: 'cooled', failure: { class: 'ok' } });
  expect(pool.keys()[0]?.cooldowns).toMatchObject([{ until: START + 4_000 }]);
});

describe('after a longer rest', () => {
  const restedFor2s = { status: 503, headers: { 'retry-after': '2' } };

  it('a few calls go out at first, twice as many each round', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(6_000) });
    pool.tryAcquire()?.observe(restedFor2s);
    const waiters = Array.from({ length: 200 }, () => pool.acquire());
    let settled = 0;
    for (const waiter of waiters) void waiter.then(() => (settled += 1));
    await clock.advance(2_000);
    expect(settled).toBe(2);
    expect(pool.explain().keys[0]?.sentence).toMatch(/^a has just recovered: calls go out a few/);
    const answer = async (from: number, to: number) => {
      for (const waiter of waiters.slice(from, to)) {
        const lease = await waiter;
        lease.observe(ok);
        lease.release();
      }
      await clock.advance(1);
    };
    await answer(0, 2);
    expect(settled).toBe(2 + 4);
    await answer(2, 6);
    expect(settled).toBe(6 + 8);
    await answer(6, 14);
    await answer(14, 30);
    await clock.advance(1);
    expect(settled).toBeGreaterThan(100);
  });

  it('the way is free after half a minute, answered or not', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(6_000) });
    pool.tryAcquire()?.observe(restedFor2s);
    await clock.advance(2_000);
    expect([pool.tryAcquire(), pool.tryAcquire()].every(Boolean)).toBe(true);
    expect(pool.tryAcquire()).toBeUndefined();
    await clock.advance(30_000);
    for (let call = 0; call < 40; call += 1) expect(pool.tryAcquire()).toBeDefined();
  });

  it('gives the place of a call back that is released without an answer', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(6_000) });
    pool.tryAcquire()?.observe(restedFor2s);
    await clock.advance(2_000);
    for (let call = 0; call < 40; call += 1) {
      const lease = pool.tryAcquire();
      expect(lease).toBeDefined();
      lease?.release();
    }
  });
});
