import { type Clock, holdProcess } from '../core/clock.js';

/** Resolves after `ms` by the clock; rejects with the signal's own reason when it aborts before. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = clock.setTimer(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    // Somebody waits for what comes after it.
    holdProcess(timer, true);
    const abort = (): void => {
      clock.clearTimer(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}
