import type { LatencyStats } from './call-stats.js';

/** How far a quantile may be from the exact one, as a share of it. */
const ERROR = 0.05;

/** With buckets this much wider each time, the middle of a bucket is within `ERROR` of its ends. */
const GROWTH = (1 + ERROR) / (1 - ERROR);
const LOG_GROWTH = Math.log(GROWTH);

const DAY_MS = 86_400_000;
/** Takes whatever lasted a day or longer, so that the buckets have an end. */
const LAST_BUCKET = 1 + Math.ceil(Math.log(DAY_MS) / LOG_GROWTH);

/** A powers' table: a batch of many keys asks for thousands of quantiles. */
const MIDDLES = Array.from({ length: LAST_BUCKET }, (_, n) => GROWTH ** (n - 1) * (1 + ERROR));

/** Buckets are made by so many at a time: only those in use, and seldom. */
const STEP = 8;

/** Latencies in buckets whose width grows with the value; 185 of them at most. */
export class LatencyHistogram {
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;
  /** Calls by bucket, from `#first` on. */
  #counts: number[] = [];
  #first = 0;

  /** @param bucket `bucketOf(ms)`, asked once where several histograms take the value */
  add(ms: number, bucket: number): void {
    this.#count += 1;
    this.#sumMs += ms;
    if (ms > this.#maxMs) this.#maxMs = ms;
    this.#raise(bucket, 1);
  }

  absorb(other: LatencyHistogram): void {
    this.#count += other.#count;
    this.#sumMs += other.#sumMs;
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
    let bucket = other.#first;
    for (const count of other.#counts) {
      if (count > 0) this.#raise(bucket, count);
      bucket += 1;
    }
  }

  stats(): LatencyStats {
    return Object.freeze({
      count: this.#count,
      meanMs: this.#count === 0 ? 0 : this.#sumMs / this.#count,
      maxMs: this.#maxMs,
      p50Ms: this.#quantile(50),
      p90Ms: this.#quantile(90),
      p99Ms: this.#quantile(99),
    });
  }

  #quantile(percent: number): number {
    // In whole percents, since 0.99 times a number may land just above a whole one.
    let rank = Math.ceil((percent * this.#count) / 100);
    let bucket = this.#first;
    for (const count of this.#counts) {
      rank -= count;
      if (rank <= 0 && count > 0) return Math.min(this.#maxMs, middleOf(bucket));
      bucket += 1;
    }
    return this.#maxMs;
  }

  #raise(bucket: number, by: number): void {
    if (bucket < this.#first || bucket >= this.#first + this.#counts.length) this.#reach(bucket);
    const index = bucket - this.#first;
    this.#counts[index] = (this.#counts[index] ?? 0) + by;
  }

  #reach(bucket: number): void {
    const isEmpty = this.#counts.length === 0;
    const end = this.#first + this.#counts.length;
    const low = bucket - (bucket % STEP);
    const first = isEmpty ? low : Math.min(this.#first, low);
    const size = (isEmpty ? low + STEP : Math.max(end, low + STEP)) - first;
    const wider = new Array<number>(size).fill(0);
    for (const [index, count] of this.#counts.entries()) {
      wider[this.#first + index - first] = count;
    }
    this.#counts = wider;
    this.#first = first;
  }
}

/** Bucket 0 lies below 1 ms; bucket n reaches from GROWTH^(n−1) ms to GROWTH^n ms. */
export function bucketOf(ms: number): number {
  if (ms < 1) return 0;
  return Math.min(LAST_BUCKET, 1 + Math.floor(Math.log(ms) / LOG_GROWTH));
}

function middleOf(bucket: number): number {
  if (bucket === 0) return 0.5;
  return MIDDLES[bucket] ?? Infinity;
}
