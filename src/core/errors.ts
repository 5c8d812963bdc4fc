import type { Explanation } from './explanation.js';

/** Codes are stable: branch on them, not on messages or classes. */
export type KeyPoolErrorCode =
  | 'ACQUIRE_TIMEOUT'
  | 'ATTEMPTS_EXHAUSTED'
  | 'CHECKER_STOPPED'
  | 'COST_EXCEEDS_LIMIT'
  | 'INVALID_OPTION'
  | 'NO_KEY_AVAILABLE'
  | 'POOL_CLOSED'
  | 'QUEUE_FULL'
  | 'SPEND_PROBE_FAILED'
  | 'STORE_FAILED'
  | 'UNKNOWN_KEY';

// Registered, so that two copies of this package, or its ESM and CJS builds, know each other's errors.
const brand = Symbol.for('keypool.error');

export class KeyPoolError extends Error {
  override readonly name: string = 'KeyPoolError';
  readonly code: KeyPoolErrorCode;
  /** What `run` had tried before it gave up; empty elsewhere. */
  readonly trail: readonly Attempt[];

  constructor(code: KeyPoolErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.trail = details.trail ?? [];
    Object.defineProperty(this, brand, { value: true });
  }

  /** For logs and reports: of any other error, JSON would leave out the message. */
  toJSON(): object {
    const { message, trail, ...fields } = this;
    return { message, ...fields, ...(trail.length === 0 ? {} : { trail }) };
  }
}

export interface ErrorDetails {
  readonly cause?: unknown;
  readonly trail?: readonly Attempt[];
}

/** One call that `run` made, for the error that ends it. */
export interface Attempt {
  /** The key's id. */
  readonly id: string;
  readonly class: string;
  readonly status: number;
  /** Milliseconds spent waiting for the lease. */
  readonly waitedMs: number;
  /** Milliseconds from the lease to the verdict. */
  readonly ms: number;
  readonly message?: string;
}

/** The error of each code, with what it carries. */
export interface KeyPoolErrorByCode {
  readonly ACQUIRE_TIMEOUT: AcquireTimeoutError;
  readonly ATTEMPTS_EXHAUSTED: AttemptsExhaustedError;
  readonly CHECKER_STOPPED: KeyPoolError;
  readonly COST_EXCEEDS_LIMIT: CostExceedsLimitError;
  readonly INVALID_OPTION: InvalidOptionError;
  readonly NO_KEY_AVAILABLE: NoKeyAvailableError;
  readonly POOL_CLOSED: PoolClosedError;
  readonly QUEUE_FULL: QueueFullError;
  readonly SPEND_PROBE_FAILED: SpendProbeError;
  readonly STORE_FAILED: KeyPoolError;
  readonly UNKNOWN_KEY: UnknownKeyError;
}

/**
 * Whether the value is an error of this package, also when another copy of it made the error, where
 * `instanceof` would fail; with a code, whether it is that error.
 */
export function isKeyPoolError<Code extends KeyPoolErrorCode>(
  value: unknown,
  code?: Code,
): value is { [Each in Code]: KeyPoolErrorByCode[Each] & { readonly code: Each } }[Code] {
  if (!(value instanceof Error) || !(brand in value) || !('code' in value)) return false;
  return code === undefined || value.code === code;
}

/** No key can serve, and waiting longer would not help or is not wanted. */
export class NoKeyAvailableError extends KeyPoolError {
  override readonly name = 'NoKeyAvailableError';
  /** Milliseconds until a key could serve; absent when no wait is known to help. */
  declare readonly retryAfterMs?: number;
  /** Why each key cannot serve: as `pool.explain()` says it, for 20 keys at most. */
  readonly explanation: Explanation;

  constructor(message: string, details: WaitDetails) {
    super('NO_KEY_AVAILABLE', `${message}${because(details)}`, details);
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    this.explanation = details.explanation;
  }
}

export interface WaitDetails extends ErrorDetails {
  readonly retryAfterMs?: number | undefined;
  readonly explanation: Explanation;
}

/** The first sentences of an explanation, for a message. */
function because({ explanation: { keys, omitted = 0 } }: WaitDetails): string {
  if (keys.length === 0) return ': the pool has no keys';
  const sentences = keys.slice(0, 3).map(({ sentence }) => sentence);
  const more = keys.length - sentences.length + omitted;
  return `: ${sentences.join('. ')}${more > 0 ? `. And ${more} more keys` : ''}`;
}

/** `maxWaitMs` passed before a key could serve. */
export class AcquireTimeoutError extends KeyPoolError {
  override readonly name = 'AcquireTimeoutError';
  /** Milliseconds until a key could serve; absent when no wait is known to help. */
  declare readonly retryAfterMs?: number;
  /** Why each key cannot serve: as `pool.explain()` says it, for 20 keys at most. */
  readonly explanation: Explanation;

  constructor(maxWaitMs: number, details: WaitDetails) {
    const message = `No key became available within ${maxWaitMs} ms`;
    super('ACQUIRE_TIMEOUT', `${message}${because(details)}`, details);
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    this.explanation = details.explanation;
  }
}

/** `maxQueue` callers are waiting already. */
export class QueueFullError extends KeyPoolError {
  override readonly name = 'QueueFullError';

  constructor(maxQueue: number) {
    super('QUEUE_FULL', `The queue is full: ${maxQueue} calls are waiting for a key`);
  }
}

/** The cost is above every limit it could be taken from: no wait makes it fit. */
export class CostExceedsLimitError extends KeyPoolError {
  override readonly name = 'CostExceedsLimitError';
  readonly dimension: string;
  readonly cost: number;
  readonly limit: number;

  constructor(dimension: string, cost: number, limit: number) {
    super(
      'COST_EXCEEDS_LIMIT',
      `The call takes ${cost} ${dimension}, the largest limit is ${limit}`,
    );
    this.dimension = dimension;
    this.cost = cost;
    this.limit = limit;
  }
}

/** `close()` was called. */
export class PoolClosedError extends KeyPoolError {
  override readonly name = 'PoolClosedError';

  constructor() {
    super('POOL_CLOSED', 'The pool is closed');
  }
}

/** No key of that id is in the pool. */
export class UnknownKeyError extends KeyPoolError {
  override readonly name = 'UnknownKeyError';

  constructor(id: string, isSecret = false) {
    const message = isSecret ? 'A secret was given in place of an id' : `No key has the id "${id}"`;
    super('UNKNOWN_KEY', message);
  }
}

/** `run` used up its retries; `trail` says on what. */
export class AttemptsExhaustedError extends KeyPoolError {
  override readonly name = 'AttemptsExhaustedError';
  /** Status of the last response. */
  readonly status: number;
  /** How many there were; the trail has the latest hundred. */
  readonly attempts: number;
  /** Milliseconds until a key could serve; absent when no wait is known to help. */
  declare readonly retryAfterMs?: number;

  constructor(status: number, details: AttemptsDetails) {
    const { trail, attempts, retryAfterMs } = details;
    const last = trail.at(-1);
    const count = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
    super(
      'ATTEMPTS_EXHAUSTED',
      `Gave up after ${count}; the last was answered ${status} (${last?.class ?? 'unknown'})`,
      details,
    );
    this.status = status;
    this.attempts = attempts;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

interface AttemptsDetails extends ErrorDetails {
  readonly trail: readonly Attempt[];
  readonly attempts: number;
  readonly retryAfterMs?: number | undefined;
}

/**
 * What went wrong with a question about spend: no answer in time, no connection, another place named,
 * a status that refuses, an answer that is not understood or too large, or the probe's own code.
 */
export type SpendProbeErrorKind =
  | 'timeout'
  | 'network'
  | 'redirect'
  | 'status'
  | 'body'
  | 'too-large'
  | 'probe';

/** A provider did not say what a key has spent: this says nothing of the key. */
export class SpendProbeError extends KeyPoolError {
  override readonly name = 'SpendProbeError';
  readonly kind: SpendProbeErrorKind;
  /** HTTP status, where there was an answer. */
  declare readonly status?: number;
  /** The wait that the provider demands before the next question. */
  declare readonly retryAfterMs?: number;

  constructor(
    kind: SpendProbeErrorKind,
    message: string,
    { status, retryAfterMs }: { readonly status?: number; readonly retryAfterMs?: number } = {},
  ) {
    super('SPEND_PROBE_FAILED', message);
    this.kind = kind;
    if (status !== undefined) this.status = status;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/** An option or argument is not what was expected; nothing was changed. */
export class InvalidOptionError extends KeyPoolError {
  override readonly name = 'InvalidOptionError';
  /** Where: `keys[3].limits.requests.limit`. */
  readonly path: string;

  constructor(path: string, expected: string, got: unknown, shown = describe(got)) {
    super('INVALID_OPTION', `${path}: expected ${expected}, got ${shown}`);
    this.path = path;
  }
}

/** The value where it cannot be a secret, else its kind: a string shows its length only. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') {
    if (value === '') return 'an empty string';
    return `a string of ${value.length} ${value.length === 1 ? 'character' : 'characters'}`;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return `a value of type ${typeof value}`;
}
