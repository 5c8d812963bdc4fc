import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, LatencyHistogram } from '../../src/stats/latency-histogram.js';
import { property } from '../helpers/proof.js';

const DAY_MS = 86_400_000;

/** Milliseconds of every magnitude up to a day, whole and broken. */
const latency = fc.oneof(
  fc.nat(20),
  fc.nat(10_000),
  fc.nat(DAY_MS),
  fc.double({ min: 0, max: 3, noNaN: true }),
  fc.double({ min: 0, max: DAY_MS, noNaN: true }),
);
const latencies = fc.array(latency, { minLength: 1, maxLength: 300, size: 'max' });

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of values) histogram.add(ms, bucketOf(ms));
  return histogram;
}

/** The value at the nearest rank. */
function exact(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1]!;
}

describe('a latency histogram', () => {
  property(
    'knows quantiles within 5 %, or half a millisecond below 1 ms',
    [latencies],
    (values) => {
      const { p50Ms, p90Ms, p99Ms } = histogramOf(values).stats();
      for (const [percent, estimate] of [
        [50, p50Ms],
        [90, p90Ms],
        [99, p99Ms],
      ] as const) {
        const truth = exact(values, percent);
        const tolerance = truth < 1 ? 0.5 : truth * 0.05 * (1 + 1e-9);
        expect(Math.abs(estimate - truth)).toBeLessThanOrEqual(tolerance);
      }
    },
  );

  property('counts exactly, and knows the exact maximum and mean', [latencies], (values) => {
    const { count, meanMs, maxMs } = histogramOf(values).stats();
    expect(count).toBe(values.length);
    expect(maxMs).toBe(Math.max(...values));
    expect(meanMs).toBeCloseTo(values.reduce((sum, each) => sum + each, 0) / values.length, 4);
  });

  property(
    'is the same made at once or merged',
    [fc.array(fc.nat(9_999_999)), fc.array(fc.nat(9_999))],
    (one, other) => {
      const merged = histogramOf(one);
      merged.absorb(histogramOf(other));
      expect(merged.stats()).toEqual(histogramOf([...one, ...other]).stats());
    },
  );

  it('is all zeros while it is empty', () => {
    const zeros = { count: 0, meanMs: 0, maxMs: 0, p50Ms: 0, p90Ms: 0, p99Ms: 0 };
    expect(new LatencyHistogram().stats()).toEqual(zeros);
  });

  it('says the maximum for what lasted longer than a day', () => {
    expect(histogramOf([1, 1e300]).stats()).toMatchObject({ p99Ms: 1e300, maxMs: 1e300 });
  });
});
