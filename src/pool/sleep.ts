import { type Clock, holdProcess } from '../core/clock.js';

/** Resolves after `ms` by the clock; rejects with the reason of the first signal that aborts before. */
export function sleep(
  clock: Clock,
  ms: number,
  signals: readonly (AbortSignal | undefined)[],
): Promise<void> {
  const signal = AbortSignal.any(signals.filter((each) => each !== undefined));
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = clock.setTimer(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    // Somebody waits for what comes after it.
    holdProcess(timer, true);
    const abort = (): void => {
      clock.clearTimer(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
}
