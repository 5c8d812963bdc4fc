import { describe, expect, it } from 'vitest';
import { UNKNOWN_IN_FLIGHT } from '../../src/limiter/adaptive-rate.js';
import type { LimitUpdate } from '../../src/limits/limit-update.js';
import type { KeyPool } from '../../src/pool/key-pool.js';
import type { Lease } from '../../src/pool/lease.js';
import { generic } from '../../src/provider/generic.js';
import { aPool, keys, MINUTE, ok, perMinute, START, tooMany } from '../helpers/pool.js';

/** A provider whose answers carry what a test wants to be learned, as their body. */
const telling = generic({ readLimits: ({ body }) => (body ?? {}) as LimitUpdate });
const says = (body: LimitUpdate, status = 200) => ({ status, headers: {}, body });

const take = (pool: KeyPool, request = {}): Lease => {
  const lease = pool.tryAcquire(request);
  if (lease === undefined) throw new Error('no lease');
  return lease;
};

function drain(pool: KeyPool, request = {}): number {
  let count = 0;
  while (count < 1_000 && pool.tryAcquire(request) !== undefined) count += 1;
  return count;
}

describe('a pool that knows no limits', () => {
  it('has four calls in flight until the first reading, then all that it allows', () => {
    const { pool } = aPool({ keys: keys(1), provider: telling });
    const first = take(pool);
    expect(drain(pool)).toBe(UNKNOWN_IN_FLIGHT - 1);
    first.observe(says({ requests: { limit: 30, remaining: 29 } }));
    expect(drain(pool)).toBe(26);
  });

  it('serves callers that wait as soon as the first reading allows', async () => {
    const { pool, clock } = aPool({ keys: keys(1), provider: telling });
    const first = take(pool);
    drain(pool);
    let served = 0;
    for (let index = 0; index < 10; index += 1) {
      pool.acquire().then(
        () => {
          served += 1;
        },
        () => {},
      );
    }
    await clock.advance(0);
    expect(served).toBe(0);
    first.observe(says({ requests: { limit: 30, remaining: 29 } }));
    await clock.advance(0);
    expect(served).toBe(10);
  });

  it('announces what it learns, and only once', () => {
    const { pool } = aPool({ keys: keys(1), provider: telling });
    const learned: unknown[] = [];
    pool.on('limitsLearned', ({ id, limits }) => learned.push([id, limits.requests?.limit]));
    for (const remaining of [29, 28]) {
      take(pool).observe(says({ requests: { limit: 30, remaining } }));
    }
    expect(learned).toEqual([['a', 30]]);
  });

  it('widens with good answers where these say nothing', () => {
    const { pool } = aPool({ keys: keys(1) });
    for (let rounds = 0; rounds < 3; rounds += 1) {
      for (const lease of Array.from({ length: UNKNOWN_IN_FLIGHT }, () => take(pool))) {
        lease.observe(ok);
        lease.release();
      }
    }
    expect(drain(pool)).toBeGreaterThan(UNKNOWN_IN_FLIGHT);
  });

  it('recovers from half an hour of refusals', async () => {
    const { pool, clock } = aPool({ keys: keys(1) });
    const serve = async (response: typeof ok, seconds: number) => {
      let served = 0;
      for (let second = 0; second < seconds; second += 1) {
        const lease = pool.tryAcquire();
        lease?.observe(response);
        lease?.release();
        served += lease === undefined ? 0 : 1;
        await clock.advance(1_000);
      }
      return served;
    };
    await serve(ok, 60);
    await serve(tooMany(), 1_800);
    expect(await serve(ok, 3_600)).toBeGreaterThan(1_800);
  });
});

describe('a pool whose limits are configured', () => {
  it('falls back to four in flight after a 429 before they are used up', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(100) });
    const first = take(pool);
    first.observe(tooMany('1'));
    first.release();
    await clock.advance(2_000);
    expect(drain(pool)).toBe(UNKNOWN_IN_FLIGHT);
  });

  it('keeps them as ceilings', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(20), provider: telling });
    take(pool).observe(says({ requests: { limit: 500, remaining: 499 } }));
    expect(drain(pool)).toBe(19);
  });

  it('charges nothing for a call that was refused', () => {
    const limits = { tokens: { limit: 100, windowMs: MINUTE } };
    const { pool } = aPool({ keys: keys(1), limits });
    const lease = take(pool, { tokens: 80 });
    lease.observe(tooMany());
    lease.release();
    expect(pool.keys()[0]?.limits['default']?.tokens?.remaining).toBe(100);
  });
});

describe('readings', () => {
  it('count by when their calls were sent, not answered', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(100), provider: telling });
    const [first, second] = [take(pool), take(pool)];
    second.observe(says({ requests: { limit: 100, remaining: 10 } }));
    first.observe(says({ requests: { limit: 100, remaining: 99 } }));
    expect(drain(pool)).toBe(10);
  });

  it('of zero keep no key from being asked after their reset', async () => {
    const { pool, clock } = aPool({ keys: keys(1), provider: telling });
    take(pool).observe(says({ requests: { remaining: 0, resetAt: START + 30_000 } }));
    expect(pool.tryAcquire()).toBeUndefined();
    expect(pool.earliestAvailability()).toBe(START + 30_000);
    await clock.advance(30_000);
    expect(pool.tryAcquire()).toBeDefined();
  });

  it('of a window without a reset do not stop a key for ever', async () => {
    const limits = { requests: { limit: 10, windowMs: MINUTE, kind: 'window' as const } };
    const { pool, clock } = aPool({ keys: keys(1), limits, provider: telling });
    const lease = take(pool);
    lease.observe(says({ requests: { limit: 10, remaining: 0 } }));
    lease.release();
    await clock.advance(60 * MINUTE);
    expect(pool.tryAcquire()).toBeDefined();
  });

  it('take what a call has in debt off until it is waited off', async () => {
    const limits = { tokens: { limit: 60, windowMs: MINUTE } };
    const { pool, clock } = aPool({ keys: keys(1), limits });
    const lease = take(pool, { tokens: 10 });
    lease.settle({ tokens: 180 });
    lease.release();
    expect(pool.earliestAvailability({ tokens: 1 })).toBe(START + 121_000);
    await clock.advance(121_000);
    expect(pool.tryAcquire({ tokens: 1 })).toBeDefined();
  });
});

describe('a cost above a limit', () => {
  const limits = { outputTokens: { limit: 100, windowMs: MINUTE } };
  const excess = (limit: number) =>
    expect.objectContaining({ code: 'COST_EXCEEDS_LIMIT', dimension: 'outputTokens', limit });

  it('fails at once, and names the dimension and the limit', async () => {
    const { pool } = aPool({ keys: keys(1), limits });
    expect(() => pool.tryAcquire({ outputTokens: 101 })).toThrow(excess(100));
    await expect(pool.acquire({ outputTokens: 101 })).rejects.toEqual(excess(100));
    expect(pool.earliestAvailability({ outputTokens: 101 })).toBeUndefined();
  });

  it('is no failure while one group has a limit that fits it', () => {
    const [a, b] = keys(2);
    const larger = { outputTokens: { limit: 500, windowMs: MINUTE } };
    const both = [
      { secret: 'secret-of-a', ...a, limits },
      { secret: 'secret-of-b', ...b, limits: larger },
    ];
    const { pool } = aPool({ keys: both });
    expect(pool.tryAcquire({ outputTokens: 400 })?.id).toBe('b');
    expect(() => pool.tryAcquire({ outputTokens: 501 })).toThrow(excess(500));
  });

  it('ends a wait when a limit is learned below it', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits, provider: telling });
    const lease = take(pool, { outputTokens: 100 });
    const waiting = pool.acquire({ outputTokens: 90 }).catch((error: unknown) => error);
    await clock.advance(0);
    lease.observe(says({ outputTokens: { limit: 50 } }));
    expect(await waiting).toEqual(excess(50));
  });

  it('ends the wait of a call behind a smaller one at once, too', async () => {
    const tokens = { tokens: { limit: 100, windowMs: MINUTE } };
    const { pool, clock } = aPool({ keys: keys(1), limits: tokens, provider: telling });
    const lease = take(pool, { tokens: 100 });
    void pool.acquire({ tokens: 50 });
    let failed: unknown;
    pool.acquire({ tokens: 90 }).catch((error: unknown) => {
      failed = error;
    });
    await clock.advance(0);
    lease.observe(says({ tokens: { limit: 60, remaining: 0 } }));
    await clock.advance(0);
    expect(failed).toEqual(expect.objectContaining({ code: 'COST_EXCEEDS_LIMIT' }));
  });
});

describe('earliestAvailability', () => {
  it('is now or earlier when a call can be served at once', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(1) });
    expect(pool.earliestAvailability()).toBeLessThanOrEqual(START);
  });

  it('is the first of all keys', () => {
    const [a, b] = keys(2);
    const both = [
      { secret: 'secret-of-a', ...a, limits: perMinute(1) },
      { secret: 'secret-of-b', ...b, limits: perMinute(2) },
    ];
    const { pool } = aPool({ keys: both });
    drain(pool);
    expect(pool.earliestAvailability()).toBe(START + 30_000);
    expect(pool.earliestAvailability({ key: 'a' })).toBe(START + MINUTE);
  });

  it('is unknown where only a release can tell', () => {
    const { pool } = aPool({ keys: keys(1) });
    drain(pool);
    expect(pool.earliestAvailability()).toBeUndefined();
  });

  it('waits for the refill of a full bucket until calls may have arrived', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(1), transitMs: 250 });
    drain(pool);
    expect(pool.earliestAvailability()).toBe(START + MINUTE + 250);
  });
});
