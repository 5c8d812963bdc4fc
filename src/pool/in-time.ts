import type { Clock } from '../core/clock.js';
import { KeyPoolError } from '../core/errors.js';

/** A store that is silent for longer has lost its connection, and nobody would hear of that. */
const LONGEST_ANSWER_MS = 60_000;

/**
 * What the store answers, or a rejection where it is silent for a minute: what it says later is not
 * heard.
 */
export async function inTime<Value>(clock: Clock, answer: Promise<Value>): Promise<Value> {
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    const message = `The store did not answer within ${LONGEST_ANSWER_MS} ms`;
    const fail = () => reject(new KeyPoolError('STORE_FAILED', message));
    timer = clock.setTimer(fail, LONGEST_ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clock.clearTimer(timer);
  }
}
