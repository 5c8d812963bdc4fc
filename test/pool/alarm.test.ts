import { describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { Alarm } from '../../src/pool/alarm.js';
import { KeyPool } from '../../src/pool/key-pool.js';
import { FakeClock } from '../../src/testing/fake-clock.js';

/** Timers as Node has them: with a say in whether the process lives. */
function nodeClock() {
  const fake = new FakeClock(0);
  const held = new Set<object>();
  const clock: Clock = {
    now: () => fake.now(),
    setTimer(callback, delayMs) {
      const timer = {
        handle: fake.setTimer(callback, delayMs),
        ref: () => held.add(timer),
        unref: () => held.delete(timer),
      };
      return timer;
    },
    clearTimer(timer) {
      const { handle } = timer as { handle: unknown };
      held.delete(timer as object);
      fake.clearTimer(handle);
    },
  };
  return { fake, held, clock };
}

it('who waits for a lease to come back keeps the process alive', () => {
  const { held, clock } = nodeClock();
  const keys = [{ secret: 'secret', limits: { concurrency: 1 } }];
  const pool = new KeyPool({ keys, clock });
  const lease = pool.tryAcquire();
  expect(held.size).toBe(0);
  void pool.acquire();
  expect(held.size).toBe(1);
  lease?.release();
  expect(held.size).toBe(0);
});

describe('Alarm', () => {
  it('rings once, at the earliest instant asked for', async () => {
    const { fake, clock } = nodeClock();
    const ring = vi.fn();
    const alarm = new Alarm(clock, ring);
    for (const at of [5_000, 1_000, 3_000]) alarm.set(at, true);
    expect(fake.pendingTimers).toBe(1);
    await fake.advance(1_000);
    await fake.advance(10_000);
    expect(ring).toHaveBeenCalledOnce();
  });

  it('keeps the process alive while somebody waits, and no longer', () => {
    const { held, clock } = nodeClock();
    const alarm = new Alarm(clock, () => {});
    alarm.set(60_000, false);
    expect(held.size).toBe(0);
    alarm.set(90_000, true);
    expect(held.size).toBe(1);
    alarm.letGo();
    expect(held.size).toBe(0);
    alarm.set(1_000, true);
    expect(held.size).toBe(1);
    alarm.clear();
    expect(held.size).toBe(0);
  });
});
