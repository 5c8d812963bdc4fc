import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { Usage } from '../../src/limiter/limiter.js';
import { aPool, keys, MINUTE, ok, perMinute, START } from '../helpers/pool.js';

const tokens = (limit: number) => ({ tokens: { limit, windowMs: MINUTE } });
const remaining = (pool: ReturnType<typeof aPool>['pool']) =>
  pool.keys()[0]?.limits['default']?.tokens?.remaining;

describe('settle', () => {
  it('refunds what was reserved too much, and charges what was too little', () => {
    const { pool } = aPool({ keys: keys(1), limits: tokens(100) });
    pool.tryAcquire({ tokens: 60 })?.settle({ tokens: 20 });
    expect(remaining(pool)).toBe(80);
    pool.tryAcquire({ tokens: 10 })?.settle({ tokens: 100 });
    expect(remaining(pool)).toBe(-20);
  });

  it('lets the last word count, never both', () => {
    const { pool } = aPool({ keys: keys(1), limits: tokens(100) });
    const lease = pool.tryAcquire({ tokens: 50 });
    lease?.settle({ tokens: 10 });
    lease?.settle({ tokens: 40 });
    expect(remaining(pool)).toBe(60);
    lease?.settle({ inputTokens: 3, outputTokens: 2 });
    expect(remaining(pool)).toBe(95);
  });

  it('counts after the release only if nothing was said before', () => {
    const { pool } = aPool({ keys: keys(1), limits: tokens(100) });
    const silent = pool.tryAcquire({ tokens: 50 });
    silent?.release();
    expect(remaining(pool)).toBe(50);
    silent?.settle({ tokens: 10 });
    expect(remaining(pool)).toBe(90);
    silent?.settle({ tokens: 90 });
    expect(remaining(pool)).toBe(90);
  });

  it('leaves the estimate charged when usage never arrives, and says so', () => {
    const { pool } = aPool({ keys: keys(1), limits: tokens(100) });
    const released = vi.fn();
    pool.on('released', released);
    pool.tryAcquire({ tokens: 30 })?.release();
    expect(remaining(pool)).toBe(70);
    expect(released).toHaveBeenCalledWith(expect.objectContaining({ isEstimated: true }));
  });

  it('keeps a late-metered reservation pending until it is settled, however long that takes', async () => {
    const limits = { outputTokens: { limit: 100, windowMs: MINUTE } };
    const { pool, clock } = aPool({ keys: keys(1), limits });
    const lease = pool.tryAcquire({ outputTokens: 100 });
    await clock.advance(2 * MINUTE);
    expect(pool.tryAcquire({ outputTokens: 1 })).toBeUndefined();
    lease?.settle({ outputTokens: 40 });
    expect(pool.tryAcquire({ outputTokens: 61 })).toBeUndefined();
    expect(pool.tryAcquire({ outputTokens: 60 })).toBeDefined();
  });

  it('refuses the words of others for it, and names them without their figures', () => {
    const { pool } = aPool({ keys: keys(1), limits: tokens(100) });
    const lease = pool.tryAcquire({ tokens: 30 });
    const usage = { prompt_tokens: 5, completion_tokens: 7 };
    expect(() => lease?.settle(usage as never)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message:
          'usage: expected one of requests, tokens, inputTokens, outputTokens, got prompt_tokens, completion_tokens',
      }),
    );
    expect(remaining(pool)).toBe(70);
  });

  it.each<[string, Usage]>([
    ['no field', {}],
    ['a field that is undefined', { inputTokens: undefined } as never],
    ['the model alone', { model: 'm' } as never],
  ])('of %s says nothing: the estimate stays', (_, usage) => {
    const { pool } = aPool({ keys: keys(1), limits: tokens(100) });
    const released = vi.fn();
    pool.on('released', released);
    const lease = pool.tryAcquire({ tokens: 30 });
    lease?.settle(usage);
    lease?.release();
    expect(remaining(pool)).toBe(70);
    expect(released).toHaveBeenCalledWith(expect.objectContaining({ isEstimated: true }));
  });

  it('refuses figures that are none, and changes nothing', () => {
    const { pool } = aPool({ keys: keys(1), limits: tokens(100) });
    const lease = pool.tryAcquire({ tokens: 30 });
    expect(() => lease?.settle({ tokens: Number.NaN })).toThrow(
      'usage.tokens: expected a finite number, 0 or above, got NaN',
    );
    expect(remaining(pool)).toBe(70);
  });
});

describe('a lease', () => {
  it('was in use of its key until it came back', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(100) });
    const lease = pool.tryAcquire();
    await clock.advance(5 * MINUTE);
    lease?.release();
    expect(pool.keys()[0]?.usedAt).toBe(START + 5 * MINUTE);
    await clock.advance(MINUTE);
    expect(pool.keys()[0]?.usedAt).toBe(START + 5 * MINUTE);
  });

  it('is released once, however often that is asked', () => {
    const { pool } = aPool({ keys: keys(1) });
    const lease = pool.tryAcquire();
    pool.tryAcquire();
    lease?.release();
    lease?.release();
    expect(pool.stats().inFlight).toBe(1);
  });

  it('is released at the end of its scope by `using`', () => {
    const { pool } = aPool({ keys: keys(1) });
    {
      using lease = pool.tryAcquire();
      expect(lease?.id).toBe('a');
      expect(pool.stats().inFlight).toBe(1);
    }
    expect(pool.stats().inFlight).toBe(0);
  });

  it('is taken back when its time to live is over', async () => {
    const { pool, clock } = aPool({ keys: keys(1), leaseTtlMs: 10_000 });
    const expired = vi.fn();
    pool.on('leaseExpired', expired);
    const lease = pool.tryAcquire();
    expect(lease?.expiresAt).toBe(START + 10_000);
    await clock.advance(9_999);
    expect(pool.stats().inFlight).toBe(1);
    await clock.advance(1);
    expect(pool.stats().inFlight).toBe(0);
    expect(expired).toHaveBeenCalledWith({
      id: 'a',
      group: 'a',
      modelClass: 'default',
      heldMs: 10_000,
    });
    lease?.release();
    expect(pool.stats().inFlight).toBe(0);
  });

  it('lives on when it is renewed', async () => {
    const { pool, clock } = aPool({ keys: keys(1), leaseTtlMs: 10_000 });
    const lease = pool.tryAcquire();
    const other = pool.tryAcquire();
    await clock.advance(6_000);
    lease?.renew();
    await clock.advance(6_000);
    expect(pool.stats().inFlight).toBe(1);
    expect(lease?.expiresAt).toBe(START + 16_000);
    expect(other?.expiresAt).toBe(START + 10_000);
    await clock.advance(4_000);
    expect(pool.stats().inFlight).toBe(0);
  });

  it('is short in logs, however many are out', () => {
    const { pool } = aPool({ keys: keys(2) });
    const [lease] = [pool.tryAcquire(), pool.tryAcquire()];
    const shown = { id: 'a', modelClass: 'default', leasedAt: START, expiresAt: lease?.expiresAt };
    expect(JSON.parse(JSON.stringify(lease))).toEqual(shown);
    expect(inspect(lease)).toBe('[Lease of a]');
  });

  it('shows the key, without its secret', () => {
    const labels = { team: 'search' };
    const { pool } = aPool({ keys: keys(1, { labels }) });
    labels.team = 'changed since';
    const lease = pool.tryAcquire();
    expect(lease?.key).toMatchObject({ id: 'a', labels: { team: 'search' }, inFlight: 1 });
    expect(Object.isFrozen(lease?.key)).toBe(true);
    expect(JSON.stringify(lease?.key)).not.toContain('secret-of-a');
  });

  it('refuses to observe what is not a response', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(5) });
    const lease = pool.tryAcquire();
    // @ts-expect-error on purpose: plain JavaScript has no types to stop it
    expect(() => lease?.observe('ok')).toThrow('response: expected a response');
    expect(lease?.observe(ok).action).toBe('none');
  });
});
