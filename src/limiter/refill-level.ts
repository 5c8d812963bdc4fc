import { HeadroomMarks } from './headroom-marks.js';
import { type Level, msToRegain, ROUNDING } from './level.js';

export interface RefillLevelOptions {
  readonly limit: number;
  readonly windowMs: number;
  /** Milliseconds that calls may spend on their way: see `take`. */
  readonly transitMs: number;
  readonly used?: number;
  /** Calls up to this one were counted elsewhere: nothing is given back to them. */
  readonly countedUpTo?: number;
  readonly now: number;
}

/**
 * A continuously refilled token bucket, kept as what is used: it drains at `limit` per `windowMs`
 * and stops at 0, which is a full bucket. Above the limit it is a debt, waited off at the same rate.
 */
export class RefillLevel implements Level {
  readonly #transitMs: number;
  readonly #marks = new HeadroomMarks();
  #limit: number;
  #windowMs: number;
  #used: number;
  /** Until when the draining is accounted for; ahead of the present while calls are on their way. */
  #drainedAt: number;
  /** See `hold`; `undefined` while nothing is held. */
  #hold: Hold | undefined;
  /** Since when the bucket has not been full. */
  #busySince: number;

  constructor({ limit, windowMs, transitMs, used = 0, countedUpTo, now }: RefillLevelOptions) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#transitMs = transitMs;
    this.#used = used;
    this.#drainedAt = now;
    this.#busySince = now;
    // As the call after them would, had it found the bucket full.
    if (countedUpTo !== undefined) this.#marks.note(countedUpTo + 1, 0, limit);
  }

  // No field: every key has levels, and every byte of them is fetched for every call.
  get kind(): 'refill' {
    return 'refill';
  }

  get limit(): number {
    return this.#limit;
  }

  get windowMs(): number {
    return this.#windowMs;
  }

  available(now: number): number {
    this.#drain(now);
    return this.#limit - this.#used - (this.#hold?.withheld ?? 0);
  }

  take(amount: number, order: number, now: number): void {
    this.#drain(now);
    this.#marks.note(order, this.#used, this.#limit);
    this.#use(amount, now);
  }

  charge(amount: number, _order: number, now: number): void {
    this.#drain(now);
    this.#use(amount, now);
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
    const { until = 0, withheld = 0 } = this.#hold ?? {};
    if (excess + withheld <= ROUNDING) return now;
    const heldUntil = Math.max(now, until);
    if (excess <= ROUNDING) return heldUntil;
    const waitMs = msToRegain(excess, this.#limit, this.#windowMs);
    return Math.max(heldUntil, Math.max(now, this.#drainedAt) + waitMs);
  }

  relimit(limit: number, windowMs: number, now: number): void {
    this.#drain(now);
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Goes on at a limit that held all along: what was believed to refill since then did not. */
  correct(limit: number, windowMs: number, now: number): void {
    this.#drain(now);
    const tooFast = this.#limit / this.#windowMs - limit / windowMs;
    if (this.#used > 0) this.#used += Math.max(0, tooFast * (now - this.#busySince));
    this.relimit(limit, windowMs, now);
  }

  /**
   * Lets nothing come back before `until` (epoch ms), and all that should have by then: for a limit
   * that may turn out to be no refill. An instant in the past lets go.
   */
  hold(until: number, now: number): void {
    if (this.#hold !== undefined) this.#hold.until = until;
    else if (until > now) this.#hold = { until, withheld: 0 };
    this.#drain(now);
  }

  #use(amount: number, now: number): void {
    // The provider's bucket stays full, and regains nothing, until the first call arrives there.
    if (this.#used === 0) {
      this.#drainedAt = now + this.#transitMs;
      this.#busySince = this.#drainedAt;
    }
    this.#used += amount;
  }

  #drain(now: number): void {
    const elapsedMs = now - this.#drainedAt;
    if (this.#hold !== undefined && now >= this.#hold.until) this.#hold = undefined;
    if (elapsedMs <= 0) return;
    const drained = Math.min(this.#used, (elapsedMs * this.#limit) / this.#windowMs);
    this.#used -= drained;
    if (this.#hold !== undefined) this.#hold.withheld += drained;
    this.#drainedAt = now;
  }
}

interface Hold {
  /** Until when what drains is withheld, in epoch milliseconds. */
  until: number;
  withheld: number;
}
