import type { FailureClass } from '../failure/failure.js';

/** Calls of one key or one host. `requests` = `ok` + `failures` + `unobserved`. */
export interface CallStats {
  readonly requests: number;
  readonly ok: number;
  /** Calls of every class but `ok`. */
  readonly failures: number;
  /** Calls of which nobody saw the response. */
  readonly unobserved: number;
  readonly byClass: Readonly<Record<FailureClass, number>>;
  /** Calls by status, 100 to 599. */
  readonly byStatus: Readonly<Record<number, number>>;
  /** Of all calls. */
  readonly latency: LatencyStats;
  readonly failureLatency: LatencyStats;
  /** When the first call was over, in epoch milliseconds. */
  readonly firstAt: number;
  /** When the latest call was over, in epoch milliseconds. */
  readonly lastUsedAt: number;
  readonly lastError?: LastError;
}

/**
 * Milliseconds from the lease to the answer; zeros where `count` is 0. A quantile is the value at its
 * nearest rank, within 5 % (half a millisecond below 1 ms) for values up to a day; the rest is exact.
 */
export interface LatencyStats {
  readonly count: number;
  readonly meanMs: number;
  readonly maxMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}

export interface LastError {
  readonly class: FailureClass;
  readonly status?: number;
  readonly modelClass?: string;
  /** The provider's words, scrubbed, at most 500 characters. */
  readonly message?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface HostStats extends CallStats {
  readonly host: string;
}

export interface KeyStats extends CallStats {
  readonly id: string;
  /** The key's quota group, as of its latest call. */
  readonly group: string;
  readonly host: string;
}

/**
 * What was counted, the most recently used first. Where keys (or hosts) had to make room, the last
 * row holds their counts and is named `others` in every respect, so each list sums up to all calls.
 */
export interface StatsSnapshot {
  readonly hosts: readonly HostStats[];
  readonly keys: readonly KeyStats[];
}

/** What came to be known since the last batch that the sink took. */
export interface StatsBatch extends StatsSnapshot {
  /** Where the last batch that was taken ended, in epoch milliseconds. */
  readonly from: number;
  /** When this batch was made, in epoch milliseconds. */
  readonly to: number;
}

/** Stores a batch. Throwing, or a promise that rejects, has its counts come again in the next one. */
export type StatsSink = (batch: StatsBatch) => Promise<void> | void;
