import { describe, expect, it } from 'vitest';
import { fromFunction } from '../../src/selector/from-function.js';
import { roundRobin } from '../../src/selector/round-robin.js';
import type { Selector } from '../../src/selector/selector.js';
import { tiered } from '../../src/selector/tiered.js';
import { aPool, MINUTE, ok } from '../helpers/pool.js';

const COUNT = 200;
const LARGE = { tokens: 600 };
const SMALL = { tokens: 10 };
const limits = { tokens: { limit: 1_000, windowMs: MINUTE } };
const many = Array.from({ length: COUNT }, (_, index) => ({
  id: `k${index}`,
  secret: `secret-of-k${index}`,
  tier: index % 2,
}));

/** How often a selector was asked. */
function counted(inner: Selector) {
  const asked = { times: 0 };
  const selector: Selector = {
    neverDeclines: inner.neverDeclines ?? false,
    add: (seat) => inner.add(seat),
    remove: (seat) => inner.remove(seat),
    update: (seat) => inner.update(seat),
    leased: (seat, request) => inner.leased?.(seat, request),
    forget: (seat) => inner.forget?.(seat),
    next: (request) => {
      asked.times += 1;
      return inner.next(request);
    },
  };
  return { selector, asked };
}

/** A pool of many keys each of which has 400 tokens left, with a lease of each; a large call was refused. */
function spent(inner = roundRobin(), keys = many) {
  const { selector, asked } = counted(inner);
  const { pool, clock } = aPool({ keys, limits, selector });
  const leases = keys.map(() => pool.tryAcquire(LARGE));
  expect(pool.tryAcquire(LARGE)).toBeUndefined();
  asked.times = 0;
  return { pool, clock, leases, asked };
}

describe('what many ready keys refused', () => {
  it('is refused again without asking them', () => {
    const { pool, asked } = spent();
    expect(pool.tryAcquire(LARGE)).toBeUndefined();
    expect(pool.tryAcquire({ tokens: 900 })).toBeUndefined();
    expect(asked.times).toBe(0);
  });

  it('does not keep a smaller call from being served', () => {
    const { pool } = spent();
    expect(pool.tryAcquire(SMALL)).toBeDefined();
    expect(pool.tryAcquire({ tokens: 400 })).toBeDefined();
  });

  it('is served by the key that gets something back, unasked', () => {
    const { pool, leases, asked } = spent();
    leases[77]?.settle({ tokens: 100 });
    expect(pool.tryAcquire(LARGE)?.id).toBe(leases[77]?.id);
    expect(pool.tryAcquire(LARGE)).toBeUndefined();
    expect(asked.times).toBe(0);
  });

  it('is served at the very instant that was foretold', async () => {
    const { pool, clock } = spent();
    const readyAt = pool.earliestAvailability(LARGE) ?? Number.NaN;
    await clock.advance(readyAt - 1 - clock.now());
    expect(pool.tryAcquire(LARGE)).toBeUndefined();
    await clock.advance(1);
    expect(pool.tryAcquire(LARGE)).toBeDefined();
  });

  it('is served by a key that is added', () => {
    const { pool } = spent();
    pool.addKey({ id: 'new', secret: 'secret-of-new' });
    expect(pool.tryAcquire(LARGE)?.id).toBe('new');
  });

  it('is served by a key that takes the place of another', async () => {
    const { pool, clock } = spent();
    await pool.removeKey('k5', { drain: false });
    pool.addKey({ id: 'new', secret: 'secret-of-new' });
    expect(pool.tryAcquire(LARGE)?.id).toBe('new');
    await clock.advance(MINUTE);
    const served = many.map(() => pool.tryAcquire(LARGE)?.id);
    expect(new Set(served).size).toBe(COUNT);
    expect(served).not.toContain('k5');
  });

  it('is served by a key whose limit turns out to be higher', () => {
    const { pool, leases } = spent();
    const headers = {
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': '950',
      'x-ratelimit-reset-tokens': '3s',
    };
    leases[3]?.settle({ tokens: 50 });
    leases[3]?.observe({ ...ok, headers });
    expect(pool.tryAcquire(LARGE)?.id).toBe(leases[3]?.id);
  });

  it('is served by a key that comes back from a rest', async () => {
    const { pool, clock } = spent();
    pool.addKey({ id: 'new', secret: 'secret-of-new' });
    pool.cooldown('new', { forMs: 5 });
    expect(pool.tryAcquire(LARGE)).toBeUndefined();
    await clock.advance(5);
    expect(pool.tryAcquire(LARGE)?.id).toBe('new');
  });

  it('is the selector’s to choose where several can serve it', () => {
    const { pool, leases } = spent(tiered(roundRobin()));
    const [odd, even] = [1, 0].map((tier) => leases.find((lease) => lease?.key.tier === tier));
    odd?.settle({ tokens: 0 });
    even?.settle({ tokens: 0 });
    expect(pool.tryAcquire(LARGE)?.id).toBe(even?.id);
    expect(pool.tryAcquire(LARGE)?.id).toBe(odd?.id);
  });

  it('is a function’s to decline, even where one key alone can serve it', () => {
    let isWilling = true;
    const choose = fromFunction((ready) => (isWilling ? ready[0] : undefined));
    const { pool, leases } = spent(choose, many.slice(0, 40));
    isWilling = false;
    leases[0]?.settle({ tokens: 0 });
    expect(pool.tryAcquire(LARGE)).toBeUndefined();
    isWilling = true;
    expect(pool.tryAcquire(LARGE)?.id).toBe(leases[0]?.id);
  });

  it('is told apart by size, however many sizes there are', () => {
    const { pool, leases } = spent();
    for (let tokens = 401; tokens < 1_000; tokens += 1) {
      expect(pool.tryAcquire({ tokens })).toBeUndefined();
    }
    leases[9]?.settle({ tokens: 100 });
    expect(pool.tryAcquire({ tokens: 901 })).toBeUndefined();
    expect(pool.tryAcquire({ tokens: 900 })?.id).toBe(leases[9]?.id);
  });
});

it('tells who waits when it is served, and serves them then, however many keys refused', async () => {
  const { pool, clock, leases, asked } = spent();
  const waiting = [pool.acquire(LARGE), pool.acquire({ tokens: 800 })];
  const foretold = pool.earliestAvailability(LARGE) ?? Number.NaN;
  expect(foretold).toBe(clock.now() + (200 / 1_000) * MINUTE);
  asked.times = 0;
  // Nobody who waits is served by these.
  for (const lease of leases.slice(1, 50)) lease?.release();
  expect(asked.times).toBe(0);
  leases[0]?.settle({ tokens: 0 });
  expect((await waiting[0])?.id).toBe(leases[0]?.id);
  await clock.advance((400 / 1_000) * MINUTE);
  expect((await waiting[1])?.id).toMatch(/^k/);
});
