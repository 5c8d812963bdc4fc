import { describe, expect, it } from 'vitest';
import { RefillLevel } from '../../src/limiter/refill-level.js';

const MINUTE = 60_000;
const level = (limit: number, transitMs = 0) =>
  new RefillLevel({ limit, windowMs: MINUTE, transitMs, now: 0 });

describe('RefillLevel', () => {
  it('starts full and refills continuously', () => {
    const bucket = level(60);
    bucket.take(60, 1, 0);
    expect(bucket.available(0)).toBe(0);
    expect(bucket.available(1_000)).toBe(1);
    expect(bucket.available(30_000)).toBe(30);
  });

  it('never holds more than its limit', () => {
    const bucket = level(60);
    bucket.take(10, 1, 0);
    expect(bucket.available(10 * MINUTE)).toBe(60);
  });

  it('waits not a millisecond longer for what is short by rounding alone', () => {
    const bucket = new RefillLevel({
      limit: 4,
      windowMs: MINUTE,
      transitMs: 0,
      used: 4 + 1e-10,
      now: 0,
    });
    expect(bucket.readyAt(1, 0)).toBe(15_000);
    expect(bucket.readyAt(1, 14_999)).toBe(15_000);
    expect(bucket.readyAt(1, 15_000)).toBe(15_000);
  });

  it('says exactly when an amount fits', () => {
    const bucket = level(50);
    bucket.take(50, 1, 0);
    expect(bucket.readyAt(1, 0)).toBe(1_200);
    expect(bucket.available(1_199)).toBeLessThan(1);
    expect(bucket.available(1_200)).toBe(1);
  });

  it('waits a debt off beyond the window instead of capping it there', () => {
    const bucket = level(30_000);
    bucket.take(30_000, 1, 0);
    bucket.charge(222_500, 1, 0);
    expect(bucket.available(0)).toBe(-222_500);
    expect(bucket.readyAt(1, 0)).toBeGreaterThan(7 * MINUTE);
  });

  it('never fits an amount above the limit', () => {
    expect(level(10).readyAt(11, 0)).toBe(Infinity);
  });

  it('starts to refill a full bucket only when the first call may have arrived', () => {
    const bucket = level(60, 5);
    bucket.take(60, 1, 0);
    expect(bucket.readyAt(1, 0)).toBe(1_005);
    bucket.available(1_005);
    bucket.take(1, 2, 1_005);
    expect(bucket.readyAt(1, 1_005)).toBe(2_005);
  });

  it('refunds no more than the smallest headroom since the reservation', () => {
    const bucket = level(100);
    bucket.take(60, 1, 0);
    // 30 s refill 50: the headroom is down to 10 when the next call takes 90.
    bucket.take(90, 2, 30_000);
    expect(bucket.available(30_000)).toBe(0);
    expect(bucket.refund(60, 1, 30_000)).toBe(10);
    expect(bucket.available(30_000)).toBe(10);
  });

  it('gives no more than a full bucket away at one instant, whatever is refunded', () => {
    const bucket = level(100);
    bucket.take(50, 1, 0);
    bucket.take(100, 2, MINUTE);
    expect(bucket.refund(50, 1, MINUTE)).toBe(0);
    expect(bucket.available(MINUTE)).toBe(0);
  });

  it('gives nothing back to calls that were counted elsewhere, the latest of them included', () => {
    const options = { limit: 100, windowMs: MINUTE, transitMs: 0, used: 90, now: 0 };
    const bucket = new RefillLevel({ ...options, countedUpTo: 7 });
    bucket.take(5, 8, 0);
    expect(bucket.refund(5, 7, 0)).toBe(0);
    expect(bucket.refund(5, 8, 0)).toBe(5);
  });

  it('refunds all of what calls at the same instant took too much', () => {
    const bucket = level(100);
    for (let order = 1; order <= 10; order += 1) bucket.take(10, order, 0);
    let refunded = 0;
    for (let order = 1; order <= 10; order += 1) refunded += bucket.refund(10, order, 0);
    expect(refunded).toBe(100);
    expect(bucket.available(0)).toBe(100);
  });

  it('recounts at a new limit without minting a burst', () => {
    const bucket = level(50);
    bucket.take(40, 1, 0);
    bucket.relimit(100, MINUTE, 0);
    expect(bucket.available(0)).toBe(60);
    bucket.relimit(20, MINUTE, 0);
    expect(bucket.available(0)).toBe(-20);
  });

  it('takes back what a limit believed too high has refilled too much', () => {
    const bucket = level(120);
    bucket.take(100, 1, 0);
    bucket.correct(60, MINUTE, 30_000);
    // 100 used, 30 refilled at the true rate.
    expect(bucket.available(30_000)).toBe(60 - 70);
  });

  it('ignores a clock that stands still or an instant before the latest', () => {
    const bucket = level(60);
    bucket.take(60, 1, 10_000);
    expect(bucket.available(5_000)).toBe(0);
    expect(bucket.available(10_000)).toBe(0);
  });
});
