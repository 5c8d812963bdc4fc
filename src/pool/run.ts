import { type Attempt, AttemptsExhaustedError, InvalidOptionError } from '../core/errors.js';
import { checkNames } from '../core/known-names.js';
import { nonNegativeOrInfinite } from '../core/options.js';
import type { FailureClass } from '../failure/failure.js';
import type { Usage } from '../limiter/limiter.js';
import { type AcquireRequest, checkRequest, REQUEST_NAMES } from './call.js';
import type { Lease, PoolLease } from './lease.js';
import { type NextTry, Route } from './route.js';
import { discard, statusOf, usageIn, verdictOn } from './run-result.js';

export interface RunRequest extends AcquireRequest {
  /**
   * How often to try again where another key is no answer: the host failed, or every group refused.
   * After the latter, each retry may go round all groups once more.
   * @defaultValue 2
   */
  readonly retries?: number;
  /**
   * How often to move on to another key, after a failure of the key's own or of its group's.
   * @defaultValue Infinity: as often as there are other keys
   */
  readonly moves?: number;
}

const RUN_NAMES = {
  ...REQUEST_NAMES,
  retries: true,
  moves: true,
} satisfies Record<keyof RunRequest, true>;

/** What `run` needs of its pool. */
export interface Runner {
  acquire(
    request: AcquireRequest,
    excluded: ReadonlySet<string>,
    trail: readonly Attempt[],
  ): Promise<PoolLease>;
  now(): number;
  random(): number;
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
  readUsage(body: unknown): Usage | undefined;
  /** Ids of the keys that share limits with this one, itself included. */
  keysSharingLimits(id: string): readonly string[];
  hasOther(request: AcquireRequest, excluded: ReadonlySet<string>): boolean;
  /** When a key could serve, in epoch milliseconds; `Infinity` when nothing known tells. */
  earliest(request: AcquireRequest): number;
}

/** The first pause after a failure of the host, and the longest; it doubles. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;
/** A trail goes into an error: of very many attempts, the latest. */
const LONGEST_TRAIL = 100;

/** Leases, calls, observes and releases, and moves on to another key where that can help. */
export async function runWithPool<Result>(
  runner: Runner,
  request: RunRequest,
  call: (lease: Lease) => Result | Promise<Result>,
): Promise<Result> {
  checkNames('request', request, RUN_NAMES);
  checkRequest(request);
  if (typeof call !== 'function') throw new InvalidOptionError('call', 'a function', call);
  const route = new Route({
    exclude: request.exclude,
    retries: nonNegativeOrInfinite('request.retries', request.retries ?? 2),
    moves: nonNegativeOrInfinite('request.moves', request.moves ?? Infinity),
    keysSharingLimits: (id) => runner.keysSharingLimits(id),
    hasOther: (excluded) => runner.hasOther(request, excluded),
  });
  const trail: Attempt[] = [];
  let attempts = 0;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const askedAt = runner.now();
    const lease = await runner.acquire(request, route.excluded, trail);
    let next: NextTry;
    try {
      const leasedAt = runner.now();
      const result = await call(lease);
      const verdict = await verdictOn(lease, result);
      if (verdict === undefined || !isWorthAnother(verdict.failure.class)) {
        if (!lease.isSettled) lease.settle(usageIn(result, (body) => runner.readUsage(body)));
        return result;
      }
      const { class: failureClass, message } = verdict.failure;
      const status = statusOf(result);
      attempts += 1;
      if (trail.length === LONGEST_TRAIL) trail.shift();
      trail.push({
        id: lease.id,
        class: failureClass,
        status,
        waitedMs: leasedAt - askedAt,
        ms: runner.now() - leasedAt,
        ...(message === undefined ? {} : { message }),
      });
      next = route.next(verdict, lease.id);
      if (next === 'nowhere') {
        // Its own call holds up nobody any more.
        lease.release();
        const waitMs = runner.earliest(request) - runner.now();
        const retryAfterMs = waitMs === Infinity ? undefined : Math.max(0, waitMs);
        throw new AttemptsExhaustedError(status, { trail, attempts, retryAfterMs });
      }
      await discard(result);
    } finally {
      lease.release();
    }
    if (next === 'at once') continue;
    await runner.sleep(pauseMs * (0.8 + 0.2 * runner.random()), request.signal);
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
  }
}

/** Whether another key could fare better. A caller's own fault fails alike on all of them. */
function isWorthAnother(failure: FailureClass): boolean {
  return failure !== 'ok' && failure !== 'forbidden' && failure !== 'bad_request';
}
