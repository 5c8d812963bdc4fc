import { describe, expect, it, vi } from 'vitest';
import type { Lease } from '../../src/pool/lease.js';
import { aPool, keys, MINUTE, perMinute, START } from '../helpers/pool.js';

const take = (pool: { tryAcquire(): Lease | undefined }) => {
  const lease = pool.tryAcquire();
  if (lease === undefined) throw new Error('no lease');
  return lease;
};

describe('tryAcquire', () => {
  it('gives exactly 100 leases at one instant for 2 keys of 50 requests a minute', () => {
    const { pool } = aPool({ keys: keys(2), limits: perMinute(50) });
    const leases = Array.from({ length: 150 }, () => pool.tryAcquire());
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(100);
    expect(leases.slice(100).every((lease) => lease === undefined)).toBe(true);
  });

  it('says when the next lease can be had', async () => {
    const { pool, clock } = aPool({ keys: keys(2), limits: perMinute(50) });
    for (let index = 0; index < 100; index += 1) take(pool);
    expect(pool.earliestAvailability()).toBe(START + 1_200);
    await clock.advance(1_199);
    expect(pool.tryAcquire()).toBeUndefined();
    await clock.advance(1);
    expect(pool.tryAcquire()).toBeDefined();
  });

  it('spreads calls evenly over equal keys', () => {
    const { pool } = aPool({ keys: keys(3), limits: perMinute(100) });
    const counts = new Map<string, number>();
    for (let index = 0; index < 99; index += 1) {
      const { id } = take(pool);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual([33, 33, 33]);
  });

  it('never gives a promise, and reveals the secret on request only', () => {
    const { pool } = aPool({ keys: [{ id: 'a', secret: 'sk-very-secret' }] });
    const lease = take(pool);
    expect(lease.secret.reveal()).toBe('sk-very-secret');
    expect(JSON.stringify([lease.key, pool.keys(), pool.stats(), `${lease.secret}`])).not.toContain(
      'sk-very-secret',
    );
  });

  it('heeds a pin and exclusions', () => {
    const { pool } = aPool({ keys: keys(3), limits: perMinute(10) });
    expect(pool.tryAcquire({ key: 'b' })?.id).toBe('b');
    expect(pool.tryAcquire({ exclude: ['a', 'b'] })?.id).toBe('c');
    expect(pool.tryAcquire({ exclude: ['a', 'b', 'c'] })).toBeUndefined();
    expect(() => pool.tryAcquire({ key: 'nobody' })).toThrow('No key has the id "nobody"');
  });

  it('throws for a cost that no wait makes fit', () => {
    const limits = { tokens: { limit: 100, windowMs: MINUTE } };
    const { pool } = aPool({ keys: keys(1), limits });
    expect(() => pool.tryAcquire({ inputTokens: 90, outputTokens: 20 })).toThrow(
      expect.objectContaining({ code: 'COST_EXCEEDS_LIMIT', dimension: 'tokens', limit: 100 }),
    );
    expect(pool.tryAcquire({ inputTokens: 90, outputTokens: 10 })).toBeDefined();
  });

  it('throws so also while the key rests and was never called', async () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(0.5) });
    pool.cooldown('a', { forMs: 1_000 });
    const error = expect.objectContaining({ code: 'COST_EXCEEDS_LIMIT', limit: 0.5 });
    expect(() => pool.tryAcquire()).toThrow(error);
    await expect(pool.acquire()).rejects.toEqual(error);
  });

  it('keeps the limits of each model class apart', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(1) });
    expect(pool.tryAcquire({ model: 'large' })).toBeDefined();
    expect(pool.tryAcquire({ model: 'large' })).toBeUndefined();
    expect(pool.tryAcquire({ model: 'small' })).toBeDefined();
  });

  it('takes the limits of a model class where a key states them', () => {
    const { pool } = aPool({
      keys: keys(1, { limits: perMinute(1), modelLimits: { small: perMinute(3) } }),
    });
    const served = (model: string) =>
      Array.from({ length: 5 }, () => pool.tryAcquire({ model })).filter(Boolean).length;
    expect(served('small')).toBe(3);
    expect(served('large')).toBe(1);
  });

  it('lets keys of one group share its limits and take turns', () => {
    const { pool } = aPool({ keys: keys(3, { group: 'org' }), limits: perMinute(6) });
    const ids = Array.from({ length: 6 }, () => take(pool).id);
    expect(ids).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    expect(pool.tryAcquire()).toBeUndefined();
  });

  it('admits no more calls in flight than the concurrency limit', () => {
    const { pool } = aPool({ keys: keys(1), limits: { ...perMinute(100), concurrency: 2 } });
    const first = take(pool);
    take(pool);
    expect(pool.tryAcquire()).toBeUndefined();
    first.release();
    expect(pool.tryAcquire()).toBeDefined();
  });

  it('lets 4 calls of an unknown group out until its first reading', () => {
    const { pool } = aPool({ keys: keys(1) });
    const leases = Array.from({ length: 6 }, () => pool.tryAcquire()).filter(Boolean);
    expect(leases).toHaveLength(4);
  });
});

describe('acquire', () => {
  it('waits for the first refill and serves in the order of arrival', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(60) });
    for (let index = 0; index < 60; index += 1) take(pool);
    const order: number[] = [];
    for (const caller of [1, 2, 3]) void pool.acquire().then(() => order.push(caller));
    await clock.advance(999);
    expect(order).toEqual([]);
    await clock.advance(1);
    expect(order).toEqual([1]);
    await clock.advance(2_000);
    expect(order).toEqual([1, 2, 3]);
    expect(pool.stats().waiting).toBe(0);
  });

  it('serves a higher priority first', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(60) });
    for (let index = 0; index < 60; index += 1) take(pool);
    const order: string[] = [];
    void pool.acquire({ priority: 0 }).then(() => order.push('low'));
    void pool.acquire({ priority: 5 }).then(() => order.push('high'));
    void pool.acquire({ priority: 5 }).then(() => order.push('high, later'));
    await clock.advance(3_000);
    expect(order).toEqual(['high', 'high, later', 'low']);
  });

  it('serves a higher priority at once where only those behind are kept from a key', async () => {
    const limits = { tokens: { limit: 100, windowMs: MINUTE } };
    const { pool, clock } = aPool({ keys: keys(1), limits });
    pool.tryAcquire({ tokens: 60 });
    void pool.acquire({ tokens: 57 });
    void pool.acquire({ tokens: 11 });
    const first = vi.fn();
    void pool.acquire({ tokens: 31, priority: 2 }).then(first);
    await clock.advance(0);
    expect(first).toHaveBeenCalledOnce();
  });

  it('serves who waited until the very instant at which a key is ready', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(1) });
    take(pool);
    const waiting = pool.acquire({ maxWaitMs: MINUTE });
    await clock.advance(MINUTE);
    expect((await waiting).id).toBe('a');
  });

  it('is not starved by smaller calls that come later', async () => {
    const limits = { tokens: { limit: 100, windowMs: MINUTE } };
    const { pool, clock } = aPool({ keys: keys(1), limits });
    pool.tryAcquire({ tokens: 100 });
    let isServed = false;
    void pool.acquire({ tokens: 90 }).then(() => {
      isServed = true;
    });
    for (let second = 0; second < 53; second += 1) {
      void pool.acquire({ tokens: 1 });
      expect(pool.tryAcquire({ tokens: 1 })).toBeUndefined();
      await clock.advance(1_000);
    }
    expect(isServed).toBe(false);
    await clock.advance(1_000);
    expect(isServed).toBe(true);
  });

  it('lets smaller calls use keys that the first in line does not wait for', async () => {
    const { pool } = aPool({
      keys: [
        { id: 'large', secret: 's1', limits: { tokens: { limit: 100, windowMs: MINUTE } } },
        { id: 'small', secret: 's2', limits: { tokens: { limit: 10, windowMs: MINUTE } } },
      ],
    });
    pool.tryAcquire({ tokens: 100, key: 'large' });
    void pool.acquire({ tokens: 50 });
    expect((await pool.acquire({ tokens: 5 })).id).toBe('small');
  });

  it('rejects with ACQUIRE_TIMEOUT after maxWaitMs, saying when and why', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(1) });
    take(pool);
    const waiting = pool.acquire({ maxWaitMs: 5_000 });
    const outcome = expect(waiting).rejects.toMatchObject({
      code: 'ACQUIRE_TIMEOUT',
      retryAfterMs: 55_000,
      message: expect.stringContaining('within 5000 ms: a is at its limit: 0 of 1 requests left'),
      explanation: {
        ready: false,
        retryAt: START + MINUTE,
        keys: [{ id: 'a', reason: 'limited' }],
      },
    });
    await clock.advance(5_000);
    await outcome;
    expect(pool.stats().waiting).toBe(0);
  });

  it("rejects with the signal's own reason, and at once when it is aborted already", async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(1) });
    take(pool);
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const waiting = pool.acquire({ signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(pool.acquire({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(pool.stats().waiting).toBe(0);
    await clock.advance(2 * MINUTE);
    expect(pool.stats().inFlight).toBe(1);
  });

  it('rejects with QUEUE_FULL beyond maxQueue', async () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(1), maxQueue: 2 });
    take(pool);
    void pool.acquire();
    void pool.acquire();
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(pool.stats().waiting).toBe(2);
  });

  it('rejects with NO_KEY_AVAILABLE when no wait would help', async () => {
    await expect(aPool().pool.acquire()).rejects.toMatchObject({ code: 'NO_KEY_AVAILABLE' });
    const { pool } = aPool({ keys: keys(1) });
    pool.disable('a');
    await expect(pool.acquire()).rejects.toMatchObject({
      code: 'NO_KEY_AVAILABLE',
      message: 'No key can serve this call: a was disabled by hand; enable() brings it back',
      explanation: { ready: false, keys: [{ id: 'a', reason: 'disabled' }] },
    });
  });

  it('ends the wait when the last key that could serve goes', async () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(1) });
    take(pool);
    const waiting = pool.acquire();
    pool.disable('a');
    await expect(waiting).rejects.toMatchObject({ code: 'NO_KEY_AVAILABLE' });
  });

  it('serves waiters as soon as a key is added', async () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(1) });
    take(pool);
    const waiting = pool.acquire();
    pool.addKey({ id: 'b', secret: 'another' });
    expect((await waiting).id).toBe('b');
  });

  it('serves 200 concurrent callers without losing or doubling a lease', async () => {
    const { pool, clock } = aPool({ keys: keys(3), limits: perMinute(60) });
    let inFlight = 0;
    const callers = Array.from({ length: 200 }, async () => {
      const lease = await pool.acquire();
      inFlight += 1;
      await Promise.resolve();
      lease.release();
      inFlight -= 1;
    });
    await clock.advance(10_000);
    await Promise.all(callers);
    expect(inFlight).toBe(0);
    expect(pool.stats()).toMatchObject({ inFlight: 0, waiting: 0, leased: 200 });
  });

  it('uses one timer for 10,000 waiters, and all of them end', async () => {
    const { pool, clock } = aPool({ keys: keys(2), limits: perMinute(300) });
    const controllers = Array.from({ length: 10_000 }, () => new AbortController());
    const ends = { served: 0, timedOut: 0, aborted: 0 };
    const callers = controllers.map(async ({ signal }, index) => {
      try {
        (await pool.acquire({ signal, maxWaitMs: 1_000 + (index % 5_000) * 10 })).release();
        ends.served += 1;
      } catch (error) {
        if (signal.aborted) ends.aborted += 1;
        else if ((error as { code?: string }).code === 'ACQUIRE_TIMEOUT') ends.timedOut += 1;
      }
    });
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(1);
    expect(pool.stats().waiting).toBe(10_000 - 600);
    for (const [index, controller] of controllers.entries()) {
      if (index % 7 === 0) controller.abort();
    }
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1_000);
      expect(clock.pendingTimers).toBeLessThanOrEqual(1);
    }
    await Promise.all(callers);
    expect(ends.served + ends.timedOut + ends.aborted).toBe(10_000);
    expect(Math.min(ends.served, ends.timedOut, ends.aborted)).toBeGreaterThan(0);
    expect(pool.stats()).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  it('is not stopped by waits longer than a host timer can count', async () => {
    const { pool, clock } = aPool({ keys: keys(1), maxStatedWaitMs: 1e12, limits: perMinute(10) });
    pool.cooldown('a', { forMs: 2 ** 31 + 1_000 });
    let isServed = false;
    void pool.acquire().then(() => {
      isServed = true;
    });
    await clock.advance(2 ** 31);
    expect(isServed).toBe(false);
    await clock.advance(1_000);
    expect(isServed).toBe(true);
  });
});
