import { describe, expect, it, vi } from 'vitest';
import { aPool, keys, perMinute } from '../helpers/pool.js';

describe('close', () => {
  it('rejects who waits and gives no further lease', async () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(1) });
    const lease = pool.tryAcquire();
    const waiting = pool.acquire();
    const closing = pool.close();
    await expect(waiting).rejects.toMatchObject({ code: 'POOL_CLOSED' });
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'POOL_CLOSED' });
    expect(() => pool.tryAcquire()).toThrow('The pool is closed');
    lease?.release();
    await closing;
  });

  it('resolves when the last lease is back, and says that it waits for it', async () => {
    const info = vi.fn();
    const logger = { debug() {}, info, warn() {}, error() {} };
    const { pool, clock } = aPool({ keys: keys(1), logger });
    const lease = pool.tryAcquire();
    const closed = vi.fn();
    const closing = pool.close().then(closed);
    await clock.advance(1_000);
    expect(closed).not.toHaveBeenCalled();
    expect(info).toHaveBeenCalledWith({ inFlight: 1 }, 'The pool closes after its last lease');
    lease?.settle({ inputTokens: 1 });
    lease?.release();
    await closing;
    expect(clock.pendingTimers).toBe(0);
  });

  it('resolves when a lease that nobody returns has expired', async () => {
    const { pool, clock } = aPool({ keys: keys(1), leaseTtlMs: 5_000 });
    pool.tryAcquire();
    const closing = pool.close();
    await clock.advance(5_000);
    await closing;
    expect(clock.pendingTimers).toBe(0);
  });

  it('is the same however often it is called, and by `await using`', async () => {
    const { pool, clock } = aPool({ keys: keys(1) });
    {
      await using scoped = pool;
      scoped.tryAcquire()?.release();
    }
    await Promise.all([pool.close(), pool.close()]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('leaves no timer behind when nobody waits', () => {
    const { clock } = aPool({ keys: keys(3) });
    expect(clock.pendingTimers).toBe(0);
  });
});
