import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { Rate } from '../../src/key/key.js';
import { QuotaLimiter, type QuotaReservation } from '../../src/limiter/quota-limiter.js';
import { costOf } from '../helpers/cost.js';
import { property } from '../helpers/proof.js';

/** One step of a random life: time passes, then a call is sent or an earlier one is settled. */
interface Step {
  readonly afterMs: number;
  readonly cost: number;
  /** Share of the cost that was really taken. */
  readonly share: number;
  /** Which of the calls still out is settled; a call is sent when there is none. */
  readonly settles: number | undefined;
}

const step: fc.Arbitrary<Step> = fc.record({
  afterMs: fc.oneof(fc.constant(0), fc.nat(500), fc.nat(90_000)),
  cost: fc.integer({ min: 1, max: 120 }),
  share: fc.oneof(fc.constant(1), fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  settles: fc.option(fc.nat(20), { nil: undefined }),
});
const steps = fc.array(step, { minLength: 1, maxLength: 200 });
const LIMIT = 100;
const MINUTE = 60_000;

/** The provider's own bucket: knows the real cost of every call when it arrives. */
class TrueBucket {
  level = LIMIT;
  #at = 0;

  charge(amount: number, now: number): void {
    this.level = Math.min(LIMIT, this.level + ((now - this.#at) * LIMIT) / MINUTE) - amount;
    this.#at = now;
  }
}

function live(
  limiter: QuotaLimiter,
  life: readonly Step[],
  visit: { sent?(actual: number, now: number): void; settled?(actual: number, now: number): void },
): void {
  const out: { reservation: QuotaReservation; actual: number }[] = [];
  let now = 0;
  for (const { afterMs, cost, share, settles } of life) {
    now += afterMs;
    const call =
      settles === undefined ? undefined : out.splice(settles % Math.max(1, out.length), 1)[0];
    if (call !== undefined) {
      limiter.settle(call.reservation, { tokens: call.actual }, now);
      limiter.release(call.reservation, now);
      visit.settled?.(call.actual, now);
      continue;
    }
    const reservation = limiter.tryTake(costOf({ tokens: cost }), now);
    if (reservation === undefined) continue;
    const actual = Math.floor(cost * share);
    out.push({ reservation, actual });
    visit.sent?.(actual, now);
  }
}

const withTokens = (rate: Rate, isLate = false) =>
  new QuotaLimiter(
    { limits: { tokens: rate }, transitMs: 0, meteredLate: isLate ? ['tokens'] : [] },
    0,
  );

describe('a limit that is known', () => {
  property(
    'is never overrun at a provider that charges when it admits, whatever is refunded',
    [steps],
    (life) => {
      const truth = new TrueBucket();
      live(withTokens({ limit: LIMIT, windowMs: MINUTE }), life, {
        sent: (actual, now) => {
          truth.charge(actual, now);
          expect(truth.level).toBeGreaterThanOrEqual(-1e-6);
        },
      });
    },
    { numRuns: 2_000 },
  );

  property(
    'is never overrun at a provider that charges while it answers',
    [steps],
    (life) => {
      const truth = new TrueBucket();
      live(withTokens({ limit: LIMIT, windowMs: MINUTE }, true), life, {
        settled: (actual, now) => {
          truth.charge(actual, now);
          expect(truth.level).toBeGreaterThanOrEqual(-1e-6);
        },
      });
    },
    { numRuns: 2_000 },
  );

  property(
    'admits no more than the limit and what it refills in any stretch of time',
    [steps],
    (life) => {
      const sent: { at: number; cost: number }[] = [];
      const unsettled = life.map((each) => ({ ...each, settles: undefined, share: 1 }));
      live(withTokens({ limit: LIMIT, windowMs: MINUTE }), unsettled, {
        sent: (cost, at) => sent.push({ at, cost }),
      });
      for (const [first, { at: from }] of sent.entries()) {
        let admitted = 0;
        for (const { at, cost } of sent.slice(first)) {
          admitted += cost;
          expect(admitted).toBeLessThanOrEqual(LIMIT + ((at - from) * LIMIT) / MINUTE + 1e-6);
        }
      }
    },
    { numRuns: 500 },
  );

  property(
    'of a window admits no more than the limit in each window',
    [steps],
    (life) => {
      const unsettled = life.map((each) => ({ ...each, settles: undefined, share: 1 }));
      let startsAt = -Infinity;
      let admitted = 0;
      live(withTokens({ limit: LIMIT, windowMs: MINUTE, kind: 'window' }), unsettled, {
        sent: (cost, at) => {
          if (at >= startsAt + MINUTE) {
            startsAt = at;
            admitted = 0;
          }
          admitted += cost;
          expect(admitted).toBeLessThanOrEqual(LIMIT);
        },
      });
    },
    { numRuns: 4000 },
  );
});

describe('a limiter of several dimensions', () => {
  const rate = (limit: number) => ({ limit, windowMs: MINUTE });

  property(
    'takes all dimensions of a cost or none',
    [fc.array(fc.tuple(fc.nat(60), fc.nat(60), fc.nat(2_000)), { maxLength: 80 })],
    (calls) => {
      const limiter = new QuotaLimiter(
        { limits: { requests: rate(20), inputTokens: rate(100), outputTokens: rate(80) } },
        0,
      );
      let now = 0;
      for (const [inputTokens, outputTokens, afterMs] of calls) {
        now += afterMs;
        const before = limiter.view(now);
        const admission = limiter.take(costOf({ inputTokens, outputTokens }), now);
        if (!admission.ok) {
          expect(limiter.view(now)).toEqual(before);
          expect(admission.readyAt).toBeGreaterThan(now);
        }
      }
    },
    { numRuns: 500 },
  );

  property(
    'gives everything back when every call turns out to have cost nothing',
    [fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 60 })],
    (costs) => {
      const limiter = new QuotaLimiter({ limits: { tokens: rate(100) } }, 0);
      const taken = costs.flatMap((tokens) => limiter.tryTake(costOf({ tokens }), 0) ?? []);
      for (const reservation of taken) {
        limiter.settle(reservation, { tokens: 0 }, 0);
        limiter.release(reservation, 0);
      }
      expect(limiter.inFlight).toBe(0);
      expect(limiter.view(0).tokens?.remaining).toBe(100);
    },
    { numRuns: 500 },
  );

  property(
    'is ready at the instant it names, and not a millisecond earlier',
    [
      fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 100 }),
    ],
    (costs, next) => {
      const limiter = new QuotaLimiter({ limits: { tokens: rate(100) } }, 0);
      for (const tokens of costs) limiter.tryTake(costOf({ tokens }), 0);
      const cost = costOf({ tokens: next });
      const readyAt = limiter.readyAt(cost, 0);
      if (readyAt > 0) expect(limiter.readyAt(cost, readyAt - 1)).toBeGreaterThan(readyAt - 1);
      expect(limiter.tryTake(cost, readyAt)).toBeDefined();
    },
    { numRuns: 500 },
  );
});
