import { HeadroomMarks } from './headroom-marks.js';
import { type Level, ROUNDING } from './level.js';

export interface RefillLevelOptions {
  readonly limit: number;
  readonly windowMs: number;
  /** Milliseconds that calls may spend on their way: see `take`. */
  readonly transitMs: number;
  readonly used?: number;
  readonly now: number;
}

/**
 * A continuously refilled token bucket, kept as what is used: it drains at `limit` per `windowMs`
 * and stops at 0, which is a full bucket. Above the limit it is a debt, waited off at the same rate.
 */
export class RefillLevel implements Level {
  readonly kind = 'refill';
  readonly #transitMs: number;
  readonly #marks = new HeadroomMarks();
  #limit: number;
  #windowMs: number;
  #used: number;
  /** Until when the draining is accounted for; ahead of the present while calls are on their way. */
  #drainedAt: number;
  /** Since when the bucket has not been full. */
  #busySince: number;

  constructor({ limit, windowMs, transitMs, used = 0, now }: RefillLevelOptions) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#transitMs = transitMs;
    this.#used = used;
    this.#drainedAt = now;
    this.#busySince = now;
  }

  get limit(): number {
    return this.#limit;
  }

  get windowMs(): number {
    return this.#windowMs;
  }

  available(now: number): number {
    this.#drain(now);
    return this.#limit - this.#used;
  }

  take(amount: number, order: number, now: number): void {
    this.#drain(now);
    this.#marks.note(order, this.#used, this.#limit);
    // The provider's bucket stays full, and regains nothing, until the first call arrives there.
    if (this.#used === 0) {
      this.#drainedAt = now + this.#transitMs;
      this.#busySince = this.#drainedAt;
    }
    this.#used += amount;
  }

  charge(amount: number, _order: number, now: number): void {
    this.#drain(now);
    this.#used += amount;
  }

  refund(amount: number, order: number, now: number): number {
    this.#drain(now);
    const refunded = Math.min(amount, this.#used, this.#marks.smallestSince(order));
    if (refunded <= 0) return 0;
    this.#marks.lowerSince(order, refunded);
    this.#used -= refunded;
    return refunded;
  }

  readyAt(amount: number, now: number): number {
    if (amount > this.#limit + ROUNDING) return Infinity;
    this.#drain(now);
    const excess = this.#used + amount - this.#limit;
    if (excess <= ROUNDING) return now;
    return Math.max(now, this.#drainedAt) + Math.ceil((excess * this.#windowMs) / this.#limit);
  }

  relimit(limit: number, windowMs: number, now: number): void {
    this.#drain(now);
    // What the old rate drained too much since the bucket was full is still used.
    const tooFast = this.#limit / this.#windowMs - limit / windowMs;
    if (this.#used > 0) this.#used += Math.max(0, tooFast * (now - this.#busySince));
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  #drain(now: number): void {
    const elapsedMs = now - this.#drainedAt;
    if (elapsedMs <= 0) return;
    this.#used = Math.max(0, this.#used - (elapsedMs * this.#limit) / this.#windowMs);
    this.#drainedAt = now;
  }
}
