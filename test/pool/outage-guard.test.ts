import { describe, expect, it } from 'vitest';
import { LossCap } from '../../src/pool/loss-cap.js';
import { type Evidence, OutageGuard, type Servant } from '../../src/pool/outage-guard.js';

const servants = (count: number, servedAt = 0) =>
  Array.from({ length: count }, () => ({ servedAt }));

const limited = (servant: Servant, all: readonly Servant[], modelClass = 'large'): Evidence => ({
  servant,
  class: 'rate_limited',
  modelClass,
  all: () => all,
});

describe('OutageGuard', () => {
  const failAll = (
    guard: OutageGuard,
    failing: readonly { servedAt: number | undefined }[],
    all = failing,
    everyMs = 10,
  ) => failing.map((servant, at) => guard.failed(limited(servant, all), 1_000 + at * everyMs));

  it('suspects when the third of three fails, once', () => {
    const guard = new OutageGuard();
    const [first, second, third] = failAll(guard, servants(3));
    expect([first, second]).toEqual([undefined, undefined]);
    expect(third).toMatchObject({ class: 'rate_limited', since: 1_000, active: 3 });
    expect(guard.isSuspected('rate_limited')).toBe(true);
    expect(guard.isSuspected('invalid_key')).toBe(false);
    expect(failAll(guard, servants(3))).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['half of them', 3, 6, false],
    ['more than half', 4, 7, true],
    ['two of two', 2, 2, false],
  ])('asks for most: %s', (_, failing, active, isSuspected) => {
    const guard = new OutageGuard();
    const all = servants(active);
    failAll(guard, all.slice(0, failing), all);
    expect(guard.isSuspected('rate_limited')).toBe(isSuspected);
  });

  it('takes who never served, or not for ten minutes, for no evidence', () => {
    const guard = new OutageGuard();
    failAll(
      guard,
      Array.from({ length: 5 }, () => ({ servedAt: undefined })),
    );
    failAll(guard, servants(5, -600_000));
    expect(guard.isSuspected('rate_limited')).toBe(false);
  });

  it('takes failures that took longer than ten seconds to gather for unrelated', () => {
    const guard = new OutageGuard();
    failAll(guard, servants(4), undefined, 5_001);
    expect(guard.isSuspected('rate_limited')).toBe(false);
  });

  it('believes a good answer to a call sent since, not an older one', () => {
    const all = servants(3);
    const [older, newer] = [new OutageGuard(), new OutageGuard()];
    for (const [guard, sentAt] of [
      [older, 999],
      [newer, 1_000],
    ] as const) {
      failAll(guard, all.slice(0, 2), all);
      guard.served(sentAt, 'large', 1_050);
      guard.failed(limited(all[2] ?? { servedAt: 0 }, all), 1_100);
    }
    expect(older.isSuspected('rate_limited')).toBe(true);
    expect(newer.isSuspected('rate_limited')).toBe(false);
  });

  it('waits for every model class that serves to fail as well', () => {
    const guard = new OutageGuard();
    const all = servants(3);
    guard.served(0, 'small', 500);
    failAll(guard, all);
    expect(guard.isSuspected('rate_limited')).toBe(false);
    guard.failed(limited(all[0] ?? { servedAt: 0 }, all, 'small'), 1_200);
    expect(guard.isSuspected('rate_limited')).toBe(true);
    const later = new OutageGuard();
    later.served(0, 'small', -60_000);
    failAll(later, all);
    expect(later.isSuspected('rate_limited')).toBe(true);
  });

  it('is over with one good answer; then only those count who have served since', () => {
    const guard = new OutageGuard();
    const dead = servants(3);
    failAll(guard, dead);
    expect(guard.served(500, 'large', 1_500)).toBeUndefined();
    expect(guard.served(2_000, 'large', 2_010)?.failed.size).toBe(3);
    failAll(guard, dead);
    expect(guard.isSuspected('rate_limited')).toBe(false);
    failAll(guard, servants(3, 2_000));
    expect(guard.isSuspected('rate_limited')).toBe(true);
  });
});

describe('LossCap', () => {
  it('lets half go in a window, counting those that went, and one at least', () => {
    const cap = new LossCap({ share: 0.5, windowMs: 60_000 });
    expect([cap.take(4, 0, false), cap.take(3, 1, false), cap.take(2, 2, false)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([cap.take(2, 60_000, false), cap.take(2, 60_001, false)]).toEqual([false, true]);
    expect(new LossCap({ share: 0, windowMs: 1 }).take(1, 0, false)).toBe(true);
    const replaced = new LossCap({ share: 0.5, windowMs: 60_000 });
    const taken = Array.from({ length: 4 }, () => replaced.take(4, 0, true));
    expect(taken).toEqual([true, true, false, false]);
  });
});
