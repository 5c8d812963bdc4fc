import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadroomMarks } from '../../src/limiter/headroom-marks.js';
import { property } from '../helpers/proof.js';

const LIMIT = 256;

describe('HeadroomMarks', () => {
  it('bounds nothing before any call', () => {
    expect(new HeadroomMarks().smallestSince(0)).toBe(Infinity);
  });

  it('answers with the smallest headroom that later calls found', () => {
    const marks = new HeadroomMarks();
    marks.note(1, 50, LIMIT);
    marks.note(2, 20, LIMIT);
    marks.note(3, 80, LIMIT);
    expect(marks.smallestSince(0)).toBe(20);
    expect(marks.smallestSince(1)).toBe(20);
    expect(marks.smallestSince(2)).toBe(80);
    expect(marks.smallestSince(3)).toBe(Infinity);
  });

  it('lets the lower mark answer for headrooms too close to tell apart', () => {
    const marks = new HeadroomMarks();
    marks.note(1, 20, LIMIT);
    marks.note(2, 20.5, LIMIT);
    expect(marks.smallestSince(1)).toBe(20);
  });

  it('lowers what later calls found by each refund', () => {
    const marks = new HeadroomMarks();
    marks.note(1, 10, LIMIT);
    marks.note(2, 50, LIMIT);
    marks.note(3, 60, LIMIT);
    marks.lowerSince(1, 45);
    expect(marks.smallestSince(1)).toBe(5);
    expect(marks.smallestSince(0)).toBe(5);
    expect(marks.smallestSince(2)).toBe(15);
  });

  interface Step {
    readonly headroom: number;
    /** Which earlier call is refunded first, if any; as a share of the calls so far. */
    readonly refundTo: number | undefined;
    readonly share: number;
  }

  const step: fc.Arbitrary<Step> = fc.record({
    headroom: fc.double({ min: 0, max: LIMIT, noNaN: true }),
    refundTo: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  property(
    'never answers more than a list of all headrooms would, nor much less',
    [fc.array(step, { minLength: 1, maxLength: 120 })],
    (steps) => {
      const marks = new HeadroomMarks();
      /** The headroom that call `index` found. */
      const found: number[] = [];
      const smallestSince = (order: number) => Math.min(Infinity, ...found.slice(order + 1));
      let refunds = 0;
      for (const [order, { headroom, refundTo, share }] of steps.entries()) {
        marks.note(order, headroom, LIMIT);
        found.push(headroom);
        if (refundTo === undefined) continue;
        const to = Math.floor(refundTo * order);
        const amount = Math.min(marks.smallestSince(to), LIMIT) * share;
        marks.lowerSince(to, amount);
        for (let index = to + 1; index < found.length; index += 1) {
          found[index] = (found[index] ?? 0) - amount;
        }
        if (amount > 0) refunds += 1;
      }
      for (let order = -1; order < steps.length; order += 1) {
        const truth = smallestSince(order);
        const answer = marks.smallestSince(order);
        expect(answer).toBeLessThanOrEqual(truth + 1e-6);
        // Without refunds in between, a mark is at most one step of the resolution too careful.
        if (refunds === 0 && truth < Infinity) expect(answer).toBeGreaterThanOrEqual(truth - 1);
      }
    },
    { numRuns: 2_000 },
  );
});
