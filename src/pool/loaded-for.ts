import type { Clock } from '../core/clock.js';
import { AcquireTimeoutError } from '../core/errors.js';
import type { AcquireRequest } from './call.js';
import { sleep } from './sleep.js';

/** The longest that a timer can be set for. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The store's loading, for no longer than the caller waits, and the pool is open. */
export async function loadedFor(
  { maxWaitMs = Infinity, signal }: AcquireRequest,
  load: () => Promise<void>,
  clock: Clock,
  closed: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const waitedMs = maxWaitMs === Infinity ? LONGEST_TIMER_MS : maxWaitMs;
  const tooLong = sleep(clock, waitedMs, [closed, signal, done.signal]).then(() => {
    throw new AcquireTimeoutError(waitedMs, { explanation: { ready: false, keys: [] } });
  });
  try {
    await Promise.race([load(), tooLong]);
  } finally {
    // Its rejection is nobody's business any more.
    tooLong.catch(() => undefined);
    done.abort();
  }
}
