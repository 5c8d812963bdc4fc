import { expect, it, vi } from 'vitest';
import { MemoryRotationStore } from '../../src/rotation/memory-rotation-store.js';
import { SpendChecker } from '../../src/spend/spend-checker.js';
import type { SpendProbe } from '../../src/spend/spend-probe.js';
import { aPool, keys } from '../helpers/pool.js';
import { aChecker } from './a-checker.js';

const outcomes = ({ checks }: { checks: readonly { id: string; outcome: string }[] }) =>
  checks.map(({ id, outcome }) => `${id} ${outcome}`);

it('many keys of one account take no longer than as many of their own', async () => {
  const many = Array.from({ length: 10_000 }, (_, index) => ({
    id: `key-number-${index}`,
    secret: `secret-${index}`,
  }));
  const probe: SpendProbe = async (_, { now }) => {
    return { unit: 'usd', scope: 'account', asOf: now, spent: 1, limit: 10 };
  };
  const timed = async (account: () => string | undefined) => {
    const { pool, clock } = aPool({ keys: many });
    const checker = new SpendChecker({ pool, probe, clock, account });
    await pool.ready();
    const startedAt = performance.now();
    await checker.checkAll({ onProgress() {} });
    return performance.now() - startedAt;
  };
  const apartMs = await timed(() => undefined);
  expect(await timed(() => 'shared')).toBeLessThan(2 * apartMs);
});

it('a rotation that ends as none may is a failure of its key', async () => {
  const store = new MemoryRotationStore();
  await store.addKeys(keys(1));
  store.rotate = async () => ({ outcome: 'busy' }) as never;
  const { checker, provider } = aChecker({}, { store });
  provider.says('a', { spent: 10, limit: 10 });
  const { checks } = await checker.checkAll();
  expect(checks).toMatchObject([{ outcome: 'failed', error: { code: 'STORE_FAILED' } }]);
  await checker.stop();
});

it('a clock that fails rejects the check under way, and nothing else', async () => {
  const { pool, clock } = aPool({ keys: keys(1) });
  let isBroken = false;
  let asked = 0;
  const probe: SpendProbe = async (_, { now }) => {
    asked += 1;
    isBroken = true;
    return { unit: 'usd', scope: 'key', asOf: now, spent: 1, limit: 10 };
  };
  const broken = {
    now: () => {
      if (isBroken) throw new Error('no time');
      return clock.now();
    },
    setTimer: clock.setTimer.bind(clock),
    clearTimer: clock.clearTimer.bind(clock),
  };
  const checker = new SpendChecker({ pool, probe, clock: broken });
  checker.start();
  isBroken = true;
  await expect(checker.check('a')).rejects.toThrow('no time');
  isBroken = false;
  await expect(checker.check('a')).rejects.toThrow('no time');
  expect(asked).toBe(1);
  isBroken = false;
  await checker.stop();
});

it('a check that fails at once leaves the one that follows it to be joined', async () => {
  const { checker, pool, clock } = aChecker({ account: () => 'shared' });
  await checker.checkAll();
  const key = pool.key.bind(pool);
  let isNew = true;
  vi.spyOn(pool, 'key').mockImplementation((id) => {
    if (id !== 'b' || !isNew) return key(id);
    isNew = false;
    // By now the check of both is under way: another has to follow.
    checker.record('a', 11);
    throw new Error('out of order');
  });
  const failing = checker.check('a');
  const joining = checker.check('a');
  await expect(failing).rejects.toThrow('out of order');
  expect(await joining).toMatchObject({ outcome: 'ok' });
  await clock.advance(0);
  await checker.stop();
});

it.each([1, 2])('is asked of nobody once isActive has stopped it, at its call %d', async (last) => {
  let calls = 0;
  const made: ReturnType<typeof aChecker> = aChecker({
    isActive: () => {
      calls += 1;
      if (calls === last) void made.checker.stop();
      return true;
    },
  });
  expect(outcomes(await made.checker.checkAll())).toEqual(['a skipped', 'b skipped']);
  expect(made.provider.asked).toEqual([]);
});
