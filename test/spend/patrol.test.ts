import { describe, expect, it } from 'vitest';
import { SpendProbeError } from '../../src/core/errors.js';
import { MemoryRotationStore } from '../../src/rotation/memory-rotation-store.js';
import { keys, MINUTE } from '../helpers/pool.js';
import { aChecker } from './a-checker.js';

const USED = { status: 200, headers: {} };

/** A started checker of one key, and how often that was asked about. */
function aPatrol(...[options, poolOptions, traits]: Parameters<typeof aChecker>) {
  const all = aChecker(options, poolOptions ?? { keys: keys(1) }, traits);
  all.checker.start();
  const use = (id = 'a') => {
    const lease = all.pool.tryAcquire({ key: id });
    lease?.observe(USED);
    lease?.release();
  };
  return { ...all, use, asked: () => all.provider.asked.length };
}

describe('a started checker', () => {
  it('checks every key at once, and one that is not used every half hour', async () => {
    const { clock, asked } = aPatrol();
    await clock.advance(0);
    expect(asked()).toBe(1);
    await clock.advance(26 * MINUTE);
    expect(asked()).toBe(1);
    await clock.advance(6 * MINUTE);
    expect(asked()).toBe(2);
  });

  it('checks a key in use every five minutes at least, and the sooner the faster it burns', async () => {
    const { clock, asked, use, provider } = aPatrol();
    let spent = 0;
    const live = async (perMinute: number, minutes: number) => {
      const before = asked();
      for (let minute = 0; minute < minutes; minute += 1) {
        spent += perMinute;
        provider.says('a', { spent, limit: 100 });
        use();
        await clock.advance(MINUTE);
      }
      return asked() - before;
    };
    expect(await live(0, 30)).toBeLessThan(9);
    expect(await live(2.9, 30)).toBeGreaterThan(9);
  });

  it('leaves a provider alone that fails, for longer each time', async () => {
    const { clock, asked, provider, use } = aPatrol();
    provider.says('a', new SpendProbeError('status', 'no'));
    await clock.advance(0);
    use();
    await clock.advance(MINUTE);
    // At once, and 5, 15 and 35 s later.
    expect(asked()).toBe(4);
  });

  it('keeps to its schedule though the random numbers of the caller fail', async () => {
    const random = () => {
      throw new Error('no entropy');
    };
    const { clock, asked } = aPatrol({ random });
    await clock.advance(31 * MINUTE);
    expect(asked()).toBe(2);
  });

  describe('of a key that the ledger alone had parked', () => {
    /** Parked at once: the provider shows what was recorded already, and the ledger cannot know. */
    async function parked(cost: number, traits: { lagMs: number; minIntervalMs?: number }) {
      const made = aPatrol({}, { keys: keys(1) }, traits);
      const { checker, pool, clock, provider, asked } = made;
      const state = () => pool.key('a')?.view.state;
      provider.says('a', { spent: 80, limit: 100 });
      await clock.advance(1_000);
      checker.record('a', cost);
      provider.says('a', { spent: 85, limit: 100 });
      await clock.advance(10_000);
      expect(state()).toBe('exhausted');
      const before = asked();
      return { ...made, state, askedSince: () => asked() - before };
    }

    it('asks once more, when that has lapsed', async () => {
      const { clock, state, askedSince } = await parked(12, { lagMs: 60_000 });
      await clock.advance(49_000);
      expect([state(), askedSince()]).toEqual(['exhausted', 0]);
      await clock.advance(6_000);
      expect([state(), askedSince()]).toEqual(['ready', 1]);
    });

    it('asks later where a call under way came to be recorded meanwhile', async () => {
      const { checker, clock, state } = await parked(12, { lagMs: 60_000 });
      await clock.advance(20_000);
      checker.record('a', 6);
      await clock.advance(58_000);
      expect(state()).toBe('exhausted');
      await clock.advance(10_000);
      expect(state()).toBe('ready');
    });

    it('does not go on asking while a reservation holds it', async () => {
      const { checker, clock, state, askedSince } = await parked(12, { lagMs: 30_000 });
      checker.reserve('a', 12);
      await clock.advance(9 * MINUTE);
      expect(state()).toBe('exhausted');
      expect(askedSince()).toBeLessThan(4);
    });

    it('looks early when its budget begins anew', async () => {
      const { clock, provider, state, use } = aParkedWithReset();
      await clock.advance(0);
      use();
      await clock.advance(40_000);
      expect(state()).toBe('exhausted');
      provider.says('a', { spent: 0, limit: 100 });
      await clock.advance(35_000);
      expect(state()).toBe('ready');
    });

    function aParkedWithReset() {
      const made = aPatrol({}, { keys: keys(1) }, { lagMs: 20 * MINUTE });
      const resetsAt = made.clock.now() + MINUTE;
      made.provider.says('a', { spent: 80, limit: 100, resetsAt });
      const state = () => made.pool.key('a')?.view.state;
      const use = () => made.checker.record('a', 12);
      return { ...made, state, use };
    }

    it('keeps to the interval that the provider wants', async () => {
      const { clock, history, askedSince } = await parked(25, {
        lagMs: 5_000,
        minIntervalMs: 10 * MINUTE,
      });
      await clock.advance(5 * MINUTE);
      expect(askedSince()).toBe(0);
      expect((await history.list()).length).toBeLessThan(8);
    });
  });

  it('heeds Retry-After', async () => {
    const { clock, asked, provider, use } = aPatrol();
    provider.says('a', new SpendProbeError('status', 'no', { retryAfterMs: 20 * MINUTE }));
    await clock.advance(0);
    use();
    await clock.advance(20 * MINUTE - 1);
    expect(asked()).toBe(1);
    await clock.advance(1);
    expect(asked()).toBe(2);
  });

  it('looks early at a key that was refused for money, and rotates it when that is true', async () => {
    const { clock, asked, provider, pool } = aPatrol();
    await clock.advance(MINUTE);
    provider.says('a', { spent: 10, limit: 10 });
    const body = { error: { message: 'Budget has been exceeded!', code: 400 } };
    const lease = pool.tryAcquire();
    lease?.observe({ status: 400, headers: {}, body });
    lease?.release();
    expect(pool.keys()[0]?.state).toBe('cooling');
    await clock.advance(0);
    expect(asked()).toBe(2);
    expect(pool.keys()[0]).toMatchObject({ exhaustedFor: 'budget_exceeded' });
  });

  it('looks at keys that are added or take another’s place, and forgets those that leave', async () => {
    const store = new MemoryRotationStore();
    await store.addKeys(keys(1));
    await store.addBackups([{ id: 'spare', secret: 'secret-of-spare' }]);
    const { clock, provider, pool, checker } = aPatrol({}, { store });
    await clock.advance(0);
    await pool.rotate('a');
    pool.addKey({ id: 'new', secret: 'secret-of-new' });
    await clock.advance(0);
    expect(provider.asked).toEqual(['a', 'spare', 'new']);
    expect(checker.forecast('a')).toBeUndefined();
    await pool.removeKey('new');
    await clock.advance(60 * MINUTE);
    expect(provider.asked.filter((id) => id === 'new')).toHaveLength(1);
  });

  it('looks when a budget was to begin anew, and brings the key back', async () => {
    const { clock, provider, pool } = aPatrol();
    const resetsAt = clock.now() + 10 * MINUTE;
    provider.says('a', { spent: 10, limit: 10, resetsAt });
    await clock.advance(0);
    expect(pool.keys()[0]?.state).toBe('exhausted');
    provider.says('a', { spent: 0, limit: 10 });
    await clock.advance(10 * MINUTE);
    expect(pool.keys()[0]?.state).toBe('ready');
  });

  it('leaves out keys that are not to be checked', async () => {
    const { clock, asked, use } = aPatrol({ shouldCheck: () => false });
    use();
    await clock.advance(60 * MINUTE);
    expect(asked()).toBe(0);
  });

  it('waits between two questions as long as the probe wants', async () => {
    const { clock, asked, use, provider, checker } = aPatrol({}, undefined, {
      lagMs: 0,
      minIntervalMs: MINUTE,
    });
    for (let second = 0; second < 120; second += 1) {
      provider.says('a', { spent: second / 20, limit: 100 });
      use();
      checker.record('a', 0.05);
      await clock.advance(1_000);
    }
    expect(asked()).toBeLessThanOrEqual(3);
  });

  it('holds little: one timer for any number of keys', async () => {
    const { clock } = aPatrol({}, { keys: keys(20) });
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(1);
  });
});
