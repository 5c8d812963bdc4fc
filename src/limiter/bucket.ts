import type { LimitView, Rate } from '../key/key.js';
import type { LimitReading } from '../limits/limit-update.js';
import { type Level, ROUNDING } from './level.js';
import { type LimitShape, ShapeDetector } from './limit-shape.js';
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

/** How much longer than its reset a reading in doubt is held: resets have whole seconds. */
const HELD_MS = 1_000;

/** What one call took of one bucket. */
export interface Draw {
  /** Position of the call in the order of sending. */
  readonly order: number;
  /** What the call is charged with at present. */
  charged: number;
  isPending: boolean;
  /** What the bucket had charged in all when the call was sent. */
  readonly chargedBefore: number;
}

/** The newest word of the provider, carried on: what it said was left, less what was sent since. */
interface ReadingLevel {
  level: number;
  at: number;
  /** The call that it answered. */
  readonly order: number;
  /** When the limit is whole again by this reading; `undefined` where it does not say. */
  readonly resetAt: number | undefined;
  /** From when on it says nothing any more. */
  readonly expiresAt: number;
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
  #reading: ReadingLevel | undefined;
  #newestOrder = -1;
  #pending = 0;
  /** All that was ever charged: the difference of two sums is what was sent in between. */
  #charged = 0;
  #hasLearned = false;

  constructor({ configured, fallback, transitMs, isMeteredLate }: BucketOptions, now: number) {
    this.#configured = configured;
    this.#transitMs = transitMs;
    this.#isMeteredLate = isMeteredLate;
    this.#shape = new ShapeDetector({
      kind: configured?.kind ?? fallback?.kind ?? 'refill',
      windowMs: configured?.windowMs ?? fallback?.windowMs ?? UNKNOWN_RESET_MS,
    });
    if (configured !== undefined) this.#own = this.#newLevel(configured.limit, 0, now);
  }

  /** The known limit; `Infinity` while unknown. */
  get limit(): number {
    return this.#own?.limit ?? Infinity;
  }

  /** Whether a response has taught anything. */
  get hasLearned(): boolean {
    return this.#hasLearned;
  }

  available(now: number): number {
    const own = this.#own?.available(now) ?? Infinity;
    return Math.min(own, this.#readingLevel(now)) - this.#pending;
  }

  fits(amount: number, now: number): boolean {
    return amount <= this.available(now) + ROUNDING;
  }

  take(amount: number, order: number, now: number): Draw {
    if (this.#isMeteredLate) {
      this.#pending += amount;
      return { order, charged: amount, isPending: true, chargedBefore: this.#charged };
    }
    this.#own?.take(amount, order, now);
    if (this.#reading !== undefined) this.#reading.level -= amount;
    this.#charged += amount;
    return { order, charged: amount, isPending: false, chargedBefore: this.#charged };
  }

  /** Replaces what the call is charged with. */
  settle(draw: Draw, actual: number, now: number): void {
    if (draw.isPending) {
      this.#chargePending(draw, actual, now);
      return;
    }
    const difference = actual - draw.charged;
    if (difference === 0) return;
    // Never lowered: a refund to an older call would look like room since a newer one.
    if (difference > 0) this.#charged += difference;
    // A call sent before the newest reading's is in that reading with its real cost already.
    if (this.#reading !== undefined && (this.#isMeteredLate || draw.order > this.#reading.order)) {
      this.#reading.level -= difference;
    }
    if (difference > 0) {
      this.#own?.charge(difference, draw.order, now);
      draw.charged = actual;
      return;
    }
    draw.charged -= this.#own?.refund(-difference, draw.order, now) ?? -difference;
  }

  /** The call is over: what is still pending is charged as estimated. */
  release(draw: Draw, now: number): void {
    if (draw.isPending) this.#chargePending(draw, draw.charged, now);
  }

  readyAt(amount: number, now: number): number {
    const needed = amount + this.#pending;
    if (this.fits(amount, now)) return now;
    const own = this.#own?.readyAt(needed, now) ?? now;
    return Math.max(own, this.#readingReadyAt(needed, now));
  }

  /**
   * Takes over a response to the call of `draw`, or to nobody's. `callMs`: how long ago that call
   * was sent. A call of which only the draw on another bucket is known teaches limits alone.
   */
  learn(reading: LimitReading, now: number, draw: Draw | undefined, callMs: number): void {
    const windowLevel = this.#own instanceof WindowLevel ? this.#own : undefined;
    const offEndMs = windowLevel?.distanceToEnd(reading.resetAt ?? now) ?? 0;
    const shape = this.#shape.weigh(reading, now, callMs, offEndMs);
    const limit = this.#boundedLimit(reading.limit);
    if (limit !== undefined) {
      this.#hasLearned = true;
      this.#adopt(limit, shape, now);
    }
    if (draw === undefined || draw.order <= this.#newestOrder) return;
    if (reading.remaining !== undefined) this.#hasLearned = true;
    this.#apply(reading, draw, now, callMs);
  }

  /** Takes over the load of a bucket whose group turned out to be this one. */
  absorb(other: Bucket, now: number): void {
    const used =
      other.#own === undefined ? other.#charged : other.#own.limit - other.#own.available(now);
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

  #chargePending(draw: Draw, actual: number, now: number): void {
    draw.isPending = false;
    this.#pending -= draw.charged;
    draw.charged = actual;
    this.#charge(actual, now);
  }

  /** Charges the present, whichever call it is for. */
  #charge(amount: number, now: number): void {
    this.#charged += amount;
    this.#own?.charge(amount, Infinity, now);
    if (this.#reading !== undefined) this.#reading.level -= amount;
  }

  #boundedLimit(limit: number | undefined): number | undefined {
    // A limit of 0 is how some providers say "none here" (`-1/-1/0`, xAI): unknown.
    if (limit === undefined || limit <= 0) return undefined;
    return Math.min(limit, this.#configured?.limit ?? Infinity);
  }

  #adopt(limit: number, shape: LimitShape, now: number): void {
    const own = this.#own;
    if (own === undefined) {
      this.#own = this.#newLevel(limit, Math.min(this.#charged, limit), now);
    } else if (own.kind !== shape.kind) {
      const left = Math.min(own.available(now), this.#readingLevel(now));
      this.#own = this.#newLevel(limit, Math.max(0, own.limit - left), now);
      this.#reading = undefined;
    } else if (own.limit !== limit || own.windowMs !== shape.windowMs) {
      own.relimit(limit, shape.windowMs, now);
    }
  }

  #apply({ remaining, resetAt }: LimitReading, draw: Draw, now: number, callMs: number): void {
    if (remaining === undefined) return;
    const own = this.#own;
    let expiresAt = Infinity;
    if (own instanceof WindowLevel && resetAt !== undefined) {
      if (!own.end(resetAt, callMs, now)) return;
      expiresAt = own.overAt ?? Infinity;
    }
    if (own === undefined) expiresAt = resetAt ?? now + UNKNOWN_RESET_MS;
    this.#newestOrder = draw.order;
    const left = remaining - (this.#charged - draw.chargedBefore);
    // A held reading holds the own count too: that would regrow meanwhile.
    const held = this.#shape.isInDoubt ? (own?.available(now) ?? left) : left;
    const level = Math.min(left, held);
    this.#reading = { level, at: now, order: draw.order, resetAt, expiresAt };
  }

  /** The reading carried on to the present; `Infinity` once it says nothing more. */
  #readingLevel(now: number): number {
    const reading = this.#reading;
    if (reading === undefined) return Infinity;
    if (this.#own instanceof RefillLevel && !this.#isHeld(reading)) {
      reading.level += (Math.max(0, now - reading.at) * this.#own.limit) / this.#own.windowMs;
      if (reading.level >= this.#own.limit) this.#reading = undefined;
    }
    reading.at = now;
    if (now >= this.#expiryOf(reading)) this.#reading = undefined;
    return this.#reading?.level ?? Infinity;
  }

  #readingReadyAt(needed: number, now: number): number {
    const lacking = needed - this.#readingLevel(now);
    const reading = this.#reading;
    if (lacking <= ROUNDING || reading === undefined) return now;
    const expiresAt = this.#expiryOf(reading);
    if (!(this.#own instanceof RefillLevel) || this.#isHeld(reading)) return expiresAt;
    const { limit, windowMs } = this.#own;
    return Math.min(expiresAt, now + Math.ceil((lacking * windowMs) / limit));
  }

  /** Whether the reading must not regrow yet: perhaps the limit comes back all at once. */
  #isHeld({ resetAt }: ReadingLevel): boolean {
    return resetAt !== undefined && this.#shape.isInDoubt;
  }

  #expiryOf(reading: ReadingLevel): number {
    const { resetAt, expiresAt } = reading;
    if (resetAt === undefined || !(this.#own instanceof RefillLevel)) return expiresAt;
    return this.#isHeld(reading) ? resetAt + HELD_MS : expiresAt;
  }

  #newLevel(limit: number, used: number, now: number): Level {
    const { kind, windowMs } = this.#shape.shape;
    if (kind === 'window') return new WindowLevel({ limit, windowMs, used, now });
    return new RefillLevel({ limit, windowMs, transitMs: this.#transitMs, used, now });
  }
}
