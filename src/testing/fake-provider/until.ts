import type { ServerResponse } from 'node:http';
import type { Clock } from '../../core/clock.js';

/** Waits for an instant in epoch milliseconds; `false` as soon as the caller has hung up. */
export function until(
  clock: Clock,
  at: number,
  response: ServerResponse,
): Promise<boolean> | boolean {
  if (response.destroyed) return false;
  const delayMs = at - clock.now();
  if (delayMs <= 0) return true;
  return new Promise((resolve) => {
    const hungUp = () => {
      clock.clearTimer(timer);
      resolve(false);
    };
    const timer = clock.setTimer(() => {
      response.off('close', hungUp);
      resolve(true);
    }, delayMs);
    response.once('close', hungUp);
  });
}
