import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { KeyPool } from '../../src/pool/key-pool.js';
import type { KeyPoolOptions } from '../../src/pool/options.js';
import { MemoryRotationStore } from '../../src/rotation/memory-rotation-store.js';
import type { RotationStore } from '../../src/rotation/rotation-store.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { keys, ok, perMinute, START } from '../helpers/pool.js';

const invalidKey = { status: 401, headers: {}, body: { error: { code: 'invalid_api_key' } } };
const limits = perMinute(600);

async function stored(active: number, backups: number, options: KeyPoolOptions = {}) {
  const clock = new FakeClock(START);
  const store = new MemoryRotationStore({ clock });
  await store.addKeys(keys(active, { labels: { from: 'store' } }));
  await store.addBackups(
    Array.from({ length: backups }, (_, at) => ({ id: `b${at + 1}`, secret: `backup-${at + 1}` })),
  );
  const aPool = (more: KeyPoolOptions = {}) =>
    new KeyPool({ clock, limits, transitMs: 0, random: () => 0.5, store, ...options, ...more });
  return { clock, store, aPool, pool: aPool() };
}

const refuse = (pool: KeyPool) => {
  const lease = pool.tryAcquire();
  lease?.observe(invalidKey);
  lease?.release();
};

const ids = (pool: KeyPool) => pool.keys().map(({ id }) => id);

describe('a pool with a store', () => {
  it('loads it once, by itself, and adds the keys it is given', async () => {
    const { aPool, store } = await stored(2, 0);
    const pool = aPool({ keys: [{ id: 'z', secret: 'z-secret' }, ...keys(1)] });
    const load = vi.spyOn(store, 'load');
    expect(pool.tryAcquire()).toBeUndefined();
    const [lease] = await Promise.all([pool.acquire({ key: 'a' }), pool.acquire(), pool.ready()]);
    expect(lease.secret.reveal()).toBe('secret-of-a');
    expect(load).toHaveBeenCalledOnce();
    expect(ids(pool).sort()).toEqual(['a', 'b', 'z']);
    expect(pool.keys()[0]?.labels).toEqual({ from: 'store' });
  });

  it('passes a store’s failure on, and loads again at the next call', async () => {
    const { pool, store } = await stored(1, 0);
    vi.spyOn(store, 'load').mockRejectedValueOnce(new Error('no connection'));
    await expect(pool.acquire()).rejects.toThrow('no connection');
    expect((await pool.acquire()).id).toBe('a');
  });

  it('replaces a dead key by a backup, once, while its calls finish', async () => {
    const { pool, store, clock } = await stored(2, 2);
    await pool.ready();
    const [rotated, exhausted] = [vi.fn(), vi.fn()];
    pool.on('rotated', rotated);
    pool.on('exhausted', exhausted);
    const running = pool.tryAcquire({ key: 'a' });
    const dying = pool.tryAcquire({ key: 'a' });
    expect(dying?.observe(invalidKey)).toMatchObject({ action: 'rotating' });
    expect(pool.keys()[0]).toMatchObject({ id: 'a', state: 'draining' });
    expect(dying?.observe({ ...invalidKey, status: 403 })).toMatchObject({ action: 'rotating' });
    dying?.release();
    await clock.advance(0);
    expect(rotated).toHaveBeenCalledExactlyOnceWith({
      id: 'a',
      group: 'a',
      to: 'b1',
      slot: expect.any(String),
      generation: 1,
      reason: 'invalid_key',
    });
    expect(ids(pool).sort()).toEqual(['a', 'b', 'b1']);
    expect(running?.observe(invalidKey)).toMatchObject({ action: 'none' });
    running?.release();
    expect(ids(pool).sort()).toEqual(['b', 'b1']);
    expect(exhausted).not.toHaveBeenCalled();
    expect(await store.countBackups()).toBe(1);
    expect(pool.tryAcquire({ key: 'b1' })?.secret.reveal()).toBe('backup-1');
  });

  it('lets callers wait for the successor of the only key', async () => {
    const { pool, clock } = await stored(1, 1);
    const call = vi.fn(({ id }: { readonly id: string }) => (id === 'b1' ? ok : invalidKey));
    const done = pool.run({}, call);
    await clock.advance(10);
    expect(await done).toBe(ok);
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('keeps a key that has no backup, and replaces it within a second of one', async () => {
    const { pool, store, clock } = await stored(1, 0);
    await pool.ready();
    const exhausted = vi.fn();
    pool.on('exhausted', exhausted);
    refuse(pool);
    await clock.advance(5_000);
    expect(exhausted).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ id: 'a', reason: 'invalid_key' }),
    );
    expect(pool.keys()).toMatchObject([{ id: 'a', state: 'exhausted' }]);
    await store.addBackups([{ id: 'late', secret: 'late-backup' }]);
    await clock.advance(1_000);
    expect(ids(pool)).toEqual(['late']);
    expect(pool.tryAcquire()?.id).toBe('late');
  });

  it('tries again when the store fails, later each time', async () => {
    const { pool, store, clock } = await stored(1, 1);
    await pool.ready();
    const failed = vi.fn();
    pool.on('rotationFailed', failed);
    const rotate = vi.spyOn(store, 'rotate');
    for (let time = 0; time < 3; time += 1) rotate.mockRejectedValueOnce(new Error('no primary'));
    refuse(pool);
    await clock.advance(500);
    expect(failed).toHaveBeenCalledExactlyOnceWith({
      id: 'a',
      group: 'a',
      reason: 'invalid_key',
      error: expect.objectContaining({ message: 'no primary' }),
    });
    await clock.advance(20_000);
    expect(failed).toHaveBeenCalledTimes(3);
    expect(ids(pool)).toEqual(['b1']);
  });

  it('stays in step with another pool of the same store', async () => {
    const { pool, aPool, clock } = await stored(3, 3);
    const other = aPool();
    await Promise.all([pool.ready(), other.ready()]);
    const already = vi.fn();
    other.on('alreadyRotated', already);
    const outcomes = await Promise.all([
      pool.rotate('a', { reason: 'test' }),
      other.rotate('a', { reason: 'test' }),
    ]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['already-rotated', 'rotated']);
    await pool.rotate('b');
    await clock.advance(0);
    expect(ids(other).sort()).toEqual(ids(pool).sort());
    expect(ids(pool).sort()).toEqual(['b1', 'b2', 'c']);
  });

  it('gives a hundred who ask at once one rotation', async () => {
    const { pool, store } = await stored(1, 5);
    await pool.ready();
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => pool.rotate('a', { reason: 'test' })),
    );
    const heard = outcomes.map(({ outcome }) => outcome);
    expect(heard.filter((outcome) => outcome === 'rotated')).toHaveLength(1);
    expect(heard.filter((outcome) => outcome === 'already-rotated')).toHaveLength(99);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ key: { id: 'b1' } });
    expect(await store.countBackups()).toBe(4);
  });

  it('ends with close(): no watch, no timer, nothing taken over', async () => {
    const { pool, store, aPool, clock } = await stored(2, 2);
    const other = aPool();
    const signals: AbortSignal[] = [];
    const watch = store.watch.bind(store);
    vi.spyOn(store, 'watch').mockImplementation((onChange, options) => {
      signals.push(options.signal);
      return watch(onChange, options);
    });
    await Promise.all([pool.ready(), other.ready()]);
    await other.rotate('a');
    await other.close();
    await pool.close();
    expect(clock.pendingTimers).toBe(0);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    await store.rotate('b', { reason: 'late' });
    expect(ids(other).sort()).toEqual(['b', 'b1']);
  });
});

it('a pool without a store parks the key', async () => {
  const pool = new KeyPool({ clock: new FakeClock(START), keys: keys(2) });
  expect(await pool.rotate('a', { reason: 'leaked' })).toEqual({ outcome: 'no-backup' });
  expect(pool.keys()[0]?.state).toBe('exhausted');
  await expect(pool.rotate('zzz')).rejects.toMatchObject({ code: 'UNKNOWN_KEY' });
});

it('no secret is in any event of a rotation', async () => {
  const { pool, store, clock } = await stored(1, 1);
  await pool.ready();
  const said: unknown[] = [];
  for (const event of [
    'rotated',
    'alreadyRotated',
    'rotationFailed',
    'exhausted',
    'keyAdded',
    'keyRemoved',
  ] as const) {
    pool.on(event, (payload) => said.push(payload));
  }
  vi.spyOn(store, 'rotate').mockRejectedValueOnce(new Error('no primary'));
  refuse(pool);
  await clock.advance(2_000);
  expect(said.length).toBeGreaterThan(3);
  // Unlike JSON, it shows errors and their causes.
  const shown = inspect(said, { depth: 10, showHidden: true });
  expect(shown).toContain('no primary');
  expect(shown).not.toMatch(/secret-of|sk-|backup-1/);
});

it('a store of one’s own needs no watch', async () => {
  const { store: inner, clock } = await stored(1, 0);
  const store: RotationStore = {
    load: () => inner.load(),
    rotate: (id, options) => inner.rotate(id, options),
    recover: () => inner.recover(),
    addKeys: (added) => inner.addKeys(added),
    addBackups: (added) => inner.addBackups(added),
    countBackups: () => inner.countBackups(),
    history: (filter) => inner.history(filter),
  };
  const pool = new KeyPool({ clock, store });
  await pool.ready();
  refuse(pool);
  await clock.advance(10);
  await store.addBackups([{ id: 'late', secret: 'late-backup' }]);
  // Another process rotates it: only a reload tells.
  await inner.recover();
  await clock.advance(2_000);
  expect(ids(pool)).toEqual(['late']);
});

describe('what must not cost a backup', () => {
  it('an egress that refuses every key: half of them a minute at the most', async () => {
    const { pool, store, clock } = await stored(4, 50);
    await pool.ready();
    const call = vi.fn(() => invalidKey);
    for (let time = 0; time < 5; time += 1) {
      const done = pool.run({ maxWaitMs: 1_000 }, call).catch(() => undefined);
      await clock.advance(2_000);
      await done;
    }
    expect(await store.countBackups()).toBeGreaterThanOrEqual(48);
    expect(pool.stats().keys).toBe(4);
  });

  it('a key that the caller has enabled again while the store failed', async () => {
    const { pool, store, clock } = await stored(2, 1);
    await pool.ready();
    vi.spyOn(store, 'rotate').mockRejectedValueOnce(new Error('no primary'));
    pool.tryAcquire({ key: 'a' })?.observe(invalidKey);
    await clock.advance(100);
    pool.enable('a');
    await clock.advance(60_000);
    expect(ids(pool).sort()).toEqual(['a', 'b']);
    expect(await store.countBackups()).toBe(1);
  });
});

describe('a store that is silent', () => {
  const silent = () => new Promise<never>(() => {});

  it('is asked again, and keeps no key from its backup', async () => {
    const { pool, store, clock } = await stored(1, 0);
    await pool.ready();
    vi.spyOn(store, 'recover').mockImplementationOnce(silent);
    await pool.rotate('a');
    await store.addBackups([{ id: 'late', secret: 'late-backup' }]);
    await clock.advance(610_000);
    expect(ids(pool)).toEqual(['late']);
  });

  it('holds close() up for a minute at most', async () => {
    const { pool, store, clock } = await stored(1, 1);
    await pool.ready();
    vi.spyOn(store, 'rotate').mockImplementation(silent);
    const rotation = expect(pool.rotate('a')).rejects.toMatchObject({ code: 'STORE_FAILED' });
    const closing = pool.close();
    await clock.advance(60_000);
    await Promise.all([rotation, closing]);
  });
});

it('a rotation that began before close() is finished', async () => {
  const { pool, store } = await stored(1, 1);
  await pool.ready();
  const rotation = pool.rotate('a');
  await pool.close();
  expect(await rotation).toMatchObject({ outcome: 'rotated' });
  expect(await store.countBackups()).toBe(0);
});

describe('the events of a rotation', () => {
  const heard = (pool: KeyPool) => {
    const events: string[] = [];
    pool.on('rotated', ({ id, to, reason }) => events.push(`rotated ${id} ${to} ${reason}`));
    pool.on('alreadyRotated', ({ id, to }) => events.push(`already ${id} ${to}`));
    pool.on('exhausted', ({ id }) => events.push(`exhausted ${id}`));
    pool.on('rotationFailed', ({ id }) => events.push(`failed ${id}`));
    return events;
  };

  it('tell the pool that did it so, once, and the other that it is done', async () => {
    const { pool, aPool } = await stored(1, 1);
    const other = aPool();
    await Promise.all([pool.ready(), other.ready()]);
    const [events, othersEvents] = [heard(pool), heard(other)];
    await pool.rotate('a', { reason: 'leaked' });
    expect([events, othersEvents]).toEqual([['rotated a b1 leaked'], ['already a b1']]);
  });

  it('tell so too of a backup that came late', async () => {
    const { pool, store, clock } = await stored(1, 0);
    await pool.ready();
    const events = heard(pool);
    const groups: string[] = [];
    pool.on('rotated', ({ group }) => groups.push(group));
    await pool.rotate('a', { reason: 'leaked' });
    await store.addBackups([{ id: 'b1', secret: 'late' }]);
    await clock.advance(1_000);
    expect(events).toEqual(['exhausted a', 'rotated a b1 leaked']);
    expect(groups).toEqual(['a']);
  });

  it('tell of a key that was removed from the pool, or never was in it', async () => {
    const { pool, store } = await stored(2, 2);
    await pool.ready();
    await pool.removeKey('a');
    const events = heard(pool);
    expect(await pool.rotate('a')).toMatchObject({ outcome: 'rotated' });
    expect(await pool.rotate('nobody')).toEqual({ outcome: 'unknown-key' });
    expect(events).toEqual(['rotated a b1 by hand']);
    expect(await store.countBackups()).toBe(1);
  });

  it('do not speak of failure when only the reply was lost', async () => {
    const { pool, store } = await stored(1, 1);
    await pool.ready();
    const events = heard(pool);
    const rotate = store.rotate.bind(store);
    vi.spyOn(store, 'rotate').mockImplementationOnce(async (id, options) => {
      await rotate(id, options);
      throw new Error('connection reset');
    });
    expect(await pool.rotate('a')).toMatchObject({ outcome: 'already-rotated', key: { id: 'b1' } });
    expect(events).toEqual(['already a b1']);
  });
});

describe('a key that is enabled while it is rotated', () => {
  it.each([
    ['and there is no backup', 0, undefined],
    ['and the store fails', 1, new Error('no primary')],
  ])('stays as it was: %s', async (_, backups, failure) => {
    const { pool, store, clock } = await stored(1, backups);
    await pool.ready();
    let goOn = () => {};
    const rotate = store.rotate.bind(store);
    vi.spyOn(store, 'rotate').mockImplementationOnce(async (id, options) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      if (failure !== undefined) throw failure;
      return rotate(id, options);
    });
    refuse(pool);
    await clock.advance(0);
    pool.enable('a');
    goOn();
    await clock.advance(60_000);
    expect(pool.keys()).toMatchObject([{ id: 'a', state: 'ready' }]);
    expect(await store.countBackups()).toBe(backups);
    await store.addBackups([{ id: 'late', secret: 'late' }]);
    await store.recover();
    expect(ids(pool)).toEqual(['a']);
  });
});

it('a key that another pool enables serves here again', async () => {
  const { pool, aPool, clock } = await stored(1, 0);
  const other = aPool();
  await Promise.all([pool.ready(), other.ready()]);
  await pool.rotate('a');
  other.enable('a');
  await clock.advance(0);
  expect(pool.keys()).toMatchObject([{ id: 'a', state: 'ready' }]);
});

it('a successor with other limits than its group is taken over with those of the group', async () => {
  const { pool, store } = await stored(0, 0);
  await store.addKeys([{ id: 'a', secret: 'sk-a', group: 'org', limits: perMinute(5) }]);
  await store.addBackups([{ id: 'b', secret: 'sk-b', group: 'org', limits: perMinute(10) }]);
  await pool.ready();
  await pool.rotate('a');
  expect(pool.keys()).toMatchObject([{ id: 'b', group: 'org', state: 'ready' }]);
});

describe('a key without a backup that is good after all', () => {
  it('is left alone by the next backup once the caller says so', async () => {
    const { pool, store, clock } = await stored(1, 0);
    await pool.ready();
    refuse(pool);
    await clock.advance(100);
    expect(pool.keys()[0]?.state).toBe('exhausted');
    pool.enable('a');
    await clock.advance(100);
    await store.addBackups([{ id: 'b1', secret: 'late' }]);
    await clock.advance(5_000);
    expect(pool.keys()).toMatchObject([{ id: 'a', state: 'ready' }]);
    expect(await store.countBackups()).toBe(1);
  });

  it('is not waited for once it was removed from the pool', async () => {
    const { pool, store, clock } = await stored(2, 0);
    await pool.ready();
    await pool.rotate('a');
    await pool.removeKey('a');
    const recover = vi.spyOn(store, 'recover');
    await clock.advance(10_000);
    expect(recover.mock.calls.length).toBeLessThanOrEqual(1);
  });
});

describe('while things go wrong', () => {
  it('a successor that cannot be taken over does not bring the dead key back', async () => {
    const { pool, clock } = await stored(1, 1);
    await pool.ready();
    pool.addKey({ id: 'same', secret: 'backup-1' });
    const dead = pool.tryAcquire({ key: 'a' });
    dead?.observe(invalidKey);
    dead?.release();
    await clock.advance(10);
    expect(pool.keys().find(({ id }) => id === 'a')?.state).toBe('exhausted');
    expect(pool.tryAcquire()?.id).toBe('same');
  });

  it('a rotation between loading and watching is not missed', async () => {
    const { pool, store } = await stored(1, 1);
    const watch = store.watch.bind(store);
    vi.spyOn(store, 'watch').mockImplementation(async (onChange, options) => {
      await store.rotate('a', { reason: 'leaked' });
      await watch(onChange, options);
    });
    await pool.ready();
    expect(ids(pool)).toEqual(['b1']);
  });

  it('a store that hangs holds nobody longer than he waits', async () => {
    const { pool, store, clock } = await stored(1, 0);
    vi.spyOn(store, 'load').mockReturnValue(new Promise(() => undefined));
    const controller = new AbortController();
    const outcomes = [
      expect(pool.acquire({ maxWaitMs: 100 })).rejects.toMatchObject({ code: 'ACQUIRE_TIMEOUT' }),
      expect(pool.acquire({ signal: controller.signal })).rejects.toThrow('left'),
      expect(pool.acquire()).rejects.toMatchObject({ code: 'POOL_CLOSED' }),
    ];
    await clock.advance(100);
    controller.abort(new Error('left'));
    await clock.advance(1);
    await pool.close();
    await Promise.all(outcomes);
  });

  it('an answer after close() rotates nothing', async () => {
    const { pool, store } = await stored(1, 1);
    const lease = await pool.acquire();
    const closing = pool.close();
    lease.observe(invalidKey);
    lease.release();
    await closing;
    expect(await store.countBackups()).toBe(1);
  });
});

it('says of keys that come from the store what it says of others', async () => {
  const { pool, aPool, clock } = await stored(2, 2);
  const other = aPool();
  const [added, already] = [vi.fn(), vi.fn()];
  other.on('keyAdded', added);
  other.on('alreadyRotated', already);
  await Promise.all([pool.ready(), other.ready()]);
  expect(added.mock.calls.map(([{ id }]) => id)).toEqual(['a', 'b']);
  await pool.rotate('a', { reason: 'leaked' });
  await clock.advance(0);
  expect(already).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ id: 'a', to: 'b1', generation: 1 }),
  );
});
