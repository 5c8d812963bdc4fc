import { describe, expect, it } from 'vitest';
import { WindowLevel } from '../../src/limiter/window-level.js';

const MINUTE = 60_000;
const level = (limit: number) => new WindowLevel({ limit, windowMs: MINUTE, now: 0 });

describe('WindowLevel', () => {
  it('starts a configured window with its first use and gives all back at its end', () => {
    const window = level(10);
    window.take(10, 1, 5_000);
    expect(window.available(5_000)).toBe(0);
    expect(window.readyAt(1, 5_000)).toBe(65_000);
    expect(window.available(64_999)).toBe(0);
    expect(window.available(65_000)).toBe(10);
  });

  it('keeps no debt past its reset', () => {
    const window = level(10);
    window.take(10, 1, 0);
    window.charge(500, 1, 0);
    expect(window.available(0)).toBe(-500);
    expect(window.available(MINUTE)).toBe(10);
  });

  it('counts what is spent within a second before the reset in the next window too', () => {
    const window = level(10);
    window.take(1, 1, 0);
    window.take(6, 2, 59_500);
    expect(window.available(MINUTE)).toBe(4);
  });

  it('waits a second longer for a stated end, since the true one may be later', () => {
    const window = level(10);
    window.take(10, 1, 0);
    window.end(20_000, 0, 0);
    expect(window.available(20_999)).toBe(0);
    expect(window.available(21_000)).toBe(10);
  });

  it('rolls when a stated reset jumps to the next window', () => {
    const window = level(10);
    window.take(10, 1, 0);
    window.end(20_000, 0, 0);
    expect(window.available(19_800)).toBe(0);
    expect(window.end(80_000, 0, 19_900)).toBe(true);
    expect(window.available(19_900)).toBe(10);
  });

  it('recognises its end modulo its length', () => {
    const window = level(10);
    window.take(4, 1, 0);
    window.end(20_000, 0, 0);
    expect(window.distanceToEnd(20_000 + 3 * MINUTE)).toBe(0);
    expect(window.distanceToEnd(50_000)).toBe(30_000);
  });

  it('narrows the span of its end with each response', () => {
    const window = level(10);
    window.take(4, 1, 0);
    // A slow call: its reset may count from as early as 8 s ago.
    window.end(28_000, 8_000, 8_000);
    expect(window.overAt).toBe(29_000);
    window.end(20_500, 500, 9_000);
    expect(window.overAt).toBe(21_500);
  });

  it('says that a reading from before the latest reset is out of date', () => {
    const window = level(10);
    window.take(1, 1, 0);
    window.end(20_000, 0, 0);
    window.available(30_000);
    expect(window.end(20_000, 0, 30_000)).toBe(false);
  });

  it('refunds and charges nothing across windows', () => {
    const window = level(10);
    window.take(8, 1, 0);
    window.take(2, 2, MINUTE);
    expect(window.refund(8, 1, MINUTE)).toBe(0);
    window.charge(50, 1, MINUTE);
    expect(window.available(MINUTE)).toBe(8);
    expect(window.refund(1, 2, MINUTE)).toBe(1);
  });

  it('recounts at a new limit without minting a burst', () => {
    const window = level(10);
    window.take(8, 1, 0);
    window.relimit(20, MINUTE, 0);
    expect(window.available(0)).toBe(12);
  });
});

describe('a window shorter than some calls last', () => {
  const short = () => new WindowLevel({ limit: 10, windowMs: 10_000, now: 0 });

  it('does not roll for an end that its call has waited out', () => {
    const window = short();
    window.take(10, 1, 1_000);
    window.end(6_000, 0, 1_000);
    // Sent at 1 s, answered at 6.5 s: 5 s until the end counted from then may be 5 s from 1 s.
    expect(window.end(11_500, 5_500, 6_500)).toBe(true);
    expect(window.available(6_500)).toBe(0);
  });

  it('takes no end from a call that may be of the window before', () => {
    const window = short();
    window.take(10, 1, 8_000);
    window.end(12_500, 7_000, 8_500);
    expect(window.overAt).toBe(18_000);
  });

  it('keeps what it knows of its end when an answer may mean either of two', () => {
    const window = short();
    window.take(1, 1, 0);
    window.end(8_000, 0, 0);
    expect(window.end(17_500, 9_900, 8_500)).toBe(true);
    expect(window.overAt).toBe(9_000);
  });

  it('says that a reading is out of date whose end lies before the next one', () => {
    const window = short();
    window.take(1, 1, 0);
    window.end(5_000, 0, 0);
    window.take(10, 2, 7_000);
    expect(window.end(12_000, 7_000, 8_000)).toBe(false);
    expect(window.available(8_000)).toBeLessThanOrEqual(0);
  });
});
