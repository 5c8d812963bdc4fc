import type { Limits, Rate } from '../../src/key/key.js';

/** What a provider charges when it admits a call; output is charged while it answers. */
const CHARGED = ['requests', 'tokens', 'inputTokens'] as const;

export type Charge = Readonly<Record<(typeof CHARGED)[number], number>>;

/** The provider's own buckets of one group. They share no code with the pool's and know every real cost. */
export class TrueLimits {
  readonly #buckets = new Map<(typeof CHARGED)[number], TrueBucket>();

  constructor(limits: Limits, now: number) {
    for (const dimension of CHARGED) {
      const rate = limits[dimension];
      // When a window begins is the provider's to say: of windows nothing is known here.
      if (rate !== undefined && rate.kind !== 'window') {
        this.#buckets.set(dimension, new TrueBucket(rate, now));
      }
    }
  }

  /** Returns whether that overran a limit. */
  charge(amounts: Charge, now: number): boolean {
    let isOverrun = false;
    for (const [dimension, bucket] of this.#buckets) {
      if (bucket.charge(amounts[dimension], now)) isOverrun = true;
    }
    return isOverrun;
  }
}

class TrueBucket {
  readonly #rate: Rate;
  #level: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#level = rate.limit;
    this.#at = now;
  }

  charge(amount: number, now: number): boolean {
    const { limit, windowMs } = this.#rate;
    const regained = ((now - this.#at) * limit) / windowMs;
    this.#level = Math.min(limit, this.#level + regained) - amount;
    this.#at = now;
    return amount > 0 && this.#level < -1e-6 * limit;
  }
}
