import type { SoundCall } from './call-record.js';
import type { CallStats, LastError } from './call-stats.js';
import { FAILURE_CLASSES, noFailures } from './failure-counts.js';
import { LatencyHistogram } from './latency-histogram.js';

/** The counts of one key or one host. */
export class CallTally {
  #requests = 0;
  readonly #byClass = noFailures();
  readonly #byStatus = new Map<number, number>();
  readonly #latency = new LatencyHistogram();
  /** Made by the first failure: most keys have none. */
  #failureLatency: LatencyHistogram | undefined;
  #firstAt = Infinity;
  #lastUsedAt = -Infinity;
  #lastError: LastError | undefined;

  add(call: SoundCall): void {
    const { class: failure, status, ms, bucket, at, error } = call;
    this.#requests += 1;
    if (failure !== undefined) this.#byClass[failure] += 1;
    if (status !== undefined) this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
    if (ms >= 0) this.#latency.add(ms, bucket);
    if (at < this.#firstAt) this.#firstAt = at;
    if (at > this.#lastUsedAt) this.#lastUsedAt = at;
    if (error === undefined) return;

    this.#failureLatency ??= new LatencyHistogram();
    if (ms >= 0) this.#failureLatency.add(ms, bucket);
    this.#lastError = later(this.#lastError, error);
  }

  absorb(other: CallTally): void {
    this.#requests += other.#requests;
    for (const each of FAILURE_CLASSES) this.#byClass[each] += other.#byClass[each];
    for (const [status, count] of other.#byStatus) {
      this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + count);
    }
    this.#latency.absorb(other.#latency);
    this.#firstAt = Math.min(this.#firstAt, other.#firstAt);
    this.#lastUsedAt = Math.max(this.#lastUsedAt, other.#lastUsedAt);
    if (other.#failureLatency !== undefined) {
      this.#failureLatency ??= new LatencyHistogram();
      this.#failureLatency.absorb(other.#failureLatency);
    }
    this.#lastError = later(this.#lastError, other.#lastError);
  }

  /** A copy, frozen but for its outermost object, to which a name may be added. */
  stats(): CallStats {
    const observed = FAILURE_CLASSES.reduce((sum, each) => sum + this.#byClass[each], 0);
    const lastError = this.#lastError;
    return {
      requests: this.#requests,
      ok: this.#byClass.ok,
      failures: observed - this.#byClass.ok,
      unobserved: this.#requests - observed,
      byClass: Object.freeze({ ...this.#byClass }),
      byStatus: frozenCounts(this.#byStatus),
      latency: this.#latency.stats(),
      failureLatency: this.#failureLatency?.stats() ?? NO_LATENCY,
      firstAt: this.#firstAt,
      lastUsedAt: this.#lastUsedAt,
      ...(lastError === undefined ? {} : { lastError }),
    };
  }
}

const NO_LATENCY = new LatencyHistogram().stats();

function frozenCounts(byStatus: ReadonlyMap<number, number>): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const [status, value] of byStatus) {
    // Assigned, a property named 200 has V8 make room for 200 before it: 5 KB a row, not 0.2.
    Object.defineProperty(counts, status, { value, enumerable: true });
  }
  return Object.freeze(counts);
}

function later(one: LastError | undefined, other: LastError | undefined): LastError | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.at >= one.at ? other : one;
}
