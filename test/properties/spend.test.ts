import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { keys } from '../helpers/pool.js';
import { property } from '../helpers/proof.js';
import { aChecker } from '../spend/a-checker.js';

const BUDGET = 100;
/** The counter shows what was spent so long ago, at the latest. */
const LAG_MS = 30_000;

/** What happens to a budget, one thing after another. */
const event = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      cost: fc.integer({ min: 0, max: 8 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('burst' as const),
      calls: fc.integer({ min: 1, max: 12 }),
      cost: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: 0, max: 400_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reset' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('top-up' as const),
      amount: fc.integer({ min: 1, max: 200 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'outage' as const }) },
);
const lives = fc.array(event, { minLength: 1, maxLength: 60 });

/** The provider's truth: what is spent, and what its counter showed when it was last flushed. */
class Budget {
  spent = 0;
  limit = BUDGET;
  isDown = false;
  #shown = 0;
  #flushedAt: number;

  constructor(now: number) {
    this.#flushedAt = now;
  }

  charge(cost: number): void {
    this.spent += cost;
  }

  reset(): void {
    this.spent = 0;
    this.#shown = 0;
  }

  /** Called often enough, so that the counter is never later than its lag. */
  tick(now: number): void {
    if (now - this.#flushedAt < LAG_MS) return;
    this.#shown = this.spent;
    this.#flushedAt = now;
  }

  get shown(): number {
    return this.#shown;
  }
}

describe('a budget under a checker whose ledger is right', () => {
  property(
    'is overrun by a part of one call at most, whatever bursts, lags, resets and outages do',
    [lives],
    async (life) => {
      const traits = { lagMs: LAG_MS };
      const { checker, pool, provider, clock } = aChecker({}, { keys: keys(1) }, traits);
      const budget = new Budget(clock.now());
      provider.says('a', async () => {
        if (budget.isDown) throw new Error('down');
        budget.tick(clock.now());
        return { spent: budget.shown, limit: budget.limit };
      });
      checker.start();
      await clock.advance(0);
      const call = async (costs: readonly number[]) => {
        for (const cost of costs) {
          const lease = pool.tryAcquire({ key: 'a' });
          if (lease === undefined) continue;
          budget.charge(cost);
          checker.record('a', cost);
          lease.release();
          await clock.advance(0);
          // What runs over is part of the one call that was under way.
          expect(budget.spent).toBeLessThan(budget.limit + cost);
        }
      };
      for (const each of life) {
        if (each.kind === 'call') await call([each.cost]);
        if (each.kind === 'burst') await call(Array(each.calls).fill(each.cost));
        if (each.kind === 'reset') budget.reset();
        if (each.kind === 'top-up') budget.limit += each.amount;
        if (each.kind === 'outage') budget.isDown = !budget.isDown;
        // In steps, so that the counter flushes when it is due.
        const ms = each.kind === 'wait' ? each.ms : 0;
        for (let left = ms; left > 0; left -= LAG_MS / 2) {
          await clock.advance(Math.min(left, LAG_MS / 2));
          budget.tick(clock.now());
        }
      }
      await checker.stop();
      await pool.close();
      expect(clock.pendingTimers).toBe(0);
    },
    { numRuns: 300 },
  );

  property(
    'serves on until near its threshold, and again after a reset',
    [fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 30, maxLength: 120 })],
    async (costs) => {
      const { checker, pool, provider, clock } = aChecker({}, { keys: keys(1) }, { lagMs: LAG_MS });
      const budget = new Budget(clock.now());
      provider.says('a', async () => {
        budget.tick(clock.now());
        return { spent: budget.shown, limit: budget.limit };
      });
      checker.start();
      await clock.advance(0);
      for (const cost of costs) {
        const lease = pool.tryAcquire({ key: 'a' });
        if (lease === undefined) break;
        budget.charge(cost);
        checker.record('a', cost);
        lease.release();
        await clock.advance(10_000);
        budget.tick(clock.now());
      }
      const isParked = pool.keys()[0]?.state === 'exhausted';
      // The ledger counts a lag's worth twice at most, which is three calls here, before it parks a key.
      if (isParked) expect(budget.spent).toBeGreaterThanOrEqual(0.9 * BUDGET - 2 * 30);
      else expect(budget.spent).toBeLessThan(BUDGET);
      budget.reset();
      await clock.advance(3_600_000);
      expect(pool.keys()[0]?.state).toBe('ready');
      await checker.stop();
    },
    { numRuns: 100 },
  );
});
