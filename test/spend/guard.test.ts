import { describe, expect, it } from 'vitest';
import { SpendProbeError } from '../../src/core/errors.js';
import type { SpendHistory } from '../../src/spend/spend-history.js';
import { keys } from '../helpers/pool.js';
import { aChecker, held } from './a-checker.js';

const outcomes = ({ checks }: { checks: readonly { id: string; outcome: string }[] }) =>
  checks.map(({ id, outcome }) => `${id} ${outcome}`);

describe('a ledger that comes to the limit', () => {
  it('is heard while a check writes its row', async () => {
    const writing = held<void>();
    let saves = 0;
    const history: SpendHistory = {
      save: async () => {
        saves += 1;
        if (saves === 1) await writing.promise;
      },
      list: async () => [],
    };
    const traits = { lagMs: 60_000 };
    const { pool, clock, checker } = aChecker({ history }, { keys: keys(1) }, traits);
    const check = checker.checkAll();
    await clock.advance(0);
    expect(saves).toBe(1);
    checker.record('a', 11);
    writing.resolve();
    await check;
    await clock.advance(0);
    expect(pool.keys()[0]?.state).toBe('exhausted');
  });

  it('is heard while the check waits for its turn to ask', async () => {
    const never = held<object>();
    const options = { concurrency: 1, threshold: 0.9 };
    const { pool, clock, provider, checker } = aChecker(
      options,
      { keys: keys(2) },
      { lagMs: 60_000 },
    );
    provider.says('a', { spent: 0, limit: 10 });
    provider.says('b', { spent: 0, limit: 10 });
    await checker.checkAll();
    provider.says('a', () => never.promise);
    const sweep = checker.checkAll();
    await clock.advance(0);
    checker.record('b', 11);
    await clock.advance(0);
    expect(pool.key('b')?.view.state).toBe('exhausted');
    await clock.advance(30_000);
    expect(outcomes(await sweep)).toEqual(['a failed', 'b no-backup']);
  });

  it('guards a key that was enabled by hand over the threshold', async () => {
    const { pool, clock, provider, checker } = aChecker({}, { keys: keys(1) }, { lagMs: 60_000 });
    provider.says('a', { spent: 9.5, limit: 10 });
    await checker.checkAll();
    pool.enable('a');
    checker.record('a', 0.6);
    await clock.advance(0);
    expect(pool.keys()[0]?.state).toBe('exhausted');
  });
});

it('at the threshold the ledger alone replaces nothing', async () => {
  const { pool, clock, provider, checker } = aChecker({}, { keys: keys(1) }, { lagMs: 60_000 });
  await checker.checkAll();
  provider.says('a', new Error('down'));
  checker.record('a', 9.1);
  await clock.advance(10_000);
  await checker.checkAll();
  expect(pool.keys()[0]?.state).toBe('ready');
  checker.record('a', 1);
  await clock.advance(0);
  expect(pool.keys()[0]?.state).toBe('exhausted');
});

it('a budget of 0 is used up, whatever else is said', async () => {
  const { provider, checker } = aChecker();
  provider.says('a', { spent: undefined as never, limit: 0 });
  provider.says('b', { spent: 1, limit: 10, others: [{ limit: 0, scope: 'team' }] });
  expect(outcomes(await checker.checkAll())).toEqual(['a no-backup', 'b no-backup']);
});

it('every budget of a reading holds', async () => {
  const { pool, provider, checker } = aChecker();
  const user = { spent: 860, limit: 1_000, scope: 'user' as const };
  provider.says('a', { spent: 5, limit: 10, others: [user] });
  provider.says('b', { spent: 5, limit: 10, others: [{ ...user, spent: 950 }] });
  expect(outcomes(await checker.checkAll())).toEqual(['a ok', 'b no-backup']);
  checker.record('a', 5);
  await checker.checkAll();
  expect(pool.key('a')?.view.spend?.others).toEqual([user]);
});

it.each([Number.NaN, -1, 1e12])('survives a Retry-After of %d ms', async (retryAfterMs) => {
  const { clock, provider, checker } = aChecker({}, { keys: keys(1) });
  provider.says('a', new SpendProbeError('status', 'slow down', { status: 429, retryAfterMs }));
  checker.start();
  await clock.advance(2 * 3_600_000);
  expect(provider.asked.length).toBeGreaterThanOrEqual(2);
  expect(provider.asked.length).toBeLessThan(60);
  await checker.stop();
});

it('a reservation that nobody settles is forgotten in the end', async () => {
  const { clock, provider, checker } = aChecker({}, { keys: keys(1) });
  provider.says('a', { spent: 0, limit: 10 });
  await checker.checkAll();
  for (let hour = 0; hour < 30; hour += 1) {
    checker.reserve('a', 0.5);
    await clock.advance(3_600_000);
    await checker.checkAll();
  }
  expect(outcomes(await checker.checkAll())).toEqual(['a ok']);
});

it('nothing is written after stop(), however late a write returns', async () => {
  const written: string[] = [];
  let fail = true;
  let release = () => {};
  const history: SpendHistory = {
    save: async ({ keyId, event }) => {
      if (fail) throw new Error('no primary');
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      written.push(`${keyId} ${event}`);
    },
    list: async () => [],
  };
  const { pool, clock, provider, checker } = aChecker({ history }, { keys: keys(3) });
  const rotate = pool.rotate.bind(pool);
  pool.rotate = async (id, options) => {
    await rotate(id, options);
    const key = { id: `new-${id}`, secret: pool.key(id)?.secret, slot: id, generation: 1 };
    return { outcome: 'rotated', key, generation: 1 } as never;
  };
  for (const id of ['a', 'b', 'c']) provider.says(id, { spent: 10, limit: 10 });
  await checker.checkAll();
  fail = false;
  const stopped = checker.stop();
  await clock.advance(60_000);
  await stopped;
  release();
  await clock.advance(0);
  release();
  await clock.advance(0);
  expect(written.length).toBeLessThanOrEqual(1);
});

describe('secrets', () => {
  it('are taken out of what a probe throws, whatever class it is of', async () => {
    const { checker, provider } = aChecker({}, { keys: [{ id: 'a', secret: 'sk-very-secret-1' }] });
    provider.says(
      'a',
      new SpendProbeError('status', 'no such key sk-very-secret-1', { status: 401 }),
    );
    const { checks } = await checker.checkAll();
    expect(String(checks[0]?.error)).not.toContain('sk-very-secret-1');
    expect(checks[0]?.error).toMatchObject({ kind: 'status', status: 401 });
  });

  it('are taken out whole, though a part of them looks like a secret of its own', async () => {
    const { checker, provider } = aChecker(
      {},
      { keys: [{ id: 'a', secret: 'first,second-half' }] },
    );
    provider.says('a', new Error('refused: key=first,second-half'));
    const { checks } = await checker.checkAll();
    expect(String(checks[0]?.error)).not.toMatch(/first|second/);
  });

  it('are not repeated where one is given for an id', async () => {
    const { checker } = aChecker({}, { keys: [{ id: 'a', secret: 'sk-very-secret-1' }] });
    const checking = checker.check('sk-very-secret-1');
    await expect(checking).rejects.toMatchObject({ code: 'UNKNOWN_KEY' });
    await expect(checking).rejects.not.toThrow('sk-very-secret-1');
  });
});

it('a pool that is closed first is asked about no more', async () => {
  const { pool, clock, provider, checker } = aChecker();
  checker.start();
  await clock.advance(1_000);
  await pool.close();
  const asked = provider.asked.length;
  await clock.advance(24 * 3_600_000);
  expect(provider.asked.length).toBe(asked);
  expect(clock.pendingTimers).toBe(0);
  await checker.stop();
});

it('a listener of progress that rejects harms nothing', async () => {
  const { checker } = aChecker();
  const onProgress = async () => {
    throw new Error('the database is down');
  };
  expect(outcomes(await checker.checkAll({ onProgress }))).toEqual(['a ok', 'b ok']);
});

it.each([
  ['asOf', { asOf: 1_700_000_000 }],
  ['resetsAt', { resetsAt: 1_700_000_000 }],
  ['reading', { spent: undefined, limit: undefined }],
])('refuses a reading whose %s makes no sense', async (field, figures) => {
  const { checker, provider } = aChecker({}, { keys: keys(1) });
  provider.says('a', { ...figures } as never);
  const { checks } = await checker.checkAll();
  expect(checks[0]).toMatchObject({ outcome: 'failed', error: { kind: 'body' } });
  expect(String(checks[0]?.error)).toContain(`The probe's ${field}`);
});
