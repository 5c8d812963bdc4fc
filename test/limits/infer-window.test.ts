import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inferWindow } from '../../src/limits/parse/infer-window.js';
import { property } from '../helpers/proof.js';

const infer = (limit: number, remaining: number, resetMs: number) =>
  inferWindow({ limit, remaining, resetMs, grainMs: 1 });

it('tells a limit per day from one per minute by the reset alone', () => {
  expect(infer(10_000, 9991, 73_588)).toBe(86_400_000);
  expect(infer(14_400, 14_397, 17_400)).toBe(86_400_000);
  expect(infer(6000, 5974, 260)).toBe(60_000);
});

it('says nothing where several windows fit: one request used tells only a lower bound', () => {
  expect(infer(3000, 2999, 20)).toBeUndefined();
});

it('says nothing where no common window fits', () => {
  expect(infer(400_000, 398_834, 1000)).toBeUndefined(); // Nebius rounds up to a second
  expect(infer(200_000, 150_000, 360_000)).toBeUndefined();
});

it('says nothing of a full bucket, of resets below 10 ms and of limits of 0', () => {
  expect(infer(100, 100, 60_000)).toBeUndefined();
  expect(infer(200_000, 199_961, 9)).toBeUndefined();
  expect(infer(0, -5, 60_000)).toBeUndefined();
});

it('sees through a small debt that the provider shows as 0', () => {
  expect(infer(10_000, 0, 86_794_000)).toBe(86_400_000);
  expect(infer(30_000, 0, 505_000)).toBeUndefined();
});

const window = fc.constantFrom(1000, 10_000, 60_000, 3_600_000, 86_400_000);

property(
  'is never wrong of a bucket that refills all the time',
  [window, fc.integer({ min: 1, max: 1e7 }), fc.double({ min: 0.0001, max: 1, noNaN: true })],
  (windowMs, limit, share) => {
    const used = limit * share;
    const remaining = Math.max(0, Math.floor(limit - used));
    const inferred = infer(limit, remaining, Math.floor((used * windowMs) / limit));
    expect(inferred ?? windowMs).toBe(windowMs);
  },
  { numRuns: 2000 },
);
