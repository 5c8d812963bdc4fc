import { describe, expect, it } from 'vitest';
import { ShapeDetector } from '../../src/limiter/limit-shape.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const refill = () => new ShapeDetector({ kind: 'refill', windowMs: MINUTE });

describe('ShapeDetector', () => {
  it('keeps to a refill whose resets follow from what is used', () => {
    const detector = refill();
    for (const used of [1, 10, 25]) {
      const reading = { limit: 50, remaining: 50 - used, resetAt: used * 1_200 };
      expect(detector.weigh(reading, 0, 100, 0)).toEqual({ kind: 'refill', windowMs: MINUTE });
    }
  });

  it('sees a window in resets that do not follow from what is used, at the second of them', () => {
    const detector = refill();
    const reading = (remaining: number) => ({ limit: 50, remaining, resetAt: 40_000 });
    expect(detector.weigh(reading(49), 0, 100, 0).kind).toBe('refill');
    expect(detector.weigh(reading(48), 0, 100, 0)).toEqual({ kind: 'window', windowMs: MINUTE });
  });

  it('finds the length of a refill that is not a minute long', () => {
    const detector = refill();
    const reading = (used: number) => ({
      limit: 10_000,
      remaining: 10_000 - used,
      resetAt: used * 8_640,
    });
    detector.weigh(reading(2_000), 0, 0, 0);
    expect(detector.weigh(reading(2_100), 0, 0, 0)).toEqual({ kind: 'refill', windowMs: DAY });
  });

  it('does not mistake a debt for a window', () => {
    const detector = refill();
    const reading = { limit: 30_000, remaining: 0, resetAt: 505_000 };
    detector.weigh(reading, 0, 0, 0);
    expect(detector.weigh(reading, 0, 0, 0).kind).toBe('refill');
  });

  it('returns to a refill when stated ends of the window do not repeat', () => {
    const detector = new ShapeDetector({ kind: 'window', windowMs: MINUTE });
    const reading = (used: number) => ({ limit: 50, remaining: 50 - used, resetAt: used * 1_200 });
    detector.weigh(reading(20), 0, 0, 24_000);
    expect(detector.weigh(reading(30), 0, 0, 24_000).kind).toBe('refill');
  });

  it('takes a stated kind and window at their word', () => {
    const stated = {
      limit: 5,
      remaining: 1,
      resetAt: 1,
      windowMs: 10_000,
      kind: 'window',
    } as const;
    expect(refill().weigh(stated, 0, 0, 0)).toEqual({ kind: 'window', windowMs: 10_000 });
  });

  it('believes a longer refill that explains a reading at once', () => {
    const detector = refill();
    const reading = {
      limit: 14_400,
      remaining: 3,
      resetAt: DAY - 18_000,
      windowMs: DAY,
      isInferred: true,
    };
    expect(detector.weigh(reading, 0, 100, 0)).toEqual({ kind: 'refill', windowMs: DAY });
    expect(detector.isInDoubt).toBe(true);
  });

  it('does not believe a shorter refill on the word of one reading', () => {
    const detector = refill();
    const reading = {
      limit: 50,
      remaining: 10,
      resetAt: 8_000,
      windowMs: 10_000,
      isInferred: true,
    };
    expect(detector.weigh(reading, 0, 100, 0).windowMs).toBe(MINUTE);
  });

  describe('with a stated length', () => {
    const reading = (remaining: number, resetAt: number) => ({
      limit: 50,
      remaining,
      resetAt,
      windowMs: 10_000,
    });

    it('believes it at once, and leaves the kind to evidence', () => {
      const detector = refill();
      expect(detector.weigh(reading(49, 8_000), 0, 100, 0)).toEqual({
        kind: 'refill',
        windowMs: 10_000,
      });
      expect(detector.isInDoubt).toBe(true);
      detector.weigh(reading(48, 8_000), 0, 100, 0);
      expect(detector.shape).toEqual({ kind: 'window', windowMs: 10_000 });
    });

    it('believes it of a reading that has no reset', () => {
      const shape = refill().weigh({ limit: 50, remaining: 49, windowMs: DAY }, 0, 100, 0);
      expect(shape).toEqual({ kind: 'refill', windowMs: DAY });
    });

    it('keeps it through contradictions while it is stated', () => {
      const detector = new ShapeDetector({ kind: 'window', windowMs: 10_000 });
      detector.weigh(reading(25, 5_000), 0, 100, 5_000);
      expect(detector.weigh(reading(40, 2_000), 0, 100, 5_000)).toEqual({
        kind: 'refill',
        windowMs: 10_000,
      });
    });
  });

  it('doubts no refill that takes the next call long before it is whole', () => {
    const empty = { limit: 14_400, remaining: 0, resetAt: DAY, windowMs: DAY, isInferred: true };
    const detector = refill();
    detector.weigh(empty, 0, 100, 0);
    expect(detector.isInDoubt).toBe(true);
    detector.weigh(empty, 0, 100, 0, 6_000);
    expect(detector.isInDoubt).toBe(false);
  });

  it('doubts no refill that somebody stated', () => {
    expect(new ShapeDetector({ kind: 'refill', windowMs: MINUTE }, true).isInDoubt).toBe(false);
  });

  it('finds a window shorter than believed when the next end follows the first', () => {
    const detector = new ShapeDetector({ kind: 'window', windowMs: 60 * MINUTE });
    const reading = (resetAt: number) => ({ limit: 30, remaining: 10, resetAt });
    detector.weigh(reading(20_000), 10_000, 100, 0);
    expect(detector.weigh(reading(80_000), 21_500, 100, 0)).toEqual({
      kind: 'window',
      windowMs: MINUTE,
    });
  });
});
