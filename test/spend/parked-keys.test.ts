import { describe, expect, it, vi } from 'vitest';
import { KeyPool } from '../../src/pool/key-pool.js';
import { MemoryRotationStore } from '../../src/rotation/memory-rotation-store.js';
import { SpendChecker } from '../../src/spend/spend-checker.js';
import type { SpendPool } from '../../src/spend/spend-pool.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { keys, START } from '../helpers/pool.js';
import { aChecker, aForgetfulChecker, Provider } from './a-checker.js';

const state = (pool: KeyPool, id = 'a') => pool.key(id)?.view.state;

describe.each([
  ['with a history', aChecker],
  ['without one', aForgetfulChecker],
])('a key that was parked for money comes back, %s,', (_, aChecker) => {
  it('when an estimate parked it and the provider says otherwise', async () => {
    const { pool, clock, provider, checker } = aChecker();
    provider.says('a', { spent: 0, limit: 10 });
    await checker.checkAll();
    const settle = checker.reserve('a', 10);
    await clock.advance(0);
    expect(state(pool)).toBe('exhausted');
    settle(0.01);
    await clock.advance(1_000);
    await checker.checkAll();
    expect(state(pool)).toBe('ready');
  });

  it('when its budget began anew while the ledger was full', async () => {
    const { pool, clock, provider, checker } = aChecker({}, { keys: keys(1) }, { lagMs: 60_000 });
    provider.says('a', { spent: 9, limit: 10 });
    await checker.checkAll();
    expect(state(pool)).toBe('exhausted');
    checker.record('a', 9);
    await clock.advance(1_000);
    provider.says('a', { spent: 0, limit: 10 });
    await checker.checkAll();
    await clock.advance(120_000);
    await checker.checkAll();
    expect(state(pool)).toBe('ready');
  });

  it('when another budget is the tightest now', async () => {
    const { pool, provider, checker } = aChecker({}, { keys: keys(1) });
    provider.says('a', { spent: 46, limit: 50, scope: 'team' });
    await checker.checkAll();
    expect(state(pool)).toBe('exhausted');
    provider.says('a', { spent: 1, limit: 10, scope: 'key' });
    await checker.checkAll();
    expect(state(pool)).toBe('ready');
  });

  it('when it was refused before anybody had asked, and has money now', async () => {
    const { pool, provider, checker } = aChecker({}, { keys: keys(1) });
    const body = { error: { code: 'insufficient_quota', type: 'insufficient_quota' } };
    const lease = pool.tryAcquire();
    lease?.observe({ status: 429, headers: {}, body });
    lease?.release();
    expect(state(pool)).toBe('exhausted');
    provider.says('a', { spent: 0, limit: 10 });
    await checker.checkAll();
    expect(state(pool)).toBe('ready');
  });

  it('not on a reading that says what the one before the refusal said', async () => {
    const { pool, provider, checker } = aChecker({}, { keys: keys(1) });
    provider.says('a', { spent: 1, limit: 10 });
    await checker.checkAll();
    const body = { error: { code: 'insufficient_quota', type: 'insufficient_quota' } };
    const lease = pool.tryAcquire();
    lease?.observe({ status: 429, headers: {}, body });
    lease?.release();
    for (const spent of [1, 1.5]) {
      provider.says('a', { spent, limit: 10 });
      await checker.checkAll();
      expect(state(pool)).toBe('exhausted');
    }
    provider.says('a', { spent: 1.5, limit: 20 });
    await checker.checkAll();
    expect(state(pool)).toBe('ready');
  });

  it('after a restart, from a store that does not say why', async () => {
    const clock = new FakeClock(START);
    const store = new MemoryRotationStore({ clock });
    await store.addKeys(keys(1));
    const provider = new Provider();
    const open = () => {
      const pool = new KeyPool({ store, clock });
      return { pool, checker: new SpendChecker({ pool, probe: provider.probe, clock }) };
    };
    const first = open();
    provider.says('a', { spent: 10, limit: 10 });
    await first.checker.checkAll();
    await first.checker.stop();
    await first.pool.close();
    provider.says('a', { spent: 10, limit: 100 });
    const { pool, checker } = open();
    await pool.ready();
    expect(state(pool)).toBe('exhausted');
    await checker.checkAll();
    expect(state(pool)).toBe('ready');
    await store.addBackups([{ id: 'b', secret: 'late' }]);
    await store.recover();
    expect(pool.keys().map(({ id }) => id)).toEqual(['a']);
  });
});

describe('backups of an account that is out of money', () => {
  it('are not used up one after another', async () => {
    const clock = new FakeClock(START);
    const store = new MemoryRotationStore({ clock });
    const labels = { account: 'org' };
    await store.addKeys([{ id: 'a', secret: 'sk-a', labels }]);
    await store.addBackups(['b', 'c', 'd'].map((id) => ({ id, secret: `sk-${id}`, labels })));
    const pool = new KeyPool({ store, clock });
    const provider = new Provider({ lagMs: 0, minIntervalMs: 60_000 });
    const money = { spent: 92, limit: 100, scope: 'account' as const };
    for (const id of ['a', 'b', 'c', 'd']) provider.says(id, money);
    const account = ({ labels }: { labels: Readonly<Record<string, string>> }) => labels['account'];
    const checker = new SpendChecker({ pool, probe: provider.probe, account, clock });
    checker.start();
    await clock.advance(600_000);
    expect(await store.countBackups()).toBe(2);
    expect(pool.keys()).toMatchObject([{ id: 'b', state: 'cooling' }]);
    expect(provider.asked.length).toBeLessThan(6);

    for (const id of ['a', 'b', 'c', 'd']) provider.says(id, { ...money, limit: 1_000 });
    await clock.advance(3_600_000);
    expect(pool.keys()).toMatchObject([{ id: 'b', state: 'ready' }]);
    // What else it rests for is none of the checker's business.
    pool.cooldown('b', { forMs: 7_200_000, reason: 'by hand' });
    await clock.advance(3_600_000);
    expect(pool.keys()).toMatchObject([{ id: 'b', state: 'cooling' }]);
    await checker.stop();
  });
});

it('a check that the pool fails rejects the report, and nothing else', async () => {
  const unheard = vi.fn();
  process.on('unhandledRejection', unheard);
  const { pool, provider } = aChecker();
  const broken: SpendPool = {
    ready: () => pool.ready(),
    keys: () => pool.keys(),
    key: () => {
      throw new Error('no pool');
    },
    recordSpend: () => undefined,
    rotate: (id, options) => pool.rotate(id, options),
    cooldown: () => undefined,
    enable: () => undefined,
    on: () => () => undefined,
  };
  const checker = new SpendChecker({ pool: broken, probe: provider.probe });
  const onProgress = vi.fn();
  await expect(checker.checkAll({ onProgress })).rejects.toThrow('no pool');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unheard);
  expect(unheard).not.toHaveBeenCalled();
  expect(onProgress).not.toHaveBeenCalled();
});

it('a key that leaves the pool while it is dealt with takes no other along', async () => {
  const unheard = vi.fn();
  process.on('unhandledRejection', unheard);
  for (const make of [aChecker, aForgetfulChecker]) {
    const { pool, provider, checker } = make({ account: () => 'shared' }, { keys: keys(3) });
    provider.says('a', { spent: 10, limit: 10, scope: 'account' });
    await checker.checkAll();
    expect(state(pool, 'c')).toBe('exhausted');
    for (const id of ['a', 'b', 'c']) provider.says(id, { spent: 0, limit: 10, scope: 'account' });
    pool.on('spendChecked', ({ id }) => id === 'a' && pool.removeKey('a', { drain: false }));
    const { checks } = await checker.checkAll({ onProgress: () => undefined });
    expect(checks).toMatchObject([
      { id: 'a', outcome: 'skipped', why: 'it left the pool' },
      { id: 'b', outcome: 'ok' },
      { id: 'c', outcome: 'ok' },
    ]);
    expect(pool.keys()).toMatchObject([{ state: 'ready' }, { state: 'ready' }]);
  }
  // That is when Node tells of them.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unheard);
  expect(unheard).not.toHaveBeenCalled();
});
