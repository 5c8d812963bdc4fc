import type { FailureClass } from '../failure/failure.js';
import type { LastError } from './call-stats.js';
import { isFailureClass } from './failure-counts.js';
import { bucketOf } from './latency-histogram.js';

/** One call that is over. Holds no secret: the key by its id, the message scrubbed. */
export interface CallRecord {
  /** The key's id. */
  readonly id: string;
  readonly group: string;
  readonly host: string;
  readonly modelClass?: string | undefined;
  /** What the response said; `undefined` when nobody observed it. */
  readonly class: FailureClass | undefined;
  readonly status?: number | undefined;
  /** Milliseconds from the lease to the answer. */
  readonly ms: number;
  /** When the call was over, in epoch milliseconds. */
  readonly at: number;
  /** The provider's words about a failure, scrubbed. */
  readonly message?: string | undefined;
}

/** What a pool tells of each call; a `StatsRecorder`, or something of your own. */
export interface CallRecorder {
  /** A call is over. Synchronous; what it throws is logged. */
  record(call: CallRecord): void;
  /** The pool is closed: no call comes any more. */
  close(): Promise<void>;
}

/** A failed call's last message is kept for each key, so it may not be of any length. */
const MAX_MESSAGE = 500;

/**
 * A call with only such fields as can be counted, each read once: plain JavaScript may pass anything,
 * and statistics must not fail a request. Used again for every call, so that counting allocates nothing.
 */
export class SoundCall {
  id = '';
  group = '';
  host = '';
  class: FailureClass | undefined;
  status: number | undefined;
  /** `NaN` where the call states none: it counts as a request without a latency. */
  ms = Number.NaN;
  /** The histogram bucket of `ms`. */
  bucket = 0;
  at = Number.NaN;
  /** Made for a failure only. */
  error: LastError | undefined;

  /** Returns false for a call that names no key or no host. */
  read(call: CallRecord, now: () => number): boolean {
    const { id, group, host, class: failure, status, ms, at } = call;
    if (typeof id !== 'string' || typeof host !== 'string') return false;
    this.id = id;
    this.group = typeof group === 'string' ? group : id;
    this.host = host;
    this.class = isFailureClass(failure) ? failure : undefined;
    this.status = isStatus(status) ? status : undefined;
    this.ms = Number.isFinite(ms) ? Math.max(0, ms) : Number.NaN;
    this.bucket = bucketOf(this.ms);
    this.at = Number.isFinite(at) ? at : now();
    this.error = errorOf(this, call);
    return true;
  }
}

function errorOf(sound: SoundCall, { modelClass, message }: CallRecord): LastError | undefined {
  const { class: failure, status, at } = sound;
  if (failure === undefined || failure === 'ok') return undefined;
  return Object.freeze({
    class: failure,
    ...(status === undefined ? {} : { status }),
    ...(typeof modelClass === 'string' ? { modelClass } : {}),
    ...(typeof message === 'string' ? { message: shortened(message) } : {}),
    at,
  });
}

function isStatus(status: unknown): status is number {
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599;
}

function shortened(message: string): string {
  if (message.length <= MAX_MESSAGE) return message;
  // A mere slice would keep the whole text in memory.
  return Array.from(message.slice(0, MAX_MESSAGE)).join('');
}
