import { describe, expect, it, vi } from 'vitest';
import { isKeyPoolError, SpendProbeError } from '../../src/core/errors.js';
import { MemoryRotationStore } from '../../src/rotation/memory-rotation-store.js';
import { SpendChecker } from '../../src/spend/spend-checker.js';
import type { SpendProbe, SpendReading } from '../../src/spend/spend-probe.js';
import { aPool, keys } from '../helpers/pool.js';
import { aChecker, held, Provider } from './a-checker.js';

const outcomes = (report: { checks: readonly { id: string; outcome: string }[] }) =>
  Object.fromEntries(report.checks.map(({ id, outcome }) => [id, outcome]));

/** A store with keys `a`, `b`, … and backups. */
async function aStore(active: number, backups: readonly string[]) {
  const store = new MemoryRotationStore();
  await store.addKeys(keys(active));
  await store.addBackups(backups.map((id) => ({ id, secret: `secret-of-${id}` })));
  return store;
}

describe('checkAll', () => {
  it('asks about every key at once and shows what each has spent', async () => {
    const { checker, pool, provider } = aChecker();
    provider.says('a', { spent: 4, limit: 10 });
    provider.says('b', { remaining: 3, unit: 'cny', scope: 'account' });
    const report = await checker.checkAll();
    expect(outcomes(report)).toEqual({ a: 'ok', b: 'ok' });
    expect(pool.keys().map(({ spend }) => spend)).toMatchObject([
      { spent: 4, limit: 10, unit: 'usd' },
      { remaining: 3, unit: 'cny' },
    ]);
    expect(pool.stats().spend).toEqual([
      { unit: 'usd', keys: 1, spent: 4, remaining: 6 },
      { unit: 'cny', keys: 1, remaining: 3 },
    ]);
  });

  it('costs a probe that hangs its timeout, and nobody else anything', async () => {
    const { checker, provider, clock, pool } = aChecker({}, { keys: keys(3) });
    provider.says('b', () => new Promise(() => {}));
    const seen: string[] = [];
    const sweep = checker.checkAll({
      onProgress: ({ done, total, check }) => seen.push(`${check.id} ${done}/${total}`),
    });
    await clock.advance(0);
    expect(seen).toEqual(['a 1/3', 'c 2/3']);
    await clock.advance(29_999);
    expect(seen).toHaveLength(2);
    await clock.advance(1);
    const report = await sweep;
    expect(outcomes(report)).toEqual({ a: 'ok', b: 'failed', c: 'ok' });
    expect(report.checks.map(({ ms }) => ms)).toEqual([0, 30_000, 0]);
    expect(report.checks[1]?.error).toMatchObject({ kind: 'timeout' });
    expect(pool.stats().ready).toBe(3);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends what is late, and nothing that was asked later', async () => {
    const { pool, clock } = aPool({ keys: keys(12) });
    const signals = new Map<string, AbortSignal>();
    const probe: SpendProbe = ({ id }, { signal }) => {
      signals.set(id, signal);
      return new Promise(() => {});
    };
    const checker = new SpendChecker({ pool, probe, clock });
    const early = [...'abcdefghijk'].map((id) => checker.check(id));
    await clock.advance(10_000);
    const late = checker.check('l');
    await clock.advance(20_000);
    await Promise.all(early);
    const ended = [...signals].filter(([, { aborted }]) => aborted).map(([id]) => id);
    expect(ended.join('')).toBe('abcdefghijk');
    await clock.advance(10_000);
    expect(await late).toMatchObject({ outcome: 'failed', error: { kind: 'timeout' } });
    expect(signals.get('l')?.aborted).toBe(true);
  });

  it('goes on after the pool itself failed', async () => {
    const { checker, pool } = aChecker({}, { keys: keys(1) });
    const key = pool.key.bind(pool);
    let asked = 0;
    vi.spyOn(pool, 'key').mockImplementation((id) => {
      asked += 1;
      // Once the check is under way.
      if (asked === 2) throw new Error('out of order');
      return key(id);
    });
    await expect(checker.check('a')).rejects.toThrow('out of order');
    expect(await checker.check('a')).toMatchObject({ outcome: 'ok' });
    await checker.stop();
  });

  it('takes an error for a failure that does not even tell its message', async () => {
    const { checker, provider } = aChecker({}, { keys: keys(1) });
    const hostile = Object.defineProperty(new Error(), 'message', {
      get: () => {
        throw new Error('no message');
      },
    });
    provider.says('a', hostile);
    const { checks } = await checker.checkAll();
    expect(checks[0]).toMatchObject({ outcome: 'failed', error: { kind: 'probe' } });
  });

  it('lets no failure of a probe harm a key', async () => {
    const { checker, provider, pool } = aChecker();
    provider.says('a', new Error('boom secret-of-a'));
    const report = await checker.checkAll();
    expect(outcomes(report)).toEqual({ a: 'failed', b: 'ok' });
    expect(report.checks[0]?.error).toMatchObject({ code: 'SPEND_PROBE_FAILED', kind: 'probe' });
    expect(String(report.checks[0]?.error)).not.toContain('secret-of-a');
    expect(pool.stats().ready).toBe(2);
  });

  it.each<[string, object]>([
    ['spent', { spent: '4' }],
    ['limit', { limit: Number.NaN }],
    ['remaining', { remaining: Infinity }],
    ['unit', { unit: '' }],
    ['scope', { scope: 'galaxy' }],
    ['asOf', { asOf: 'now' }],
  ])('names the field %s of a reading that is none', async (field, figures) => {
    const { checker, provider } = aChecker();
    provider.says('a', figures as Partial<SpendReading>);
    const { error } = (await checker.check('a')) as { error: SpendProbeError };
    expect(error.message).toContain(`The probe's ${field}: expected`);
  });

  it.each<[string, Partial<SpendReading>, string]>([
    ['only a limit', { limit: 10 }, 'failed'],
    ['no figure', {}, 'failed'],
    ['only that there is no limit', { limit: null }, 'ok'],
    ['only that nothing may be spent', { limit: 0 }, 'no-backup'],
    ['only that the budget is used up', { limit: 10, exceeded: true }, 'no-backup'],
  ])('takes a reading of %s for what it guards', async (_, figures, outcome) => {
    const { checker, provider } = aChecker();
    provider.says('a', figures);
    const check = await checker.check('a');
    expect(check.outcome).toBe(outcome);
    if (outcome === 'failed') expect(check).toMatchObject({ error: { kind: 'body' } });
  });

  it('says why it skips a key', async () => {
    const { checker, pool } = aChecker({ shouldCheck: ({ id }) => id !== 'c' }, { keys: keys(3) });
    pool.disable('a');
    const { checks } = await checker.checkAll();
    expect(checks).toMatchObject([
      { id: 'a', outcome: 'skipped', why: 'not active; it is disabled' },
      { id: 'b', outcome: 'ok' },
      { id: 'c', outcome: 'skipped', why: 'not its turn' },
    ]);
  });

  it('tells its progress key by key, those skipped too', async () => {
    const { checker } = aChecker({ shouldCheck: ({ id }) => id !== 'b' }, { keys: keys(3) });
    const told: unknown[] = [];
    await checker.checkAll({ onProgress: ({ done, total }) => told.push([done, total]) });
    expect(told).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('writes why a probe failed, and no row for a key that was skipped', async () => {
    const { checker, provider, history } = aChecker({}, { keys: keys(1) });
    const refused = new SpendProbeError('status', 'no', { status: 401, retryAfterMs: 60_000 });
    provider.says('a', refused);
    await checker.checkAll();
    expect(outcomes(await checker.checkAll())).toEqual({ a: 'skipped' });
    expect(await history.list()).toMatchObject([{ ok: false, error: 'status', status: 401 }]);
  });

  it.each<[string, unknown]>([
    [
      'throws at once',
      () => {
        throw new Error('bad');
      },
    ],
    [
      'rejects with what is hardly an error',
      () => Promise.reject(Object.assign(new Error('x'), { message: 42 })),
    ],
  ])('takes a probe for failed that %s', async (_, probe) => {
    const { checker, pool, clock } = aChecker({ probe: probe as SpendProbe, concurrency: 1 });
    expect(outcomes(await checker.checkAll())).toEqual({ a: 'failed', b: 'failed' });
    expect(pool.stats().ready).toBe(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes a reading that is no promise', async () => {
    const probe = (_: unknown, { now }: { now: number }) => ({
      unit: 'usd',
      scope: 'key',
      asOf: now,
      spent: 1,
    });
    const { checker } = aChecker({ probe: probe as never });
    expect(outcomes(await checker.checkAll())).toEqual({ a: 'ok', b: 'ok' });
  });

  it('gives the place of a question that is interrupted to the next, once', async () => {
    const traits = { lagMs: 60_000 };
    const { checker, provider } = aChecker({ concurrency: 1 }, { keys: keys(4) }, traits);
    await checker.checkAll();
    provider.asked.length = 0;
    const answers = ['a', 'c', 'd'].map((id) => {
      const answer = held<object>();
      provider.says(id, () => answer.promise);
      return answer;
    });
    const sweep = checker.checkAll();
    await vi.waitFor(() => expect(provider.asked).toEqual(['a']));
    // Its turn has not come; the ledger decides.
    checker.record('b', 11);
    answers[0]?.resolve({ spent: 0, limit: 10 });
    await vi.waitFor(() => expect(provider.asked).toEqual(['a', 'c']));
    answers[1]?.resolve({ spent: 0, limit: 10 });
    await vi.waitFor(() => expect(provider.asked).toEqual(['a', 'c', 'd']));
    answers[2]?.resolve({ spent: 0, limit: 10 });
    expect(outcomes(await sweep)).toMatchObject({ a: 'ok', b: 'no-backup', c: 'ok', d: 'ok' });
  });

  it('joins the check of a key that is under way', async () => {
    const { checker, provider } = aChecker();
    const answer = held<object>();
    provider.says('a', () => answer.promise);
    const first = checker.check('a');
    const second = checker.checkAll();
    answer.resolve({ spent: 1 });
    expect(await first).toBe((await second).checks[0]);
    expect(provider.asked).toEqual(['a', 'b']);
  });

  it('keeps to the concurrency it is given, in order', async () => {
    const { checker, provider } = aChecker({ concurrency: 2 }, { keys: keys(4) });
    const answers = ['a', 'b', 'c', 'd'].map((id) => {
      const answer = held<object>();
      provider.says(id, () => answer.promise);
      return answer;
    });
    const sweep = checker.checkAll();
    await vi.waitFor(() => expect(provider.asked).toEqual(['a', 'b']));
    answers[1]?.resolve({ spent: 0, limit: 10 });
    await vi.waitFor(() => expect(provider.asked).toEqual(['a', 'b', 'c']));
    for (const answer of answers) answer.resolve({});
    expect((await sweep).checks).toHaveLength(4);
  });

  it('asks about one account once, and counts its money once', async () => {
    const account = ({ id }: { id: string }) => (id === 'c' ? 'other' : 'shared');
    const { checker, provider, pool, history } = aChecker({ account }, { keys: keys(3) });
    for (const id of ['a', 'b', 'c']) provider.says(id, { remaining: 5 });
    expect(outcomes(await checker.checkAll())).toEqual({ a: 'ok', b: 'ok', c: 'ok' });
    expect(provider.asked).toEqual(['a', 'c']);
    expect(pool.stats().spend).toEqual([{ unit: 'usd', keys: 3, remaining: 10 }]);
    expect(await history.list()).toHaveLength(3);
  });

  it('asks another key of the account after one has failed', async () => {
    const { checker, provider } = aChecker({ account: () => 'shared' });
    provider.says('a', new SpendProbeError('status', 'no'));
    await checker.checkAll();
    expect(outcomes(await checker.checkAll())).toEqual({ a: 'ok', b: 'ok' });
    expect(provider.asked).toEqual(['a', 'b']);
  });

  it('waits as long as the provider says, for that key alone', async () => {
    const { checker, provider, clock } = aChecker();
    provider.says('a', new SpendProbeError('status', 'no', { status: 429, retryAfterMs: 60_000 }));
    await checker.checkAll();
    provider.says('a', { spent: 1 });
    const { checks } = await checker.checkAll();
    expect(checks).toMatchObject([{ outcome: 'skipped' }, { outcome: 'ok' }]);
    expect(checks[0]?.why).toContain('60 s');
    await clock.advance(60_000);
    expect(outcomes(await checker.checkAll())).toEqual({ a: 'ok', b: 'ok' });
  });

  it('survives hooks that throw', async () => {
    const broken = () => {
      throw new Error('broken');
    };
    const { checker } = aChecker({ isActive: broken, shouldCheck: broken, account: broken });
    const report = await checker.checkAll({ onProgress: broken });
    expect(outcomes(report)).toEqual({ a: 'ok', b: 'ok' });
  });
});

describe('a key over its budget', () => {
  it.each([
    ['is used up', { spent: 10, limit: 10 }, 'budget_exceeded'],
    ['is nearly used up', { spent: 9, limit: 10 }, 'proactive_threshold'],
    ['is nothing', { spent: 0, limit: 0 }, 'budget_exceeded'],
    ['leaves nothing', { remaining: 0 }, 'budget_exceeded'],
    ['is in debt', { remaining: -0.5 }, 'budget_exceeded'],
    ['leaves less than it must', { remaining: 2 }, 'proactive_threshold'],
    ['is used up, as the provider says', { exceeded: true }, 'budget_exceeded'],
  ] as const)('that %s is rotated', async (_, figures, reason) => {
    const store = await aStore(2, ['spare']);
    const { checker, provider, pool, history } = aChecker({ minRemaining: 2 }, { store });
    const heard: unknown[] = [];
    pool.on('overBudget', (event) => heard.push(event));
    provider.says('b', figures);
    const { checks } = await checker.checkAll();
    expect(checks[1]).toMatchObject({ id: 'b', outcome: 'rotated', newId: 'spare' });
    expect(heard).toMatchObject([{ id: 'b', reason, spend: figures }]);
    expect(pool.keys().map(({ id }) => id)).toEqual(['a', 'spare']);
    expect(await history.list({ event: 'rotated' })).toMatchObject([
      { keyId: 'b', event: 'rotated', reason, replacedBy: 'spare', generation: 1, ok: true },
    ]);
    expect(await store.history()).toMatchObject([{ from: 'b', to: 'spare', reason }]);
  });

  it.each([
    ['no limit', { spent: 1e6, limit: null }],
    ['no known limit', { spent: 1e6 }],
    ['credits beyond its limit', { spent: 6_000, limit: 5_000, remaining: 2_000 }],
  ])('needs a budget: one with %s stays', async (_, figures) => {
    const { checker, provider, pool } = aChecker();
    provider.says('a', figures);
    expect(await checker.check('a')).toMatchObject({ outcome: 'ok' });
    expect(pool.stats().ready).toBe(2);
  });

  it('is rotated once, whoever else notices, and writes no row for what another did', async () => {
    const store = await aStore(1, ['spare', 'other']);
    const one = aChecker({}, { store });
    const two = aPool({ store });
    const late = new SpendChecker({
      pool: two.pool,
      probe: one.provider.probe,
      history: one.history,
      clock: two.clock,
    });
    one.provider.says('a', { spent: 10, limit: 10 });
    const [first, second] = await Promise.all([one.checker.checkAll(), late.checkAll()]);
    const said = [first, second].map(({ checks }) => checks[0]?.outcome).sort();
    expect(said).toEqual(['already-rotated', 'rotated']);
    expect([first, second].map(({ checks }) => checks[0]?.newId)).toEqual(['spare', 'spare']);
    expect(await one.history.list({ event: 'rotated' })).toHaveLength(1);
    expect(await store.countBackups()).toBe(1);
  });

  it('is not spared by the loss cap: figures are evidence', async () => {
    const store = await aStore(4, ['w', 'x', 'y', 'z']);
    const { checker, provider } = aChecker({}, { store });
    for (const { id } of keys(4)) provider.says(id, { spent: 10, limit: 10 });
    const { checks } = await checker.checkAll();
    expect(checks.map(({ outcome }) => outcome)).toEqual(Array(4).fill('rotated'));
  });

  it('is parked without a backup, and comes back when its money does', async () => {
    const { checker, provider, pool, history } = aChecker();
    const heard: string[] = [];
    pool.on('exhausted', ({ id, reason }) => heard.push(`${id} ${reason}`));
    provider.says('a', { spent: 9.5, limit: 10 });
    expect(await checker.check('a')).toMatchObject({ outcome: 'no-backup' });
    expect(await checker.check('a')).toMatchObject({ outcome: 'no-backup' });
    expect(heard).toEqual(['a proactive_threshold']);
    expect(pool.keys()[0]).toMatchObject({
      state: 'exhausted',
      exhaustedFor: 'proactive_threshold',
    });
    provider.says('a', { spent: 9.5, limit: 20 });
    expect(await checker.check('a')).toMatchObject({ outcome: 'ok' });
    expect(pool.keys()[0]).toMatchObject({ state: 'ready' });
    const events = (await history.list()).map(({ event }) => event);
    expect(events).toEqual(['exhausted', undefined, 'recovered']);
  });

  it('comes back after a reset, but not from another cause, nor when disabled by hand', async () => {
    const { checker, provider, pool } = aChecker({}, { keys: keys(3) });
    for (const id of ['a', 'b', 'c']) provider.says(id, { spent: 8, limit: 10 });
    await checker.checkAll();
    await pool.rotate('a', { reason: 'budget_exceeded' });
    await pool.rotate('b', { reason: 'invalid_key' });
    await pool.rotate('c', { reason: 'budget_exceeded' });
    pool.disable('c');
    for (const id of ['a', 'b', 'c']) provider.says(id, { spent: 0, limit: 10 });
    await checker.checkAll();
    const states = pool.keys().map(({ state }) => state);
    expect(states).toEqual(['ready', 'exhausted', 'disabled']);
  });

  it('stays parked while nothing says that money came back', async () => {
    const { checker, provider, pool } = aChecker();
    provider.says('a', { spent: 5, limit: 10 });
    await checker.check('a');
    await pool.rotate('a', { reason: 'budget_exceeded' });
    provider.says('a', { spent: 6, limit: 10 });
    await checker.check('a');
    expect(pool.keys()[0]?.state).toBe('exhausted');
  });

  it('does not hide that a store fails', async () => {
    const store = await aStore(1, []);
    const { checker, provider } = aChecker({}, { store });
    await checker.checkAll();
    store.rotate = () => Promise.reject(new Error('down'));
    provider.says('a', { spent: 10, limit: 10 });
    expect(await checker.check('a')).toMatchObject({
      outcome: 'failed',
      error: { message: 'down' },
    });
  });
});

describe('history', () => {
  const failing = (failures: number) => {
    const saved: string[] = [];
    let left = failures;
    return {
      saved,
      save: async ({ keyId, event }: { keyId: string; event?: string }) => {
        left -= 1;
        if (left >= 0) throw new Error('disk full');
        saved.push(`${keyId} ${event ?? 'check'}`);
      },
      list: async () => [],
    };
  };

  it('that cannot be written blocks no rotation, and a row of one is tried again', async () => {
    const history = failing(1);
    const store = await aStore(1, ['spare']);
    const { checker, provider } = aChecker({ history }, { store });
    provider.says('a', { spent: 10, limit: 10 });
    expect(await checker.checkAll()).toMatchObject({ checks: [{ outcome: 'rotated' }] });
    expect(history.saved).toEqual([]);
    await checker.checkAll();
    expect(history.saved).toEqual(['spare check', 'a rotated']);
  });

  it('that works again gets the row of a rotation once, however many checks end together', async () => {
    const history = failing(1);
    const store = await aStore(3, ['spare']);
    const { checker, provider } = aChecker({ history }, { store });
    provider.says('a', { spent: 10, limit: 10 });
    await checker.check('a');
    await checker.checkAll();
    expect(history.saved.filter((row) => row === 'a rotated')).toHaveLength(1);
  });

  it('that hangs holds a check up for the timeout at most', async () => {
    const history = { save: () => new Promise<void>(() => {}), list: async () => [] };
    const store = await aStore(1, ['spare']);
    const { checker, provider, pool, clock } = aChecker({ history }, { store });
    provider.says('a', { spent: 10, limit: 10 });
    const sweep = checker.checkAll();
    await clock.advance(0);
    expect(pool.keys().map(({ id }) => id)).toEqual(['spare']);
    await clock.advance(30_000);
    expect(await sweep).toMatchObject({ checks: [{ outcome: 'rotated', ms: 0 }] });
  });

  it('that hangs delays no rotation by the ledger', async () => {
    const history = { save: () => new Promise<void>(() => {}), list: async () => [] };
    const lagging = { lagMs: 60_000 };
    const { checker, provider, pool, clock } = aChecker({ history }, undefined, lagging);
    provider.says('a', { spent: 1, limit: 10 });
    const first = checker.check('a');
    await clock.advance(0);
    checker.record('a', 50);
    await clock.advance(0);
    expect(pool.keys()[0]).toMatchObject({ state: 'exhausted' });
    await clock.advance(30_000);
    expect(await first).toMatchObject({ outcome: 'ok' });
  });

  it('is waited for by stop()', async () => {
    let write = () => {};
    const save = () => new Promise<void>((resolve) => (write = resolve));
    const { checker, provider, clock } = aChecker({ history: { save, list: async () => [] } });
    provider.says('a', { spent: 1, limit: 10 });
    const check = checker.check('a');
    await clock.advance(0);
    let isStopped = false;
    const stopping = checker.stop().then(() => (isStopped = true));
    await clock.advance(0);
    expect(isStopped).toBe(false);
    write();
    await Promise.all([stopping, check]);
  });
});

describe('the ledger', () => {
  it('has a key replaced before its budget is overrun, while nobody looks', async () => {
    const { checker, provider, pool, clock } = aChecker({}, undefined, { lagMs: 60_000 });
    provider.says('a', { spent: 1, limit: 10 });
    await checker.checkAll();
    await clock.advance(120_000);
    for (let call = 0; call < 85; call += 1) {
      checker.record('a', 0.1);
      await clock.advance(100);
    }
    expect(pool.keys()[0]).toMatchObject({ state: 'exhausted' });
    expect(provider.asked.filter((id) => id === 'a').length).toBeLessThan(6);
  });

  it('decides alone when the provider does not answer in time', async () => {
    const { checker, provider, pool, clock, history } = aChecker();
    provider.says('a', { spent: 1, limit: 10 });
    await checker.checkAll();
    await clock.advance(60_000);
    provider.says('a', () => new Promise(() => {}));
    checker.record('a', 5);
    checker.record('a', 4.5);
    await clock.advance(0);
    const row = { ok: false, reason: 'budget_exceeded', unseen: 9.5 };
    expect(await history.list({ event: 'exhausted' })).toMatchObject([row]);
    expect(pool.keys()[0]).toMatchObject({ state: 'exhausted', exhaustedFor: 'budget_exceeded' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('aborts a probe that it does not wait for, and no other', async () => {
    const { pool, clock } = aPool({ keys: keys(2) });
    const signals: AbortSignal[] = [];
    const probe: SpendProbe = async (_, { signal, now }) => {
      signals.push(signal);
      if (signals.length > 2) return new Promise(() => {});
      return { unit: 'usd', scope: 'key', asOf: now, spent: 5, limit: 10 };
    };
    const checker = new SpendChecker({ pool, probe: Object.assign(probe, { lagMs: 0 }), clock });
    await checker.checkAll();
    await clock.advance(1_000);
    const both = checker.checkAll();
    await clock.advance(0);
    checker.record('a', 6);
    expect(await checker.check('a')).toMatchObject({ outcome: 'no-backup' });
    expect(signals.slice(2).map(({ aborted }) => aborted)).toEqual([true, false]);
    checker.record('b', 6);
    expect(outcomes(await both)).toEqual({ a: 'no-backup', b: 'no-backup' });
    expect(signals.slice(2).map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(clock.pendingTimers).toBe(0);
    await checker.stop();
  });

  it('keeps no more probes under way than it may, though it does not wait for some', async () => {
    const ids = [...'abcde'];
    const { pool, clock } = aPool({ keys: keys(ids.length) });
    let asked = 0;
    let underWay = 0;
    let most = 0;
    const probe: SpendProbe = async (_, { signal, now }) => {
      asked += 1;
      if (asked <= ids.length) return { unit: 'usd', scope: 'key', asOf: now, spent: 5, limit: 10 };
      underWay += 1;
      most = Math.max(most, underWay);
      signal.addEventListener('abort', () => {
        underWay -= 1;
      });
      return new Promise(() => {});
    };
    const traits = { lagMs: 0 };
    const options = { pool, probe: Object.assign(probe, traits), clock, concurrency: 1 };
    const checker = new SpendChecker(options);
    await checker.checkAll();
    await clock.advance(1_000);
    const all = checker.checkAll();
    for (const id of ids) {
      await clock.advance(0);
      checker.record(id, 6);
    }
    expect(outcomes(await all)).toMatchObject({ a: 'no-backup', e: 'no-backup' });
    expect({ most, underWay }).toEqual({ most: 1, underWay: 0 });
    await checker.stop();
  });

  it('counts what a probe records of its own cost, and asks no other beside it', async () => {
    const { pool, clock } = aPool({ keys: keys(1) });
    let asked = 0;
    const probe: SpendProbe = async ({ id }, { now }) => {
      asked += 1;
      if (asked > 1) checker.record(id, 1);
      return { unit: 'usd', scope: 'key', asOf: now, spent: 4, limit: 10 };
    };
    const checker: SpendChecker = new SpendChecker({ pool, probe, clock });
    await checker.check('a');
    await clock.advance(1_000);
    checker.record('a', 5);
    await clock.advance(0);
    expect(asked).toBe(2);
    await checker.stop();
  });

  it('is corrected by the provider where that is not late', async () => {
    const { checker, provider, pool, clock } = aChecker();
    await checker.checkAll();
    await clock.advance(60_000);
    provider.says('a', { spent: 2, limit: 10 });
    checker.record('a', 9.2);
    await clock.advance(0);
    expect(provider.asked).toEqual(['a', 'b', 'a']);
    expect(pool.keys()[0]?.state).toBe('ready');
    expect(checker.forecast('a')).toMatchObject({ unit: 'usd', samples: 1 });
  });

  it('counts what is reserved until it is settled', async () => {
    const { checker, provider, pool, clock } = aChecker({}, undefined, { lagMs: 60_000 });
    provider.says('a', { spent: 0, limit: 10 });
    await checker.checkAll();
    const settle = checker.reserve('a', 5);
    settle(1);
    settle(100);
    checker.reserve('a', 7);
    await clock.advance(0);
    expect(pool.keys()[0]?.state).toBe('ready');
    checker.record('a', 1.5);
    await clock.advance(0);
    expect(pool.keys()[0]?.state).toBe('exhausted');
  });

  it('knows nothing of keys that are not in the pool', () => {
    const { checker } = aChecker();
    checker.record('gone', 5);
    checker.reserve('gone', 5)(3);
    expect(checker.forecast('gone')).toBeUndefined();
    expect(() => checker.record('a', Number.NaN)).toThrow(
      'cost: expected a finite number, 0 or above, got NaN',
    );
  });
});

describe('forecast', () => {
  it('tells by account and by unit when money ends', async () => {
    const { checker, provider, clock } = aChecker({}, { keys: keys(3) });
    provider.says('c', { remaining: 4, unit: 'credits' });
    provider.says('a', { spent: 1, limit: 10 });
    await checker.checkAll();
    await clock.advance(3_600_000);
    provider.says('a', { spent: 3, limit: 10 });
    await checker.checkAll();
    const inUsd = { unit: 'usd', burnPerHour: expect.closeTo(2), samples: 1 };
    expect(checker.forecast('a')).toEqual({
      ...inUsd,
      timeToThreshold: expect.closeTo(3 * 3_600_000),
      timeToLimit: expect.closeTo(3.5 * 3_600_000),
    });
    expect(checker.forecast('b')).toMatchObject({ burnPerHour: 0, timeToLimit: Infinity });
    expect(checker.forecast()).toMatchObject([
      { ...inUsd, samples: 2, timeToLimit: expect.closeTo(8.5 * 3_600_000) },
      { unit: 'credits', timeToLimit: Infinity },
    ]);
  });

  it('begins anew when money came back', async () => {
    const { checker, provider, clock, history } = aChecker();
    for (const spent of [1, 5, 0]) {
      provider.says('a', { spent, limit: 10 });
      await checker.check('a');
      await clock.advance(60_000);
    }
    expect(checker.forecast('a')).toMatchObject({ burnPerHour: 0, samples: 0 });
    expect((await history.list()).at(-1)).toMatchObject({ event: 'reset' });
  });
});

describe('stop', () => {
  it('aborts probes, waits for what is under way, and nothing is written after it', async () => {
    const { checker, provider, history, pool, clock } = aChecker();
    const answer = held<object>();
    provider.says('a', () => answer.promise);
    checker.start();
    await clock.advance(0);
    expect(await history.list()).toHaveLength(1);
    const sweep = checker.checkAll();
    await checker.stop();
    expect(outcomes(await sweep)).toEqual({ a: 'skipped', b: 'skipped' });
    answer.resolve({ spent: 10, limit: 10 });
    await clock.advance(3_600_000);
    checker.record('a', 100);
    await clock.advance(3_600_000);
    expect(await history.list()).toHaveLength(1);
    expect(pool.stats().ready).toBe(2);
    expect(clock.pendingTimers).toBe(0);
    const error = await checker.checkAll().catch((thrown: unknown) => thrown);
    expect(isKeyPoolError(error, 'CHECKER_STOPPED')).toBe(true);
  });

  it('lets a rotation that has begun end, with its row', async () => {
    const store = await aStore(1, ['spare']);
    const rotate = store.rotate.bind(store);
    const gate = held<void>();
    store.rotate = async (...args) => {
      await gate.promise;
      return rotate(...args);
    };
    const { checker, provider, history, clock } = aChecker({}, { store });
    provider.says('a', { spent: 10, limit: 10 });
    const sweep = checker.checkAll();
    await clock.advance(0);
    let isStopped = false;
    const stopped = checker.stop().then(() => {
      isStopped = true;
    });
    await clock.advance(0);
    expect(isStopped).toBe(false);
    gate.resolve();
    await stopped;
    expect(outcomes(await sweep)).toEqual({ a: 'rotated' });
    expect(await history.list({ event: 'rotated' })).toHaveLength(1);
  });

  it('fires the signal that probes were given', async () => {
    const { pool, clock } = aPool({ keys: keys(1) });
    const signals: AbortSignal[] = [];
    const probe = (_: unknown, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise<never>(() => {});
    };
    const checker = new SpendChecker({ pool, probe, clock });
    const sweep = checker.checkAll();
    await clock.advance(0);
    await checker.stop();
    await sweep;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('options', () => {
  const { pool } = aPool();
  const { probe } = new Provider();
  it.each<[string, object]>([
    ['pool: expected an object', { pool: undefined }],
    ['pool.recordSpend: expected a function', { pool: { ready() {}, keys() {}, key() {} } }],
    ['probe: expected a function', { probe: 5 }],
    ['options.treshold: expected "threshold", got "treshold"', { treshold: 0.5 }],
    ['schedule.min: expected "minMs", got "min"', { schedule: { min: 1 } }],
    ['threshold: expected a share above 0, to 1, got 1.5', { threshold: 1.5 }],
    ['threshold: expected a finite number above 0, got 0', { threshold: 0 }],
    ['minRemaining: expected a finite number, 0 or above', { minRemaining: -1 }],
    ['timeoutMs: expected a finite number above 0', { timeoutMs: Infinity }],
    ['concurrency: expected a whole number above 0', { concurrency: 0 }],
    ['account: expected a function', { account: 'x' }],
    ['schedule.minMs: expected', { schedule: { minMs: 0 } }],
    ['schedule.maxMs: expected schedule.minMs or more', { schedule: { minMs: 10, maxMs: 5 } }],
    ['schedule.share: expected a share', { schedule: { share: 2 } }],
    ['history.save: expected a function', { history: {} }],
    ['clock.now: expected a function', { clock: {} }],
    ['probe.lagMs: expected', { probe: Object.assign(() => {}, { lagMs: -1 }) }],
  ])('that are wrong are named: %s', (message, options) => {
    const make = () => new SpendChecker({ pool, probe, ...options } as never);
    expect(make).toThrow(message);
  });

  it('are checked before anything is asked of the pool', () => {
    const idle = aPool();
    new SpendChecker({ pool: idle.pool, probe, clock: idle.clock });
    expect(idle.clock.pendingTimers).toBe(0);
  });
});
