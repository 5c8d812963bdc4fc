import type { LimitView, Rate } from '../key/key.js';
import type { LimitReading } from '../limits/limit-update.js';
import type { Draw } from './draw.js';
import { type Level, ROUNDING } from './level.js';
import { type BucketPlan, bucketPlan, UNKNOWN_WINDOW_MS } from './limit-plan.js';
import { type LimitShape, ShapeDetector } from './limit-shape.js';
import { HELD_MS, NewestReading } from './newest-reading.js';
import { OwnCount } from './own-count.js';
import { RefillLevel } from './refill-level.js';
import { WindowLevel } from './window-level.js';

/**
 * One limit on one dimension. Keeps two levels, the own count and the newest reading, and admits on
 * the smaller: the own count misses what others spend, the reading misses what is on its way.
 */
export class Bucket {
  readonly #plan: BucketPlan;
  #count: OwnCount;
  #pending = 0;
  /** `undefined` before the first reading. */
  #evidence: Evidence | undefined;

  /** `latestOrder`: the newest call before the bucket. */
  constructor(plan: BucketPlan, now: number, latestOrder = 0) {
    this.#plan = plan;
    const { configured, shape, counting } = plan;
    // A call that is metered late is charged as of the present: none was counted before.
    this.#count = new OwnCount(counting, plan.isMeteredLate ? 0 : latestOrder);
    if (configured !== undefined) this.#count.adopt(configured.limit, shape, 0, false, now);
  }

  /** The known limit; `Infinity` while unknown. */
  get limit(): number {
    return this.#count.level?.limit ?? Infinity;
  }

  get shape(): LimitShape {
    return this.#evidence?.shape.shape ?? this.#plan.shape;
  }

  /** Whether a response has taught anything. */
  get hasLearned(): boolean {
    return this.#evidence?.hasLearned === true;
  }

  /** Whether responses show what is used: a `remaining` that always equals the limit shows nothing. */
  get isTracked(): boolean {
    return this.#evidence?.isTracked === true;
  }

  available(now: number): number {
    return this.#left(now) - this.#pending;
  }

  fits(amount: number, now: number): boolean {
    return amount <= this.available(now) + ROUNDING;
  }

  /** Whether nothing of the limit is known to be in use. */
  isWhole(now: number): boolean {
    // Looking ends a reading that is over.
    this.#left(now);
    return this.#pending === 0 && this.#evidence?.reading === undefined && this.#count.isWhole(now);
  }

  take(amount: number, order: number, now: number): Draw {
    const isPending = this.#plan.isMeteredLate;
    if (isPending) this.#pending += amount;
    else {
      this.#count.take(amount, order, now);
      this.#evidence?.reading?.charge(amount);
    }
    const chargedBefore = this.#count.charged;
    return { order, said: amount, charged: amount, isPending, chargedBefore };
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
    // A call sent before the newest reading's is in that reading with its real cost already.
    const reading = this.#evidence?.reading;
    const isSince = draw.order > (reading?.order ?? Infinity);
    // Output is in no reading before it is settled: what is added counts, what is taken back may not.
    if (this.#plan.isMeteredLate ? difference > 0 : isSince) reading?.charge(difference);
    this.#count.correct(draw, difference, now);
  }

  /** The call is over: what is still pending is charged as estimated. */
  release(draw: Draw, now: number): void {
    if (draw.isPending) this.#chargePending(draw, draw.charged, now);
  }

  readyAt(amount: number, now: number): number {
    const needed = amount + this.#pending;
    if (this.fits(amount, now)) return now;
    const own = this.#count.level?.readyAt(needed, now) ?? now;
    if (this.#evidence === undefined) return own;
    const { reading, shape } = this.#evidence;
    return Math.max(own, reading?.readyAt(needed, this.#refill(), shape.isInDoubt, now) ?? now);
  }

  /**
   * Takes over a response to the call of `draw`, or to nobody's. `callMs`: how long ago that call
   * was sent; `waitMs`: after what wait it would be taken, where it was refused. A call of which only
   * the draw on another bucket is known teaches limits alone. Returns the shape of the limit that
   * the readings speak of, where that proves to be another than the caller's: then this one keeps
   * to the caller's alone.
   */
  learn(
    reading: LimitReading,
    now: number,
    draw: Draw | undefined,
    callMs: number,
    waitMs?: number,
  ): LimitShape | undefined {
    if (!isMeaningful(reading)) return undefined;
    const windowLevel = this.#count.level instanceof WindowLevel ? this.#count.level : undefined;
    const offEndMs = windowLevel?.distanceToEnd(reading.resetAt ?? now) ?? 0;
    // Before the shape changes: what is held back in doubt must not be let go by the answer to it.
    const left = this.#left(now);
    this.#evidence ??= { ...NO_EVIDENCE, shape: newDetector(this.#plan) };
    const evidence = this.#evidence;
    const shape = evidence.shape.weigh(reading, now, callMs, offEndMs, waitMs);
    const { configured } = this.#plan;
    if (configured !== undefined && configured.windowMs !== shape.windowMs) {
      this.#disown(configured, left, now);
      return shape;
    }
    if (reading.limit !== undefined) {
      const stated = this.#count.level === undefined ? this.#levelBy(reading, draw) : Infinity;
      this.#adopt(reading.limit, shape, Math.min(left, stated), evidence, now);
    }
    this.#hold(reading, evidence, now);
    if (draw === undefined || draw.order <= evidence.newestOrder) return undefined;
    if (reading.remaining !== undefined) evidence.hasLearned = true;
    if ((reading.remaining ?? Infinity) < (reading.limit ?? Infinity)) evidence.isTracked = true;
    this.#apply(reading, draw, evidence, now, callMs);
    return undefined;
  }

  /**
   * A bucket for a further limit on the same thing. It starts with this one's count, so that a copy
   * of a call's draw on this one is its draw on that one.
   */
  fork(fallback: LimitShape, now: number): Bucket {
    const { transitMs, isMeteredLate } = this.#plan;
    const fork = new Bucket(bucketPlan({ fallback, transitMs, isMeteredLate }), now);
    fork.#count = this.#count.fork({ transitMs, tallyMs: fallback.windowMs }, now);
    fork.#pending = this.#pending;
    return fork;
  }

  /** Takes over the load of a bucket whose group turned out to be this one. */
  absorb(other: Bucket, now: number): void {
    this.#pending += other.#pending;
    this.#charge(other.#count.used(now), now);
  }

  /** Share in use, 0 to 1; above the limit it stays 1. */
  load(now: number): number {
    const own = this.#count.level;
    if (own === undefined) return 0;
    const share = 1 - this.available(now) / own.limit;
    return Math.min(1, Math.max(0, share));
  }

  view(now: number): LimitView | undefined {
    if (this.#count.level === undefined) return undefined;
    const { limit, windowMs, kind } = this.#count.level;
    const source = this.hasLearned ? 'learned' : 'configured';
    return { limit, windowMs, kind, remaining: Math.floor(this.available(now) + ROUNDING), source };
  }

  /** How the limit comes back, if continuously. */
  #refill(): Level | undefined {
    const { level } = this.#count;
    return level?.kind === 'refill' ? level : undefined;
  }

  /** The smaller of the two levels, before what is pending. */
  #left(now: number): number {
    const own = this.#count.level?.available(now) ?? Infinity;
    const evidence = this.#evidence;
    if (evidence?.reading === undefined) return own;
    const stated = evidence.reading.left(this.#refill(), evidence.shape.isInDoubt, now);
    if (stated === Infinity) evidence.reading = undefined;
    return Math.min(own, stated);
  }

  #chargePending(draw: Draw, actual: number, now: number): void {
    draw.isPending = false;
    this.#pending -= draw.charged;
    draw.said = actual;
    draw.charged = actual;
    this.#charge(actual, now);
  }

  #charge(amount: number, now: number): void {
    this.#count.charge(amount, now);
    this.#evidence?.reading?.charge(amount);
  }

  #adopt(learned: number, shape: LimitShape, left: number, evidence: Evidence, now: number): void {
    // The caller's limit is a ceiling.
    const limit = Math.min(learned, this.#plan.configured?.limit ?? Infinity);
    const { kind } = this.#count.level ?? shape;
    this.#count.adopt(limit, shape, left, !evidence.hasLearned, now);
    evidence.hasLearned = true;
    if (kind !== shape.kind) evidence.reading = undefined;
  }

  /** What was learned is of another limit: goes on with the caller's as if there were no readings. */
  #disown(configured: Rate, left: number, now: number): void {
    this.#count.adopt(configured.limit, this.#plan.shape, left, false, now);
    if (this.#count.level instanceof RefillLevel) this.#count.level.hold(0, now);
    // Calls older than the newest that was heard of stay unheard.
    const newestOrder = this.#evidence?.newestOrder ?? NO_EVIDENCE.newestOrder;
    this.#evidence = { ...NO_EVIDENCE, shape: newDetector(this.#plan), newestOrder };
  }

  /** While it may be a window, nothing comes back before the reset that it states. */
  #hold({ resetAt }: LimitReading, { shape }: Evidence, now: number): void {
    if (!(this.#count.level instanceof RefillLevel)) return;
    if (!shape.isInDoubt) this.#count.level.hold(0, now);
    else if (resetAt !== undefined) this.#count.level.hold(resetAt + HELD_MS, now);
  }

  #apply(
    { remaining, resetAt }: LimitReading,
    draw: Draw,
    evidence: Evidence,
    now: number,
    callMs: number,
  ): void {
    if (remaining === undefined) return;
    const own = this.#count.level;
    let expiresAt = Infinity;
    if (own instanceof WindowLevel) {
      if (resetAt !== undefined && !own.end(resetAt, callMs, now)) return;
      expiresAt = own.overAt ?? now + own.windowMs;
    }
    if (own === undefined) expiresAt = resetAt ?? now + UNKNOWN_WINDOW_MS;
    evidence.newestOrder = draw.order;
    const level = this.#levelBy({ remaining }, draw) - this.#hiddenDebt(remaining, resetAt, now);
    evidence.reading = new NewestReading({ level, now, order: draw.order, resetAt, expiresAt });
  }

  /** What is left by a reading, less what was sent since. */
  #levelBy({ remaining }: LimitReading, draw: Draw | undefined): number {
    if (remaining === undefined || draw === undefined) return Infinity;
    return remaining - (this.#count.charged - draw.chargedBefore);
  }

  /** An overdrawn bucket may state 0 and show its debt in a reset beyond its window only. */
  #hiddenDebt(remaining: number, resetAt: number | undefined, now: number): number {
    const own = this.#count.level;
    if (!(own instanceof RefillLevel) || this.#evidence?.shape.isInDoubt === true) return 0;
    if (remaining !== 0 || resetAt === undefined) return 0;
    return Math.max(0, ((resetAt - now) * own.limit) / own.windowMs - own.limit);
  }
}

/** What responses taught. A record of its own, since most limits of many keys were never read. */
interface Evidence {
  shape: ShapeDetector;
  reading: NewestReading | undefined;
  newestOrder: number;
  hasLearned: boolean;
  isTracked: boolean;
}

const NO_EVIDENCE = {
  reading: undefined,
  newestOrder: -1,
  hasLearned: false,
  isTracked: false,
} as const;

function newDetector({ shape, configured }: BucketPlan): ShapeDetector {
  return new ShapeDetector(shape, configured?.kind !== undefined);
}

function isMeaningful({ limit, remaining, resetAt }: LimitReading): boolean {
  // A limit of 0 is how some providers say "none here" (`-1/-1/0`, xAI): unknown.
  if (limit !== undefined && !(limit > 0)) return false;
  return !Number.isNaN(remaining) && !Number.isNaN(resetAt);
}
