import type { Clock } from '../core/clock.js';
import { KeyPoolError } from '../core/errors.js';

/** A store that is silent for longer has lost its connection, and nobody would hear of that. */
export const ONE_KEY_MS = 60_000;
/** The same for what grows with the number of keys. */
export const ALL_KEYS_MS = 600_000;

/**
 * What the store answers; a rejection where it is silent for too long. A late answer is dropped: the next
 * question, or the watch, tells the same.
 */
export async function inTime<Value>(
  clock: Clock,
  longestMs: number,
  answer: Promise<Value>,
): Promise<Value> {
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    const message = `The store did not answer within ${longestMs} ms`;
    const fail = () => reject(new KeyPoolError('STORE_FAILED', message));
    timer = clock.setTimer(fail, longestMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clock.clearTimer(timer);
  }
}
