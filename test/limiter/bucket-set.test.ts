import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dimension, Limits, Rate } from '../../src/key/key.js';
import { MAX_POLICIES } from '../../src/limiter/bucket-set.js';
import { QuotaLimiter, type QuotaReservation } from '../../src/limiter/quota-limiter.js';
import type { LimitReading, LimitUpdate } from '../../src/limits/limit-update.js';
import { type Bucket, createBucket } from '../../src/testing/fake-provider/bucket.js';
import { costOf } from '../helpers/cost.js';
import { property } from '../helpers/proof.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const perMinute = (limit: number): Rate => ({ limit, windowMs: MINUTE });
const minute = { kind: 'refill', windowMs: MINUTE } as const;
const day = { kind: 'refill', windowMs: DAY } as const;

const aLimiter = (limits: Limits = {}, meteredLate: readonly Dimension[] = []) =>
  new QuotaLimiter({ limits, meteredLate, transitMs: 0 }, 0);

function taken(limiter: QuotaLimiter, usage = {}, now = 0): QuotaReservation {
  const reservation = limiter.tryTake(costOf(usage), now);
  if (reservation === undefined) throw new Error('refused');
  return reservation;
}

/** Takes calls until one is refused; returns how many, 2,000 at most. */
function fill(limiter: QuotaLimiter, now = 0): number {
  let count = 0;
  while (count < 2_000 && limiter.tryTake(costOf({}), now) !== undefined) count += 1;
  return count;
}

/** Two limits of requests, the first of them the dimension's reading. */
const both = (first: LimitReading, second: LimitReading): LimitUpdate => ({
  requests: { policy: 'first', ...first },
  extra: { second: { policy: 'second', dimension: 'requests', ...second } },
});

describe('two policies of one dimension', () => {
  const aDayAndAMinute = both(
    { limit: 1_000, remaining: 500, ...day },
    { limit: 50, remaining: 49, ...minute },
  );

  it('hold both, and do not take each other for the same limit', () => {
    const limiter = aLimiter();
    limiter.learn(aDayAndAMinute, 0, taken(limiter));
    expect(fill(limiter)).toBe(49);
    expect(limiter.readyAt(costOf({}), 0)).toBe(1_200);
    expect(fill(limiter, MINUTE)).toBe(50);
  });

  it('show the one that binds', () => {
    const limiter = aLimiter();
    limiter.learn(aDayAndAMinute, 0, taken(limiter));
    expect(limiter.view(0).requests).toMatchObject({ limit: 50, remaining: 49, windowMs: MINUTE });
    const spent = { limit: 1_000, remaining: 3, ...day };
    limiter.learn(both(spent, { limit: 50, remaining: 48, ...minute }), 0, taken(limiter));
    expect(limiter.view(0).requests).toMatchObject({ limit: 1_000, remaining: 3, windowMs: DAY });
    expect(limiter.load(0)).toBe(0.997);
  });

  it('are learned once: the same readings change no limit', () => {
    const limiter = aLimiter();
    expect(limiter.learn(aDayAndAMinute, 0, taken(limiter))).toBe(true);
    expect(limiter.learn(aDayAndAMinute, 0, taken(limiter))).toBe(false);
    const other = both({ limit: 1_000, remaining: 498, ...day }, { limit: 40, ...minute });
    expect(limiter.learn(other, 0, taken(limiter))).toBe(true);
  });

  it('refuse a cost above either of them', () => {
    const limiter = aLimiter();
    limiter.learn(aDayAndAMinute, 0, taken(limiter));
    expect(limiter.exceeded(costOf({ requests: 51 }))).toEqual({
      dimension: 'requests',
      limit: 50,
    });
  });

  it('ignore further ones than a few: names come from upstream', () => {
    const limiter = aLimiter();
    for (let index = 0; index < MAX_POLICIES; index += 1) {
      const requests = { policy: `p${index}`, limit: 100, remaining: 99, ...minute };
      limiter.learn({ requests }, 0, taken(limiter));
    }
    const requests = { policy: 'one too many', limit: 1, remaining: 0, ...minute };
    expect(limiter.learn({ requests }, 0, taken(limiter))).toBe(false);
    expect(taken(limiter).draws).toHaveLength(1 + MAX_POLICIES);
  });

  it('need no bucket for what says nothing', () => {
    const limiter = aLimiter();
    limiter.learn({ requests: { policy: 'p', limit: 0, remaining: 0 } }, 0, taken(limiter));
    limiter.learn({ requests: { policy: 'p', limit: 5, derived: true } }, 0);
    limiter.learn({ extra: { images: { limit: 5, remaining: 0 } } }, 0);
    expect(taken(limiter).draws).toHaveLength(1);
  });

  it('let go of a zero without an end one window after it was read', () => {
    const limiter = aLimiter();
    const window = { kind: 'window', windowMs: MINUTE } as const;
    const spent = { limit: 50, remaining: 0, ...window };
    limiter.learn(both({ limit: 1_000, remaining: 900, ...day }, spent), 0, taken(limiter));
    expect(limiter.tryTake(costOf({}), 0)).toBeUndefined();
    expect(limiter.readyAt(costOf({}), 0)).toBe(MINUTE);
    expect(fill(limiter, MINUTE)).toBe(50);
  });
});

describe('a configured limit beside one over another window', () => {
  it('is kept: headers of a day do not let out what a minute does not allow', () => {
    const limiter = aLimiter({ requests: perMinute(30) });
    const requests = { limit: 1_000, remaining: 999, windowMs: DAY };
    limiter.learn({ requests }, 0, taken(limiter));
    expect(fill(limiter)).toBe(29);
    expect(limiter.view(0).requests).toMatchObject({ limit: 30, source: 'configured' });
  });

  it('gives way to the other where that has less left', () => {
    const limiter = aLimiter({ requests: perMinute(30) });
    const requests = { limit: 1_000, remaining: 5, ...day };
    limiter.learn({ requests }, 0, taken(limiter));
    expect(fill(limiter)).toBe(5);
    expect(fill(limiter, MINUTE)).toBe(0);
  });

  it('is kept where a preset knows that headers tell of another window', () => {
    const fallbacks = { requests: day };
    const limits = { requests: perMinute(30) };
    const limiter = new QuotaLimiter({ limits, fallbacks, transitMs: 0 }, 0);
    limiter.learn({ requests: { limit: 1_000, remaining: 999 } }, 0, taken(limiter));
    expect(fill(limiter)).toBe(29);
    expect(fill(limiter, MINUTE)).toBe(30);
  });

  it('is what readings are of, whatever a preset knows, while its window explains them', () => {
    const window = { kind: 'window', windowMs: 60 * MINUTE } as const;
    const limits = { requests: { ...perMinute(30), kind: 'window' as const } };
    const limiter = new QuotaLimiter({ limits, fallbacks: { requests: window } }, 0);
    const reading = { limit: 20, remaining: 19 };
    limiter.learn({ requests: { ...reading, resetAt: 40_000 } }, 0, taken(limiter));
    expect(taken(limiter).draws).toHaveLength(1);
    limiter.learn({ requests: { ...reading, resetAt: 30 * MINUTE } }, 0, taken(limiter));
    expect(taken(limiter).draws).toHaveLength(2);
  });

  it('is kept where evidence shows that readings are of another window', () => {
    const limiter = aLimiter({ requests: { limit: 1_000, windowMs: DAY } });
    for (const used of [2, 4, 6]) {
      const requests = { limit: 30, remaining: 30 - used, resetAt: used * 2_000 };
      limiter.learn({ requests }, 0, taken(limiter));
    }
    expect(limiter.exceeded(costOf({ requests: 31 }))?.limit).toBe(30);
    expect(fill(limiter)).toBe(24);
    expect(fill(limiter, 10 * MINUTE)).toBe(30);
  });

  it('holds as the smaller one where windows agree', () => {
    const limiter = aLimiter({ requests: perMinute(30) });
    const requests = { limit: 20, remaining: 19, windowMs: MINUTE };
    limiter.learn({ requests }, 0, taken(limiter));
    expect(fill(limiter)).toBe(19);
    expect(taken(limiter, {}, MINUTE).draws).toHaveLength(1);
  });

  it('is the policy that has its window', () => {
    const limiter = aLimiter({ requests: perMinute(30) });
    const tenSeconds = { limit: 10, remaining: 9, windowMs: 10_000 };
    const update = both({ limit: 25, remaining: 24, windowMs: MINUTE }, tenSeconds);
    limiter.learn(update, 0, taken(limiter));
    expect(taken(limiter).draws).toHaveLength(2);
    expect(fill(limiter)).toBe(8);
  });
});

describe('a call older than a policy', () => {
  const late = (): readonly [QuotaLimiter, QuotaReservation, QuotaReservation] => {
    const limiter = aLimiter({ outputTokens: perMinute(1_000) }, ['outputTokens']);
    const calls = [60, 40].map((outputTokens) => taken(limiter, { outputTokens }));
    const [first, second] = calls;
    if (first === undefined || second === undefined) throw new Error('refused');
    const reading = { policy: 'hour', limit: 300, remaining: 300, windowMs: 60 * MINUTE } as const;
    limiter.learn({ outputTokens: { ...reading, kind: 'refill' } }, 0, first);
    return [limiter, first, second];
  };
  const left = (limiter: QuotaLimiter) => limiter.view(0).outputTokens?.remaining;

  it('has its late output pending on both, and charged once on each', () => {
    const [limiter, first, second] = late();
    expect(left(limiter)).toBe(200);
    limiter.settle(first, { outputTokens: 10 }, 0);
    expect(left(limiter)).toBe(250);
    limiter.settle(first, { outputTokens: 10 }, 0);
    limiter.release(first, 0);
    expect(left(limiter)).toBe(250);
    limiter.release(second, 0);
    expect(left(limiter)).toBe(250);
    expect(limiter.exceeded(costOf({ outputTokens: 301 }))?.limit).toBe(300);
  });

  it('counts on it even if it was settled before', () => {
    const limiter = aLimiter();
    const [first, second] = [taken(limiter), taken(limiter)];
    limiter.settle(first, { requests: 3 }, 0);
    const requests = { policy: 'p', limit: 50, remaining: 50, ...minute };
    limiter.learn({ requests }, 0, second);
    expect(limiter.view(0).requests?.remaining).toBe(46);
  });

  it('is taken off a reading of the policy as off any', () => {
    const limiter = aLimiter({ requests: perMinute(1_000) });
    const [first] = [taken(limiter), taken(limiter), taken(limiter)];
    const requests = { policy: 'p', limit: 50, remaining: 20, ...day };
    limiter.learn({ requests }, 0, first);
    expect(limiter.view(0).requests?.remaining).toBe(18);
  });

  it('owes a short limit no more than that ever gives', () => {
    const limiter = aLimiter({ requests: { limit: 10_000, windowMs: DAY } });
    for (let count = 0; count < 500; count += 1) taken(limiter);
    const requests = { policy: 'p', limit: 60, remaining: 59, ...minute };
    limiter.learn({ requests }, 0, taken(limiter));
    expect(limiter.readyAt(costOf({}), 0)).toBe(1_000);
  });
});

describe('a merge of limiters with policies', () => {
  const hour = { policy: 'hour', limit: 300, remaining: 300, kind: 'refill' } as const;
  const update = { outputTokens: { ...hour, windowMs: 60 * MINUTE } };
  const one = () => aLimiter({ outputTokens: perMinute(1_000) }, ['outputTokens']);
  const left = (limiter: QuotaLimiter) => limiter.view(0).outputTokens?.remaining;

  for (const [who, knows] of [
    ['both know', [true, true]],
    ['the heir knows', [true, false]],
    ['the absorbed one knows', [false, true]],
  ] as const) {
    it(`counts every call once on a policy that ${who}`, () => {
      const [into, from] = [one(), one()];
      const calls = [into, from].map((each) => taken(each, { outputTokens: 50 }));
      if (knows[0]) into.learn(update, 0, calls[0]);
      if (knows[1]) from.learn(update, 0, calls[1]);
      into.absorb(from, 0);
      into.learn(update, 0, taken(into, { outputTokens: 50 }));
      expect(left(into)).toBe(150);
      for (const call of calls) {
        call.limiter.settle(call, { outputTokens: 20 }, 0);
        call.limiter.release(call, 0);
      }
      expect(left(into)).toBe(210);
    });
  }

  it('follows a chain of them', () => {
    const [last, into, from] = [one(), one(), one()];
    const call = taken(from, { outputTokens: 50 });
    from.learn(update, 0, call);
    into.absorb(from, 0);
    last.absorb(into, 0);
    last.learn(update, 0, taken(last, { outputTokens: 50 }));
    from.settle(call, { outputTokens: 0 }, 0);
    from.release(call, 0);
    expect(left(last)).toBe(250);
  });
});

describe('two true limits behind the readings of both', () => {
  const rate = fc.record({
    limit: fc.integer({ min: 5, max: 60 }),
    windowMs: fc.constantFrom(10_000, MINUTE, 60 * MINUTE),
    kind: fc.constantFrom('refill' as const, 'window' as const),
  });
  const readingOf = ({ limit, windowMs, kind }: Required<Rate>, bucket: Bucket, now: number) => ({
    limit,
    windowMs,
    kind,
    remaining: Math.floor(bucket.level(now)),
    resetAt: bucket.wholeAt(now),
  });

  property(
    'are never overrun, whatever they are',
    [rate, rate, fc.array(fc.nat(15_000), { minLength: 10, maxLength: 60 })],
    (first, second, pauses) => {
      const limiter = aLimiter();
      const buckets = [createBucket(first, 0), createBucket(second, 0)] as const;
      let now = 0;
      for (const pause of pauses) {
        now += pause;
        for (;;) {
          const call = limiter.tryTake(costOf({}), now);
          if (call === undefined) break;
          for (const bucket of buckets) {
            expect(bucket.waitMs(1, now)).toBe(0);
            bucket.charge(1, now);
          }
          const [one, other] = buckets;
          limiter.learn(both(readingOf(first, one, now), readingOf(second, other, now)), now, call);
          limiter.release(call, now);
        }
      }
    },
  );
});
