import type { Dimension, Rate } from '../../key/key.js';
import { type Bucket, createBucket, type Need } from './bucket.js';
import { dimensions, type FakeLimits } from './options.js';

/** What one call needs to be admitted. Of `outputTokens` only that some are left: it is metered late. */
export type Needs = Readonly<Record<Dimension, Need>>;

/** A limit that cannot admit a call. */
export interface Shortage {
  readonly dimension: Dimension;
  readonly rate: Rate;
  readonly level: number;
  readonly need: Need;
  /** Milliseconds until the need is met; `Infinity` when it is above the limit. */
  readonly waitMs: number;
}

/** One limit's state at an instant, for headers. */
export interface LimitState {
  readonly rate: Rate;
  readonly level: number;
  /** When it is whole again, in epoch milliseconds. */
  readonly wholeAt: number;
  /** The same, in milliseconds from the snapshot. */
  readonly resetMs: number;
}

export type Snapshot = Readonly<Partial<Record<Dimension, LimitState>>>;

/** How much of one limit was used, of all that it allowed. */
export interface CapacityUse {
  readonly organisation: string;
  /** As written in `limits`: a model's name, a family (`claude-opus-*`), or `*`. */
  readonly model: string;
  readonly dimension: Dimension;
  /**
   * Units that could have been taken since the start or the last `resetStats()`: what the bucket
   * held then, and all it regained since (refill: limit × elapsed / windowMs; window: the limit, at
   * every reset).
   */
  readonly allowed: number;
  readonly used: number;
  /** used / allowed. */
  readonly share: number;
}

interface Meter {
  readonly dimension: Dimension;
  readonly rate: Rate;
  readonly bucket: Bucket;
  used: number;
  /** What was granted before the count began and was no longer there. */
  spentBefore: number;
}

/** The limits that one organisation's calls to one model, or one family of models, share. */
export class Quota {
  readonly organisation: string;
  readonly model: string;
  readonly #meters: readonly Meter[];

  constructor(organisation: string, model: string, limits: FakeLimits, now: number) {
    this.organisation = organisation;
    this.model = model;
    this.#meters = dimensions.flatMap((dimension) => {
      const rate = limits[dimension];
      if (rate === undefined) return [];
      return { dimension, rate, bucket: createBucket(rate, now), used: 0, spentBefore: 0 };
    });
  }

  /** The limits that cannot admit the call now; empty when all can. */
  shortages(needs: Needs, now: number): readonly Shortage[] {
    const short: Shortage[] = [];
    for (const { dimension, rate, bucket } of this.#meters) {
      const need = needs[dimension];
      const waitMs = bucket.waitMs(need, now);
      if (waitMs > 0) short.push({ dimension, rate, level: bucket.level(now), need, waitMs });
    }
    return short;
  }

  /** Takes what the call needs of every dimension; what it only needs some of is left alone. */
  charge(needs: Needs, now: number): void {
    for (const meter of this.#meters) {
      const need = needs[meter.dimension];
      if (need !== 'any') take(meter, need, now);
    }
  }

  /** Takes output as it is written; `false` when that took the bucket below zero. */
  meterOutput(tokens: number, now: number): boolean {
    const meter = this.#meters.find(({ dimension }) => dimension === 'outputTokens');
    if (meter === undefined) return true;
    take(meter, tokens, now);
    return meter.bucket.level(now) >= 0;
  }

  snapshot(now: number): Snapshot {
    const snapshot: Partial<Record<Dimension, LimitState>> = {};
    for (const { dimension, rate, bucket } of this.#meters) {
      const wholeAt = bucket.wholeAt(now);
      snapshot[dimension] = { rate, level: bucket.level(now), wholeAt, resetMs: wholeAt - now };
    }
    return snapshot;
  }

  capacity(now: number): CapacityUse[] {
    return this.#meters.map(({ dimension, bucket, used, spentBefore }) => {
      const allowed = bucket.granted(now) - spentBefore;
      const { organisation, model } = this;
      return { organisation, model, dimension, allowed, used, share: used / allowed };
    });
  }

  resetCapacity(now: number): void {
    for (const meter of this.#meters) {
      meter.used = 0;
      meter.spentBefore = meter.bucket.granted(now) - meter.bucket.level(now);
    }
  }
}

function take(meter: Meter, amount: number, now: number): void {
  meter.bucket.charge(amount, now);
  meter.used += amount;
}
