import { describe, expect, it } from 'vitest';
import { holdProcess, systemClock } from '../../src/core/clock.js';

// That it goes on when the host's clock steps back is not tested: `Date` is not injected there.
describe('systemClock', () => {
  it('tells epoch milliseconds', () => {
    const before = Date.now();
    const now = systemClock.now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('never goes backwards', () => {
    let latest = 0;
    for (let reads = 0; reads < 10_000; reads += 1) {
      const now = systemClock.now();
      expect(now).toBeGreaterThanOrEqual(latest);
      latest = now;
    }
  });

  it('sets timers that do not keep the process alive, unless they are to', () => {
    const timer = systemClock.setTimer(() => {}, 60_000) as NodeJS.Timeout;
    expect(timer.hasRef()).toBe(false);
    holdProcess(timer, true);
    expect(timer.hasRef()).toBe(true);
    holdProcess(timer, false);
    expect(timer.hasRef()).toBe(false);
    systemClock.clearTimer(timer);
  });

  it('does not fire at once for a delay beyond what hosts honour', async () => {
    let hasFired = false;
    const timer = systemClock.setTimer(() => {
      hasFired = true;
    }, 2 ** 32);
    const marker = await new Promise((resolve) => {
      systemClock.setTimer(() => resolve('fired'), 1);
    });
    expect([marker, hasFired]).toEqual(['fired', false]);
    systemClock.clearTimer(timer);
  });

  it('ignores what is no timer of its own', () => {
    for (const stranger of [undefined, null, 'x', {}]) {
      expect(() => systemClock.clearTimer(stranger)).not.toThrow();
      expect(() => holdProcess(stranger, true)).not.toThrow();
    }
  });
});
