import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBucket } from '../../src/testing/fake-provider/bucket.js';
import { goDuration } from '../../src/testing/fake-provider/go-duration.js';
import { property } from '../helpers/proof.js';

const rates = fc.record({
  limit: fc.integer({ min: 1, max: 1_000_000 }),
  windowMs: fc.integer({ min: 1, max: 86_400_000 }),
});
const steps = fc.array(
  fc.record({ afterMs: fc.nat({ max: 200_000 }), amount: fc.nat({ max: 50_000 }) }),
  { maxLength: 50 },
);

describe('a refill bucket of the fake provider', () => {
  property(
    'agrees with exact fractions after any number of charges',
    [rates, steps],
    (rate, charges) => {
      const bucket = createBucket(rate, 0);
      const [limit, windowMs] = [BigInt(rate.limit), BigInt(rate.windowMs)];
      let parts = limit * windowMs;
      let now = 0;
      for (const { afterMs, amount } of charges) {
        now += afterMs;
        parts += BigInt(afterMs) * limit;
        if (parts > limit * windowMs) parts = limit * windowMs;
        expect(bucket.waitMs(amount, now) === 0).toBe(parts >= BigInt(amount) * windowMs);
        expect(bucket.waitMs('any', now) === 0).toBe(parts > 0n);
        bucket.charge(amount, now);
        parts -= BigInt(amount) * windowMs;
        expect(bucket.level(now)).toBe(Number(parts) / rate.windowMs);
      }
    },
  );

  property(
    'names the first millisecond at which a need is met',
    [rates, fc.nat({ max: 2_000_000 }), fc.nat({ max: 1_000_000 })],
    (rate, debt, need) => {
      const bucket = createBucket(rate, 0);
      bucket.charge(debt, 0);
      const waitMs = bucket.waitMs(need, 0);
      if (need > rate.limit) return waitMs === (need <= rate.limit - debt ? 0 : Infinity);
      if (waitMs > 0) expect(bucket.waitMs(need, waitMs - 1)).toBe(1);
      expect(bucket.waitMs(need, waitMs)).toBe(0);
      return true;
    },
  );

  it('holds its limit at most, however long it rests', () => {
    const bucket = createBucket({ limit: 10, windowMs: 1000 }, 0);
    expect(bucket.level(1_000_000)).toBe(10);
    expect(bucket.granted(1_000_000)).toBe(10_010);
  });
});

describe('a window of the fake provider', () => {
  const rate = { limit: 10, windowMs: 1000, kind: 'window' } as const;

  it('is whole again at its end and not before', () => {
    const bucket = createBucket(rate, 500);
    bucket.charge(10, 700);
    expect(bucket.waitMs(1, 1499)).toBe(1);
    expect(bucket.waitMs(10, 1500)).toBe(0);
    expect(bucket.wholeAt(1500)).toBe(2500);
  });

  it('forgives its debt', () => {
    const bucket = createBucket(rate, 0);
    bucket.charge(25, 0);
    expect(bucket.level(999)).toBe(-15);
    expect(bucket.level(1000)).toBe(10);
  });

  it('grants its limit once in every window, also in those nobody used', () => {
    const bucket = createBucket(rate, 0);
    expect(bucket.granted(999)).toBe(10);
    expect(bucket.granted(5000)).toBe(60);
  });
});

it.each([
  [0, '0s'],
  [11, '11ms'],
  [1182, '1.182s'],
  [20_000, '20s'],
  [73_588, '1m13.588s'],
  [360_000, '6m0s'],
  [86_794_000, '24h6m34s'],
  [411_480_000, '114h18m0s'],
])('writes %d ms as OpenAI does: %s', (ms, text) => {
  expect(goDuration(ms)).toBe(text);
});
