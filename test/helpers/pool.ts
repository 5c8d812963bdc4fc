import type { ResponseFacts } from '../../src/limits/limit-update.js';
import { KeyPool } from '../../src/pool/key-pool.js';
import type { KeyPoolOptions } from '../../src/pool/options.js';
import { FakeClock } from '../../src/testing/fake-clock.js';

export const START = Date.UTC(2026, 0, 1);
export const MINUTE = 60_000;

/** A pool on a clock that stands still; nothing is on its way unless a test says so. */
export function aPool(options: KeyPoolOptions = {}): { pool: KeyPool; clock: FakeClock } {
  const clock = new FakeClock(START);
  const pool = new KeyPool({ clock, transitMs: 0, random: () => 0.5, ...options });
  return { pool, clock };
}

export const perMinute = (limit: number) => ({ requests: { limit, windowMs: MINUTE } });

/** Keys `a`, `b`, … with secrets of their own. */
export const keys = (count: number, options: object = {}) =>
  Array.from({ length: count }, (_, index) => {
    const id = String.fromCharCode(97 + index);
    return { id, secret: `secret-of-${id}`, ...options };
  });

export const ok: ResponseFacts = { status: 200, headers: {} };

export const tooMany = (retryAfter?: string): ResponseFacts => ({
  status: 429,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
});
