import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bucket } from '../../src/limiter/bucket.js';
import type { Draw } from '../../src/limiter/draw.js';
import { type BucketOptions, bucketPlan } from '../../src/limiter/limit-plan.js';
import type { LimitReading } from '../../src/limits/limit-update.js';
import { property } from '../helpers/proof.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const aBucket = (options: Partial<BucketOptions> = {}) =>
  new Bucket(bucketPlan({ transitMs: 0, isMeteredLate: false, ...options }), 0);
const perMinute = (limit: number) => ({ limit, windowMs: MINUTE });
/** A kind that is stated ends all doubt about the shape. */
const refill = { kind: 'refill', windowMs: MINUTE } as const;

/** The answer to a call that was sent and answered at `now`. */
const read = (bucket: Bucket, reading: LimitReading, draw: Draw, now = 0) =>
  bucket.learn(reading, now, draw, 0);

describe('the two levels of a bucket', () => {
  it('admits by the reading where others spend too', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    read(bucket, { limit: 100, remaining: 30, ...refill }, bucket.take(1, 1, 0));
    expect(bucket.available(0)).toBe(30);
    expect(bucket.fits(30, 0)).toBe(true);
    expect(bucket.fits(31, 0)).toBe(false);
  });

  it('admits by the own count where the reading misses what is on its way', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    const first = bucket.take(1, 1, 0);
    bucket.take(80, 2, 0);
    read(bucket, { limit: 100, remaining: 99, ...refill }, first);
    expect(bucket.available(0)).toBe(19);
  });

  it('takes from a reading what was reserved since its request was sent', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    const first = bucket.take(1, 1, 0);
    bucket.take(20, 2, 0);
    bucket.take(5, 3, 0);
    read(bucket, { limit: 100, remaining: 50, ...refill }, first);
    expect(bucket.available(0)).toBe(25);
  });

  it('takes later calls from the reading too', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    read(bucket, { limit: 100, remaining: 50, ...refill }, bucket.take(1, 1, 0));
    bucket.take(20, 2, 0);
    expect(bucket.available(0)).toBe(30);
  });

  it('lets the reading regrow at the rate of the limit', () => {
    const bucket = aBucket({ configured: perMinute(60) });
    read(bucket, { limit: 60, remaining: 0, ...refill }, bucket.take(1, 1, 0));
    expect(bucket.available(10_000)).toBe(10);
    expect(bucket.readyAt(20, 10_000)).toBe(20_000);
  });
});

describe('the order of readings', () => {
  it('goes by when requests were sent, not by when they were answered', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    const [first, second] = [bucket.take(1, 1, 0), bucket.take(1, 2, 0)];
    read(bucket, { limit: 100, remaining: 40, ...refill }, second);
    read(bucket, { limit: 100, remaining: 90, ...refill }, first);
    expect(bucket.available(0)).toBe(40);
  });

  it('ignores a lower remaining of an older request as well', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    const [first, second] = [bucket.take(1, 1, 0), bucket.take(1, 2, 0)];
    read(bucket, { limit: 100, remaining: 98, ...refill }, second);
    read(bucket, { limit: 100, remaining: 3, ...refill }, first);
    expect(bucket.available(0)).toBe(98);
  });

  it('still learns the limit from an older request', () => {
    const bucket = aBucket();
    const [first, second] = [bucket.take(1, 1, 0), bucket.take(1, 2, 0)];
    read(bucket, { remaining: 40 }, second);
    read(bucket, { limit: 80, remaining: 79 }, first);
    expect(bucket.limit).toBe(80);
    expect(bucket.available(0)).toBe(40);
  });

  it('learns the limit alone from a response to nobody it knows', () => {
    const bucket = aBucket();
    bucket.learn({ limit: 80, remaining: 3 }, 0, undefined, 0);
    expect(bucket.available(0)).toBe(80);
  });
});

describe('the end of a reading', () => {
  it('comes at its reset while the limit is unknown: a stale zero holds nothing back', () => {
    const bucket = aBucket();
    read(bucket, { remaining: 0, resetAt: 20_000 }, bucket.take(1, 1, 0));
    expect(bucket.fits(1, 19_999)).toBe(false);
    expect(bucket.readyAt(1, 0)).toBe(20_000);
    expect(bucket.fits(1, 20_000)).toBe(true);
  });

  it('comes after a minute where neither limit nor reset are known', () => {
    const bucket = aBucket();
    read(bucket, { remaining: 0 }, bucket.take(1, 1, 0));
    expect(bucket.readyAt(1, 0)).toBe(MINUTE);
    expect(bucket.fits(1, MINUTE)).toBe(true);
  });

  it('comes with the stated end of a window, a second late at most', () => {
    const bucket = aBucket({ configured: { ...perMinute(10), kind: 'window' } });
    read(bucket, { limit: 10, remaining: 0, resetAt: 20_000 }, bucket.take(1, 1, 0));
    expect(bucket.fits(1, 19_000)).toBe(false);
    expect(bucket.available(21_000)).toBe(10);
  });

  it('comes with the own end of a window where no reset is stated', () => {
    const bucket = aBucket({ configured: { ...perMinute(10), kind: 'window' } });
    read(bucket, { limit: 10, remaining: 0 }, bucket.take(1, 1, 0));
    expect(bucket.fits(1, 5 * MINUTE)).toBe(true);
  });

  it('comes by itself once a refilled bucket is whole again', () => {
    const bucket = aBucket({ configured: perMinute(60) });
    read(bucket, { limit: 60, remaining: 0, ...refill }, bucket.take(1, 1, 0));
    expect(bucket.available(10 * MINUTE)).toBe(60);
  });

  it('is ignored when it says less than nothing: a reset past already', () => {
    const bucket = aBucket({ configured: { ...perMinute(10), kind: 'window' } });
    read(bucket, { limit: 10, remaining: 0, resetAt: 1_000 }, bucket.take(1, 1, 5_000), 5_000);
    expect(bucket.available(5_000)).toBe(9);
  });
});

describe('a shape in doubt', () => {
  const inDoubt = { limit: 60, remaining: 30, resetAt: 30_000 };

  it('keeps a reading from regrowing until a second after its reset', () => {
    const bucket = aBucket();
    read(bucket, inDoubt, bucket.take(1, 1, 0));
    expect(bucket.available(30_000)).toBe(30);
    expect(bucket.readyAt(31, 0)).toBe(31_000);
    expect(bucket.available(31_000)).toBe(60);
  });

  it('ends with a second reading whose reset has moved as a refill has it', () => {
    const bucket = aBucket();
    read(bucket, inDoubt, bucket.take(1, 1, 0));
    read(bucket, { ...inDoubt, remaining: 20, resetAt: 40_000 }, bucket.take(10, 2, 0));
    expect(bucket.available(10_000)).toBe(30);
  });

  it('does not end while the reset stays where it is: it may be the end of a window', () => {
    const bucket = aBucket();
    for (const order of [1, 2, 3]) read(bucket, inDoubt, bucket.take(0, order, 0));
    expect(bucket.available(10_000)).toBe(30);
  });

  it('returns with a reading that contradicts the shape', () => {
    const bucket = aBucket();
    for (const used of [1, 2, 3]) {
      const draw = bucket.take(1, used, 0);
      read(bucket, { limit: 60, remaining: 60 - used, resetAt: used * 1_000 }, draw);
    }
    read(bucket, { limit: 60, remaining: 56, resetAt: 50_000 }, bucket.take(1, 4, 0));
    expect(bucket.available(4_000)).toBe(56);
  });
});

describe('a learned limit', () => {
  it('recounts the own level when it is lower: what was used stays used', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    bucket.take(60, 1, 0);
    bucket.learn({ limit: 50 }, 0, undefined, 0);
    expect(bucket.available(0)).toBe(-10);
  });

  it('recounts the own level when it is higher, and mints no burst', () => {
    const bucket = aBucket();
    const draw = bucket.take(40, 1, 0);
    bucket.learn({ limit: 50 }, 0, undefined, 0);
    read(bucket, { limit: 200 }, draw);
    expect(bucket.available(0)).toBe(160);
  });

  it('never gives more than the limit at one instant, however often it changes', () => {
    const bucket = aBucket();
    let admitted = 0;
    for (let order = 1; order <= 100; order += 1) {
      bucket.learn({ limit: order % 2 === 0 ? 10 : 40 }, 0, undefined, 0);
      if (!bucket.fits(1, 0)) continue;
      bucket.take(1, order, 0);
      admitted += 1;
    }
    expect(admitted).toBeLessThanOrEqual(40);
  });

  it('is capped by the configured one', () => {
    const bucket = aBucket({ configured: perMinute(50) });
    read(bucket, { limit: 1_000, remaining: 999, ...refill }, bucket.take(1, 1, 0));
    expect(bucket.limit).toBe(50);
    expect(bucket.available(0)).toBe(49);
  });

  it('does not refill faster than the configured one either', () => {
    const bucket = aBucket({ configured: { limit: 10, windowMs: DAY } });
    read(bucket, { limit: 10, remaining: 9, ...refill }, bucket.take(1, 1, 0));
    bucket.take(9, 2, 0);
    expect(bucket.available(MINUTE)).toBeLessThan(1);
  });

  it('that falls after an hour of steady use does not bring an hour of debt', () => {
    const bucket = aBucket();
    bucket.take(60, 1, 0);
    bucket.learn({ limit: 120, ...refill }, 0, undefined, 0);
    for (let second = 1; second <= 3_600; second += 1) {
      const draw = bucket.take(2, 1 + second, second * 1_000);
      read(bucket, { limit: 120, remaining: 60, ...refill }, draw, second * 1_000);
    }
    bucket.learn({ limit: 60, ...refill }, HOUR, undefined, 0);
    expect(bucket.available(HOUR)).toBeGreaterThanOrEqual(-60);
  });

  it('of a late dimension charges nothing for the hour it stood idle', () => {
    const bucket = aBucket({ configured: perMinute(120), isMeteredLate: true });
    bucket.settle(bucket.take(10, 1, HOUR), 10, HOUR);
    bucket.learn({ limit: 60, ...refill }, HOUR, undefined, 0);
    expect(bucket.available(HOUR)).toBe(50);
  });

  it('first heard of long after the calls starts with what is used now', () => {
    const bucket = aBucket();
    for (let order = 1; order <= 100; order += 1) bucket.take(1, order, 0);
    read(bucket, { limit: 100, remaining: 99, ...refill }, bucket.take(1, 101, HOUR), HOUR);
    expect(bucket.available(HOUR)).toBe(99);
  });

  it('shown as empty with a reset past its window is in debt', () => {
    const bucket = aBucket();
    for (const order of [1, 2, 3]) {
      const reading = { limit: 30_000, remaining: 30_000 - order * 1_000, resetAt: order * 2_000 };
      read(bucket, reading, bucket.take(1_000, order, 0));
    }
    read(bucket, { limit: 30_000, remaining: 0, resetAt: 505_000 }, bucket.take(1_000, 4, 0));
    expect(bucket.readyAt(1, 0)).toBeGreaterThan(440_000);
  });
});

describe('values that say nothing', () => {
  it('of a limit change nothing', () => {
    for (const limit of [0, -1, -500]) {
      const bucket = aBucket({ configured: perMinute(10) });
      const draw = bucket.take(1, 1, 0);
      read(bucket, { limit }, draw);
      expect(bucket.limit).toBe(10);
      expect(bucket.available(0)).toBe(9);
      expect(bucket.hasLearned).toBe(false);
    }
  });

  it.each([0, -1])('of both a limit and what remains change nothing: %i', (value) => {
    const bucket = aBucket();
    read(bucket, { limit: value, remaining: value }, bucket.take(1, 1, 0));
    expect(bucket.fits(1, 0)).toBe(true);
    expect(bucket.hasLearned).toBe(false);
  });

  it('believe a negative remaining of a real limit: it is a debt', () => {
    const bucket = aBucket();
    read(bucket, { limit: 60, remaining: -60, ...refill }, bucket.take(1, 1, 0));
    expect(bucket.available(0)).toBe(-60);
    expect(bucket.readyAt(1, 0)).toBe(61_000);
  });
});

describe('a change of shape', () => {
  it('from refill to window loses nothing that was used', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    bucket.take(70, 1, 0);
    bucket.learn({ limit: 100, kind: 'window', windowMs: MINUTE }, 0, undefined, 0);
    expect(bucket.available(0)).toBe(30);
    expect(bucket.available(59_999)).toBe(30);
    expect(bucket.available(MINUTE)).toBe(100);
  });

  it('from window to refill loses nothing that was used', () => {
    const bucket = aBucket({ configured: { ...perMinute(100), kind: 'window' } });
    bucket.take(70, 1, 0);
    bucket.learn({ limit: 100, ...refill }, 0, undefined, 0);
    expect(bucket.available(0)).toBe(30);
    expect(bucket.available(30_000)).toBe(80);
  });

  it('carries over what the reading knew of others', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    read(bucket, { limit: 100, remaining: 20, ...refill }, bucket.take(1, 1, 0));
    bucket.learn({ limit: 100, kind: 'window', windowMs: MINUTE }, 0, undefined, 0);
    expect(bucket.available(0)).toBe(20);
  });

  it('keeps a debt', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    const draw = bucket.take(100, 1, 0);
    bucket.settle(draw, 150, 0);
    bucket.learn({ limit: 100, kind: 'window', windowMs: MINUTE }, 0, undefined, 0);
    expect(bucket.available(0)).toBe(-50);
  });

  it('gives nothing back to a call of a window that was over before it', () => {
    const bucket = aBucket({ configured: { ...perMinute(100), kind: 'window' } });
    const old = bucket.take(50, 1, 0);
    bucket.take(50, 2, MINUTE);
    bucket.learn({ limit: 100, ...refill }, MINUTE, undefined, 0);
    bucket.take(50, 3, MINUTE);
    bucket.settle(old, 0, MINUTE);
    expect(bucket.available(MINUTE)).toBe(0);
  });
});

describe('a refund', () => {
  it('goes to both levels for a call sent after the one the reading answers', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    read(bucket, { limit: 100, remaining: 60, ...refill }, bucket.take(1, 1, 0));
    const draw = bucket.take(50, 2, 0);
    expect(bucket.available(0)).toBe(10);
    bucket.settle(draw, 20, 0);
    expect(bucket.available(0)).toBe(40);
  });

  it('goes to the own count only for a call sent before the one the reading answers', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    const old = bucket.take(50, 1, 0);
    read(bucket, { limit: 100, remaining: 60, ...refill }, bucket.take(1, 2, 0));
    bucket.settle(old, 0, 0);
    expect(bucket.available(0)).toBe(60);
    // The own count got it: once the reading is off, the own one is whole again.
    expect(bucket.available(40_000)).toBe(100);
  });

  it('raises the own count by no more than its smallest headroom since', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    const old = bucket.take(50, 1, 0);
    bucket.take(100, 2, MINUTE);
    bucket.settle(old, 0, MINUTE);
    expect(bucket.available(MINUTE)).toBe(0);
  });

  it('never reaches the next window', () => {
    const bucket = aBucket({ configured: { ...perMinute(100), kind: 'window' } });
    const old = bucket.take(50, 1, 0);
    bucket.take(60, 2, MINUTE);
    bucket.settle(old, 0, MINUTE);
    expect(bucket.available(MINUTE)).toBe(40);
  });

  it('said twice counts once', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    const [first, second] = [bucket.take(1, 1, 0), bucket.take(50, 2, 0)];
    bucket.take(10, 3, MINUTE);
    bucket.learn({ limit: 100, remaining: 70, ...refill }, MINUTE, first, MINUTE);
    expect(bucket.available(MINUTE)).toBe(10);
    bucket.settle(second, 0, MINUTE);
    expect(bucket.available(MINUTE)).toBe(60);
    bucket.settle(second, 0, MINUTE);
    expect(bucket.available(MINUTE)).toBe(60);
  });

  it('can be taken back: the last word counts', () => {
    const bucket = aBucket({ configured: perMinute(100) });
    const draw = bucket.take(50, 1, 0);
    bucket.settle(draw, 0, 0);
    bucket.settle(draw, 70, 0);
    expect(bucket.available(0)).toBe(30);
  });
});

describe('a correction near the end of a window', () => {
  it('counts in the next window, as the call itself does', () => {
    const bucket = aBucket({ configured: { ...perMinute(100), kind: 'window' } });
    bucket.take(1, 1, 0);
    const atEdge = bucket.take(10, 2, 59_500);
    expect(bucket.available(60_100)).toBe(90);
    bucket.settle(atEdge, 60, 60_100);
    expect(bucket.available(60_100)).toBe(40);
  });
});

describe('a dimension metered late', () => {
  const late = () => aBucket({ configured: perMinute(100), isMeteredLate: true });

  it('holds its reservation pending, and does not regain it with time', () => {
    const bucket = late();
    bucket.take(80, 1, 0);
    expect(bucket.available(0)).toBe(20);
    expect(bucket.available(10 * MINUTE)).toBe(20);
  });

  it('charges what was written when it is settled', () => {
    const bucket = late();
    const draw = bucket.take(80, 1, 0);
    bucket.settle(draw, 30, 10 * MINUTE);
    expect(bucket.available(10 * MINUTE)).toBe(70);
  });

  it('charges the estimate at the release of what was never settled', () => {
    const bucket = late();
    const draw = bucket.take(80, 1, 0);
    bucket.release(draw, 10 * MINUTE);
    expect(bucket.available(10 * MINUTE)).toBe(20);
    bucket.release(draw, 10 * MINUTE);
    expect(bucket.available(11 * MINUTE)).toBe(100);
  });

  it('takes more than was reserved from the level: it may go into debt', () => {
    const bucket = late();
    bucket.settle(bucket.take(80, 1, 0), 150, 0);
    expect(bucket.available(0)).toBe(-50);
  });

  it('keeps what is pending out of a fresh reading', () => {
    const bucket = late();
    const first = bucket.take(30, 1, 0);
    bucket.take(30, 2, 0);
    read(bucket, { limit: 100, remaining: 100, ...refill }, first);
    expect(bucket.available(0)).toBe(40);
  });

  it('says that only a release can tell when pending calls hold all', () => {
    const bucket = late();
    bucket.take(80, 1, 0);
    expect(bucket.readyAt(30, 0)).toBe(Infinity);
    expect(bucket.readyAt(20, 0)).toBe(0);
  });
});

describe('time on the way', () => {
  it('delays the refill of a full bucket only', () => {
    const bucket = aBucket({ configured: perMinute(60), transitMs: 50 });
    bucket.take(60, 1, 0);
    expect(bucket.readyAt(1, 0)).toBe(1_050);
    bucket.take(1, 2, 1_050);
    expect(bucket.readyAt(1, 1_050)).toBe(2_050);
  });
});

describe('readyAt', () => {
  interface Step {
    readonly afterMs: number;
    readonly cost: number;
    readonly remaining: number;
    readonly resetMs: number | undefined;
    readonly kind: 'refill' | 'window' | undefined;
  }

  const step: fc.Arbitrary<Step> = fc.record({
    afterMs: fc.nat(20_000),
    cost: fc.integer({ min: 0, max: 60 }),
    remaining: fc.integer({ min: -50, max: 100 }),
    resetMs: fc.option(fc.nat(90_000), { nil: undefined }),
    kind: fc.constantFrom(undefined, undefined, 'refill', 'window'),
  });

  property(
    'of a refill or a window names an instant at which the cost fits, whatever was read',
    [fc.array(step, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 100 })],
    (steps, wanted) => {
      const bucket = aBucket();
      let now = 0;
      for (const [order, { afterMs, cost, remaining, resetMs, kind }] of steps.entries()) {
        now += afterMs;
        const draw = bucket.take(cost, order, now);
        // Without a reset a window is a bug of its own, above.
        const resetAt = now + (resetMs ?? 10_000);
        const shape = kind === undefined ? {} : { kind, windowMs: MINUTE };
        const isSaid = resetMs !== undefined || kind !== undefined;
        const reading = { limit: 100, remaining, ...(isSaid ? { resetAt } : {}), ...shape };
        bucket.learn(reading, now, draw, 0);
      }
      const readyAt = bucket.readyAt(wanted, now);
      if (bucket.fits(wanted, now)) return expect(readyAt).toBe(now);
      expect(readyAt).toBeGreaterThan(now);
      if (readyAt < Infinity) expect(bucket.fits(wanted, readyAt)).toBe(true);
    },
    { numRuns: 2_000 },
  );
});
