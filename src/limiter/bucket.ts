import type { LimitView, Rate } from '../key/key.js';
import type { LimitReading } from '../limits/limit-update.js';
import { type Level, ROUNDING } from './level.js';
import { type LimitShape, ShapeDetector } from './limit-shape.js';
import { HELD_MS, NewestReading } from './newest-reading.js';
import { RefillLevel } from './refill-level.js';
import { WindowLevel } from './window-level.js';

/** How long a reading without a reset holds back a limit of unknown length. */
const UNKNOWN_RESET_MS = 60_000;

export interface BucketOptions {
  /** The caller's limit: a ceiling for what is learned. */
  readonly configured?: Rate | undefined;
  /** The shape of a limit nobody described. @defaultValue refilled over one minute */
  readonly fallback?: LimitShape | undefined;
  readonly transitMs: number;
  /** Charged while the provider answers: a reservation stays pending until it is settled. */
  readonly isMeteredLate: boolean;
}

/** What one call took of one bucket. */
export interface Draw {
  /** Position of the call in the order of sending. */
  readonly order: number;
  /** What the call took, by its last word. */
  said: number;
  /** What the own count charges it with: more than said, where not all could be given back. */
  charged: number;
  isPending: boolean;
  /** What the bucket had charged in all when the call was sent. */
  readonly chargedBefore: number;
}

/**
 * One dimension of one limit. Keeps two levels, the own count and the newest reading, and admits on
 * the smaller: the own count misses what others spend, the reading misses what is on its way.
 */
export class Bucket {
  readonly #configured: Rate | undefined;
  readonly #transitMs: number;
  readonly #isMeteredLate: boolean;
  readonly #shape: ShapeDetector;
  /** `undefined` while the limit is unknown. */
  #own: Level | undefined;
  #reading: NewestReading | undefined;
  #newestOrder = -1;
  #pending = 0;
  /** All that was ever charged: the difference of two sums is what was sent in between. */
  #charged = 0;
  /** What was charged while the limit is unknown, and when last. */
  readonly #tally = { used: 0, at: -Infinity };
  #latestOrder = 0;
  #hasLearned = false;
  #isTracked = false;

  constructor({ configured, fallback, transitMs, isMeteredLate }: BucketOptions, now: number) {
    this.#configured = configured;
    this.#transitMs = transitMs;
    this.#isMeteredLate = isMeteredLate;
    const shape: LimitShape = {
      kind: configured?.kind ?? fallback?.kind ?? 'refill',
      windowMs: configured?.windowMs ?? fallback?.windowMs ?? UNKNOWN_RESET_MS,
    };
    this.#shape = new ShapeDetector(shape, configured?.kind !== undefined);
    if (configured !== undefined) {
      this.#own = this.#newLevel(this.#shape.shape, configured.limit, 0, now);
    }
  }

  /** The known limit; `Infinity` while unknown. */
  get limit(): number {
    return this.#own?.limit ?? Infinity;
  }

  /** Whether a response has taught anything. */
  get hasLearned(): boolean {
    return this.#hasLearned;
  }

  /** Whether responses show what is used: a `remaining` that always equals the limit shows nothing. */
  get isTracked(): boolean {
    return this.#isTracked;
  }

  available(now: number): number {
    return this.#left(now) - this.#pending;
  }

  fits(amount: number, now: number): boolean {
    return amount <= this.available(now) + ROUNDING;
  }

  take(amount: number, order: number, now: number): Draw {
    if (this.#isMeteredLate) {
      this.#pending += amount;
      return {
        order,
        said: amount,
        charged: amount,
        isPending: true,
        chargedBefore: this.#charged,
      };
    }
    this.#latestOrder = order;
    this.#own?.take(amount, order, now);
    this.#reading?.charge(amount);
    this.#count(amount, now);
    return { order, said: amount, charged: amount, isPending: false, chargedBefore: this.#charged };
  }

  /** Replaces what the call is charged with. */
  settle(draw: Draw, actual: number, now: number): void {
    if (draw.isPending) {
      this.#chargePending(draw, actual, now);
      return;
    }
    const difference = actual - draw.said;
    if (difference === 0) return;
    draw.said = actual;
    // Never lowered: a refund to an older call would look like room since a newer one.
    if (difference > 0) this.#count(difference, now);
    // A call sent before the newest reading's is in that reading with its real cost already.
    const reading = this.#reading;
    const isSince = draw.order > (reading?.order ?? Infinity);
    // Output is in no reading before it is settled: what is added counts, what is taken back may not.
    if (this.#isMeteredLate ? difference > 0 : isSince) reading?.charge(difference);
    this.#correctOwn(draw, actual - draw.charged, now);
  }

  /** The call is over: what is still pending is charged as estimated. */
  release(draw: Draw, now: number): void {
    if (draw.isPending) this.#chargePending(draw, draw.charged, now);
  }

  readyAt(amount: number, now: number): number {
    const needed = amount + this.#pending;
    if (this.fits(amount, now)) return now;
    const own = this.#own?.readyAt(needed, now) ?? now;
    const { isInDoubt } = this.#shape;
    return Math.max(own, this.#reading?.readyAt(needed, this.#refill, isInDoubt, now) ?? now);
  }

  /**
   * Takes over a response to the call of `draw`, or to nobody's. `callMs`: how long ago that call
   * was sent; `waitMs`: after what wait it would be taken, where it was refused. A call of which only
   * the draw on another bucket is known teaches limits alone.
   */
  learn(
    reading: LimitReading,
    now: number,
    draw: Draw | undefined,
    callMs: number,
    waitMs?: number,
  ): void {
    // A limit of 0 is how some providers say "none here" (`-1/-1/0`, xAI): unknown.
    if (reading.limit !== undefined && !(reading.limit > 0)) return;
    if (Number.isNaN(reading.remaining) || Number.isNaN(reading.resetAt)) return;
    const windowLevel = this.#own instanceof WindowLevel ? this.#own : undefined;
    const offEndMs = windowLevel?.distanceToEnd(reading.resetAt ?? now) ?? 0;
    // Before the shape changes: what is held back in doubt must not be let go by the answer to it.
    const left = this.#left(now);
    const shape = this.#shape.weigh(reading, now, callMs, offEndMs, waitMs);
    if (reading.limit !== undefined) this.#adopt(reading.limit, shape, left, now);
    this.#hold(reading, now);
    if (draw === undefined || draw.order <= this.#newestOrder) return;
    if (reading.remaining !== undefined) this.#hasLearned = true;
    if ((reading.remaining ?? Infinity) < (reading.limit ?? Infinity)) this.#isTracked = true;
    this.#apply(reading, draw, now, callMs);
  }

  /** Takes over the load of a bucket whose group turned out to be this one. */
  absorb(other: Bucket, now: number): void {
    const used =
      other.#own === undefined ? other.#tally.used : other.#own.limit - other.#own.available(now);
    this.#pending += other.#pending;
    this.#charge(Math.max(0, used), now);
  }

  /** Share in use, 0 to 1; above the limit it stays 1. */
  load(now: number): number {
    if (this.#own === undefined) return 0;
    const share = 1 - this.available(now) / this.#own.limit;
    return Math.min(1, Math.max(0, share));
  }

  view(now: number): LimitView | undefined {
    if (this.#own === undefined) return undefined;
    const { limit, windowMs, kind } = this.#own;
    const source = this.#hasLearned ? 'learned' : 'configured';
    return { limit, windowMs, kind, remaining: Math.floor(this.available(now) + ROUNDING), source };
  }

  /** The smaller of the two levels, before what is pending. */
  #left(now: number): number {
    const own = this.#own?.available(now) ?? Infinity;
    if (this.#reading === undefined) return own;
    const stated = this.#reading.left(this.#refill, this.#shape.isInDoubt, now);
    if (stated === Infinity) this.#reading = undefined;
    return Math.min(own, stated);
  }

  #correctOwn(draw: Draw, difference: number, now: number): void {
    if (difference > 0) {
      this.#own?.charge(difference, draw.order, now);
      draw.charged += difference;
      return;
    }
    if (this.#own !== undefined) {
      draw.charged -= this.#own.refund(-difference, draw.order, now);
      return;
    }
    draw.charged += difference;
    this.#tally.used = Math.max(0, this.#tally.used + difference);
  }

  #chargePending(draw: Draw, actual: number, now: number): void {
    draw.isPending = false;
    this.#pending -= draw.charged;
    draw.said = actual;
    draw.charged = actual;
    this.#charge(actual, now);
  }

  #count(amount: number, now: number): void {
    this.#charged += amount;
    if (this.#own !== undefined) return;
    // Of calls longer ago than a window nothing is used any more.
    if (now - this.#tally.at > this.#shape.shape.windowMs) this.#tally.used = 0;
    this.#tally.used += amount;
    this.#tally.at = now;
  }

  /** Charges the present, whichever call it is for. */
  #charge(amount: number, now: number): void {
    this.#count(amount, now);
    this.#own?.charge(amount, Infinity, now);
    this.#reading?.charge(amount);
  }

  #adopt(learned: number, learnedShape: LimitShape, left: number, now: number): void {
    const { limit, kind, windowMs } = this.#bounded(learned, learnedShape);
    const wasBelieved = this.#hasLearned;
    this.#hasLearned = true;
    const own = this.#own;
    if (own === undefined) {
      // What refilled meanwhile is not counted: room for calls that the way holds up longer.
      this.#own = this.#newLevel({ kind, windowMs }, limit, this.#tally.used, now);
    } else if (own.kind !== kind) {
      this.#own = this.#newLevel({ kind, windowMs }, limit, Math.max(0, own.limit - left), now);
      this.#reading = undefined;
    } else if (own.limit !== limit || own.windowMs !== windowMs) {
      if (own instanceof RefillLevel && !wasBelieved) own.correct(limit, windowMs, now);
      else own.relimit(limit, windowMs, now);
    }
  }

  /** While it may be a window, nothing comes back before the reset that it states. */
  #hold({ resetAt }: LimitReading, now: number): void {
    if (!(this.#own instanceof RefillLevel)) return;
    if (!this.#shape.isInDoubt) this.#own.hold(0, now);
    else if (resetAt !== undefined) this.#own.hold(resetAt + HELD_MS, now);
  }

  /** The caller's limit is a ceiling: of two limits over different times, the slower one holds. */
  #bounded(limit: number, { kind, windowMs }: LimitShape): LimitShape & { limit: number } {
    const ceiling = this.#configured;
    if (ceiling === undefined) return { limit, kind, windowMs };
    if (ceiling.windowMs === windowMs) {
      return { limit: Math.min(limit, ceiling.limit), kind, windowMs };
    }
    const isSlower = limit / windowMs < ceiling.limit / ceiling.windowMs;
    return isSlower ? { limit, kind, windowMs } : { kind: 'refill', ...ceiling };
  }

  #apply({ remaining, resetAt }: LimitReading, draw: Draw, now: number, callMs: number): void {
    if (remaining === undefined) return;
    const own = this.#own;
    let expiresAt = Infinity;
    if (own instanceof WindowLevel) {
      if (resetAt !== undefined && !own.end(resetAt, callMs, now)) return;
      expiresAt = own.overAt ?? now + own.windowMs;
    }
    if (own === undefined) expiresAt = resetAt ?? now + UNKNOWN_RESET_MS;
    this.#newestOrder = draw.order;
    const stated = remaining - this.#hiddenDebt(remaining, resetAt, now);
    const level = stated - (this.#charged - draw.chargedBefore);
    this.#reading = new NewestReading({ level, now, order: draw.order, resetAt, expiresAt });
  }

  /** An overdrawn bucket may state 0 and show its debt in a reset beyond its window only. */
  #hiddenDebt(remaining: number, resetAt: number | undefined, now: number): number {
    const own = this.#own;
    if (!(own instanceof RefillLevel) || this.#shape.isInDoubt) return 0;
    if (remaining !== 0 || resetAt === undefined) return 0;
    return Math.max(0, ((resetAt - now) * own.limit) / own.windowMs - own.limit);
  }

  /** How the limit comes back, if continuously. */
  get #refill(): Level | undefined {
    return this.#own?.kind === 'refill' ? this.#own : undefined;
  }

  #newLevel({ kind, windowMs }: LimitShape, limit: number, used: number, now: number): Level {
    if (kind === 'window') return new WindowLevel({ limit, windowMs, used, now });
    const transitMs = this.#transitMs;
    const countedUpTo = this.#latestOrder;
    return new RefillLevel({ limit, windowMs, transitMs, used, countedUpTo, now });
  }
}
