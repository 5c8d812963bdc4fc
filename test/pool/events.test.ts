import { describe, expect, it, vi } from 'vitest';
import { aPool, keys, perMinute } from '../helpers/pool.js';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('events', () => {
  it('tell who was leased and released, without secrets', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(60) });
    const seen: unknown[] = [];
    pool.on('leased', (event) => seen.push(event));
    pool.on('released', (event) => seen.push(event));
    const lease = pool.tryAcquire({ model: 'm' });
    await clock.advance(250);
    lease?.settle({ inputTokens: 1 });
    lease?.release();
    expect(seen).toEqual([
      { id: 'a', group: 'a', modelClass: 'm', waitedMs: 0 },
      { id: 'a', group: 'a', modelClass: 'm', heldMs: 250, isEstimated: false },
    ]);
    expect(JSON.stringify(seen)).not.toContain('secret-of');
  });

  it('stand in the log too, each lease at the level of debug', () => {
    const debug = vi.fn();
    const logger = { debug, info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const { pool } = aPool({ keys: keys(1), logger });
    pool.tryAcquire();
    expect(debug).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ id: 'a' }),
      'Leased a key',
    );
  });

  it('survive a listener that throws and one whose promise rejects', async () => {
    const error = vi.fn();
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error };
    const { pool } = aPool({ keys: keys(1), logger });
    const later = vi.fn();
    pool.on('leased', () => {
      throw new Error('from a listener');
    });
    pool.on('leased', () => Promise.reject(new Error('from a promise')));
    pool.on('leased', later);
    const lease = pool.tryAcquire();
    expect(lease?.id).toBe('a');
    expect(later).toHaveBeenCalledOnce();
    await settled();
    expect(error).toHaveBeenCalledTimes(2);
  });

  it('end for a listener that is taken off, either way', () => {
    const { pool } = aPool({ keys: keys(1) });
    const [first, second] = [vi.fn(), vi.fn()];
    const stop = pool.on('leased', first);
    pool.on('leased', second);
    stop();
    pool.off('leased', second);
    pool.tryAcquire();
    expect(first).not.toHaveBeenCalled();
    expect(second).not.toHaveBeenCalled();
  });

  it('let a listener call the pool', () => {
    const { pool } = aPool({ keys: keys(2), limits: perMinute(1) });
    const inner: unknown[] = [];
    const stop = pool.on('leased', () => {
      stop();
      inner.push(pool.tryAcquire()?.id);
    });
    const outer = pool.tryAcquire()?.id;
    expect(new Set([outer, ...inner])).toEqual(new Set(['a', 'b']));
    expect(pool.tryAcquire()).toBeUndefined();
  });
});
