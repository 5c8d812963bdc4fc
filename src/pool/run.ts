import { type Attempt, AttemptsExhaustedError, InvalidOptionError } from '../core/errors.js';
import { checkNames } from '../core/known-names.js';
import { isRecord, nonNegativeOrInfinite } from '../core/options.js';
import type { FailureClass } from '../failure/failure.js';
import type { Usage } from '../limiter/limiter.js';
import type { ResponseFacts } from '../limits/limit-update.js';
import { type AcquireRequest, checkRequest, REQUEST_NAMES } from './call.js';
import type { Lease, PoolLease, Verdict } from './lease.js';

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
  let retries = nonNegativeOrInfinite('request.retries', request.retries ?? 2);
  let moves = nonNegativeOrInfinite('request.moves', request.moves ?? Infinity);
  let pauseMs = FIRST_PAUSE_MS;
  let excluded = new Set(request.exclude);
  /** Keys that were turned down themselves: to ask them again would be to ask the same. */
  const turnedDown = new Set<string>();
  const trail: Attempt[] = [];
  let attempts = 0;
  for (;;) {
    const askedAt = runner.now();
    const lease = await runner.acquire(request, excluded, trail);
    let isPauseDue = false;
    try {
      const leasedAt = runner.now();
      const result = await call(lease);
      const verdict = await verdictOn(lease, result);
      if (verdict === undefined || !isWorthAnother(verdict.failure.class)) {
        if (!lease.isSettled && isResponse(result)) lease.settle(usageIn(result, runner));
        return result;
      }

      const { failure, action } = verdict;
      const status = statusOf(result);
      attempts += 1;
      if (trail.length === LONGEST_TRAIL) trail.shift();
      trail.push({
        id: lease.id,
        class: failure.class,
        status,
        waitedMs: leasedAt - askedAt,
        ms: runner.now() - leasedAt,
        ...(failure.message === undefined ? {} : { message: failure.message }),
      });
      for (const id of leftBy(verdict, lease.id, runner)) excluded.add(id);
      if (isOfKey(failure.class) && action === 'cooled') turnedDown.add(lease.id);
      const canMove = !isOfHost(failure.class) && runner.hasOther(request, excluded);
      if (canMove) {
        moves -= 1;
      } else {
        retries = isOfKey(failure.class) ? -1 : retries - 1;
        excluded = new Set([...(request.exclude ?? []), ...turnedDown]);
        isPauseDue = action === 'none';
      }
      if (retries < 0 || moves < 0) {
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
    if (!isPauseDue) continue;
    await runner.sleep(pauseMs * (0.8 + 0.2 * runner.random()), request.signal);
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
  }
}

/** Whether another key could fare better. A caller's own fault fails alike on all of them. */
function isWorthAnother(failure: FailureClass): boolean {
  return failure !== 'ok' && failure !== 'forbidden' && failure !== 'bad_request';
}

function isOfKey(failure: FailureClass): boolean {
  return failure === 'invalid_key' || failure === 'budget_exceeded';
}

function isOfHost(failure: FailureClass): boolean {
  return failure === 'overloaded' || failure === 'server_error';
}

/** The keys that the next try should not go to: they share what failed. */
function leftBy({ failure, action }: Verdict, id: string, runner: Runner): readonly string[] {
  // A parked key serves nobody: to list thousands of them would only cost.
  const isGone = action === 'parked' || action === 'rotating';
  if (isOfHost(failure.class) || isGone) return [];
  const isOfKeyAlone = isOfKey(failure.class) || failure.scope === 'key';
  return isOfKeyAlone ? [id] : runner.keysSharingLimits(id);
}

async function verdictOn(lease: Lease, result: unknown): Promise<Verdict | undefined> {
  if (!isResponse(result)) return undefined;
  return lease.observe({
    status: result.status,
    headers: result.headers,
    body: await errorBodyOf(result),
  });
}

/** A failure's body says what it means; a good answer's is the caller's to read. */
async function errorBodyOf(response: ResponseFacts): Promise<unknown> {
  if (!isFetchResponse(response)) return response.body;
  if (response.status < 400 || response.bodyUsed) return undefined;
  try {
    return await response.clone().text();
  } catch {
    // It broke off: the status alone has to do.
    return undefined;
  }
}

/** The cost that a body states; a fetch response is the caller's to read. */
function usageIn(response: ResponseFacts, runner: Runner): Usage | undefined {
  return isFetchResponse(response) ? undefined : runner.readUsage(response.body);
}

/** Frees the connection of a response that nobody will read. */
async function discard(response: unknown): Promise<void> {
  if (!isRecord(response) || !isRecord(response['body'])) return;
  const { body } = response;
  if (!('cancel' in body) || typeof body['cancel'] !== 'function') return;
  try {
    await body['cancel']();
  } catch {
    // Somebody reads it already: then it is theirs to finish.
  }
}

function statusOf(result: unknown): number {
  return isResponse(result) ? result.status : 0;
}

// By shape, not by class: frameworks replace the global Response, and undici's is another one.

function isResponse(value: unknown): value is ResponseFacts {
  if (!isRecord(value)) return false;
  const { status, headers } = value;
  return headers === undefined ? isStatus(status) : typeof status === 'number' && isRecord(headers);
}

/** Without headers, it has to look like HTTP's: many things have a status. */
function isStatus(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599;
}

interface FetchResponse extends ResponseFacts {
  readonly bodyUsed: boolean;
  clone(): { text(): Promise<string> };
}

function isFetchResponse(response: ResponseFacts): response is FetchResponse {
  return 'clone' in response && typeof response.clone === 'function' && 'bodyUsed' in response;
}
