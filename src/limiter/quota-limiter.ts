import type { Dimension, Limits, LimitView } from '../key/key.js';
import type { LimitUpdate } from '../limits/limit-update.js';
import { AdaptiveRate, UNKNOWN_IN_FLIGHT } from './adaptive-rate.js';
import { Bucket, type Draw } from './bucket.js';
import { DIMENSIONS, settledCost } from './dimensions.js';
import type { LimitShape } from './limit-shape.js';
import type { Admission, Cost, Limiter, Reservation, Usage } from './limiter.js';

export interface QuotaLimiterOptions {
  /** What the caller states; ceilings for what is learned. @defaultValue nothing is known */
  readonly limits?: Limits | undefined;
  /** Shapes of limits nobody stated. @defaultValue refilled over one minute */
  readonly fallbacks?: Readonly<Partial<Record<Dimension, LimitShape>>>;
  /** Dimensions charged while the provider answers. @defaultValue none */
  readonly meteredLate?: readonly Dimension[];
  /** Milliseconds that calls may spend on their way. @defaultValue 5 */
  readonly transitMs?: number;
}

/** A reservation, with what each bucket needs to correct it later. */
export interface QuotaReservation extends Reservation {
  readonly sentAt: number;
  readonly draws: readonly Draw[];
  readonly limiter: QuotaLimiter;
  isInFlight: boolean;
}

/**
 * All limits that one quota group has for one model class: a bucket per dimension, taken all or none,
 * and calls in flight. While nothing is known it lets only a few calls out.
 */
export class QuotaLimiter implements Limiter {
  readonly #buckets: readonly Bucket[];
  readonly #concurrency: number;
  #order = 0;
  #inFlight = 0;
  #adaptive: AdaptiveRate | undefined;
  /** Nothing configured and no reading yet, or what is configured proved wrong. */
  #isGuessing: boolean;
  #isRestrained = false;
  /** The newest call when a limit last came to be known. */
  #limitedAtOrder = -1;
  #mergedInto: QuotaLimiter | undefined;

  constructor(
    { limits = {}, fallbacks = {}, meteredLate = [], transitMs = 5 }: QuotaLimiterOptions,
    now: number,
  ) {
    this.#buckets = DIMENSIONS.map((dimension) => {
      const isMeteredLate = meteredLate.includes(dimension);
      const fallback = fallbacks[dimension];
      return new Bucket({ configured: limits[dimension], fallback, transitMs, isMeteredLate }, now);
    });
    this.#concurrency = limits.concurrency ?? Infinity;
    this.#isGuessing = DIMENSIONS.every((dimension) => limits[dimension] === undefined);
  }

  /** Calls that were let out and not released. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether calls are held back for want of knowledge of the limits, or of who shares them. */
  get isGuessing(): boolean {
    return this.#isGuessing || this.#isRestrained;
  }

  /** While it is not known who else draws on these limits, only a few calls may be in flight. */
  restrain(isRestrained: boolean): void {
    this.#isRestrained = isRestrained;
  }

  take(cost: Cost, now: number): Admission {
    const reservation = this.tryTake(cost, now);
    if (reservation !== undefined) return { ok: true, reservation };
    return { ok: false, readyAt: this.readyAt(cost, now) };
  }

  /** As `take`, without an answer to allocate; `order` places the call among others' calls. */
  tryTake(cost: Cost, now: number, order = this.#order + 1): QuotaReservation | undefined {
    if (!this.#fits(cost, now)) return undefined;
    this.#order = order;
    this.#inFlight += 1;
    this.#adaptive?.took(order, this.#inFlight, now);
    const draws = this.#buckets.map((bucket, index) => bucket.take(at(cost, index), order, now));
    return { cost, order, sentAt: now, draws, limiter: this, isInFlight: true };
  }

  settle(reserved: Reservation, actual: Usage, now: number): void {
    const cost = settledCost(reserved.cost, actual);
    this.#heir.#eachDraw(reserved, (bucket, draw, index) => {
      const amount = at(cost, index);
      if (amount !== undefined) bucket.settle(draw, amount, now);
    });
  }

  release(reserved: Reservation, now: number): void {
    if (!isQuotaReservation(reserved) || !reserved.isInFlight) return;
    reserved.isInFlight = false;
    const heir = this.#heir;
    heir.#inFlight -= 1;
    heir.#eachDraw(reserved, (bucket, draw) => bucket.release(draw, now));
  }

  /** Returns whether a limit is now known to be another than before. */
  learn(update: LimitUpdate, now: number, reserved?: Reservation): boolean {
    if (this.#mergedInto !== undefined) return this.#mergedInto.learn(update, now, reserved);
    const call = reserved !== undefined && isQuotaReservation(reserved) ? reserved : undefined;
    // A draw from before a merge was counted on another bucket: it says nothing of this one's level.
    const draws = call?.limiter === this ? call.draws : undefined;
    const callMs = call === undefined ? 0 : Math.max(0, now - call.sentAt);
    let hasChanged = false;
    for (const [index, dimension] of DIMENSIONS.entries()) {
      const reading = update[dimension];
      if (reading === undefined || reading.derived === true) continue;
      const bucket = this.#buckets[index];
      const before = bucket?.limit;
      bucket?.learn(reading, now, draws?.[index], callMs, update.retryAfterMs);
      if (bucket?.limit !== before) hasChanged = true;
      if (bucket?.hasLearned === true) this.#isGuessing = false;
    }
    if (hasChanged) this.#limitedAtOrder = this.#order;
    return hasChanged;
  }

  /** A call came back well. Where answers teach no limits, the rate has to be found by trying. */
  answered(reserved: Reservation, now: number): void {
    this.#heir.#answered(reserved, now);
  }

  #answered(reserved: Reservation, now: number): void {
    if (this.#isTracked) this.#adaptive = undefined;
    else if (this.#isGuessing) this.#adaptive ??= new AdaptiveRate(now);
    this.#isGuessing = false;
    const sentAt = isQuotaReservation(reserved) ? reserved.sentAt : now;
    this.#adaptive?.answered(reserved.order, this.#inFlight, sentAt);
  }

  /** A call was refused for a limit. Where no response shows what is used, what is believed is wrong. */
  refused(reserved: Reservation, now: number): void {
    this.#heir.#refused(reserved, now);
  }

  #refused(reserved: Reservation, now: number): void {
    if (this.#isTracked) return;
    if (this.#adaptive !== undefined) {
      this.#adaptive.refused(reserved.order, this.#order, now);
      return;
    }
    if (!this.#hasLearned) this.#isGuessing = true;
    // A limit that came to be known only after the call was sent may yet prove right.
    else if (reserved.order > this.#limitedAtOrder) this.#adaptive = new AdaptiveRate(now);
  }

  readyAt(cost: Cost, now: number): number {
    let readyAt = this.#placeAt(now);
    for (const [index, bucket] of this.#buckets.entries()) {
      readyAt = Math.max(readyAt, bucket.readyAt(at(cost, index), now));
    }
    return readyAt;
  }

  /** The first dimension of which the cost takes more than its limit could ever give. */
  exceeded(cost: Cost): { dimension: Dimension; limit: number } | undefined {
    for (const [index, dimension] of DIMENSIONS.entries()) {
      const limit = this.#buckets[index]?.limit ?? Infinity;
      if (cost[dimension] > limit) return { dimension, limit };
    }
    return undefined;
  }

  load(now: number): number {
    let load = Math.min(1, this.#inFlight / this.#inFlightCap);
    for (const bucket of this.#buckets) load = Math.max(load, bucket.load(now));
    return load;
  }

  view(now: number): Partial<Record<Dimension, LimitView>> {
    const views: Partial<Record<Dimension, LimitView>> = {};
    for (const [index, dimension] of DIMENSIONS.entries()) {
      const view = this.#buckets[index]?.view(now);
      if (view !== undefined) views[dimension] = view;
    }
    return views;
  }

  /** Another limiter's group turned out to be this one's: takes over its calls and its load. */
  absorb(other: QuotaLimiter, now: number): void {
    other.#mergedInto = this;
    this.#inFlight += other.#inFlight;
    this.#order = Math.max(this.#order, other.#order);
    for (const [index, bucket] of this.#buckets.entries()) {
      const absorbed = other.#buckets[index];
      if (absorbed !== undefined) bucket.absorb(absorbed, now);
    }
  }

  /** Who keeps this limiter's count: itself, until its group turned out to be another's. */
  get #heir(): QuotaLimiter {
    return this.#mergedInto === undefined ? this : this.#mergedInto.#heir;
  }

  /** Whether responses show what is used of any limit. */
  get #isTracked(): boolean {
    return this.#buckets.some((bucket) => bucket.isTracked);
  }

  get #hasLearned(): boolean {
    return this.#buckets.some((bucket) => bucket.hasLearned);
  }

  get #inFlightCap(): number {
    return this.isGuessing ? Math.min(this.#concurrency, UNKNOWN_IN_FLIGHT) : this.#concurrency;
  }

  /** When a further call may be in flight; `Infinity` when only a release can tell. */
  #placeAt(now: number): number {
    if (this.#inFlight >= this.#inFlightCap) return Infinity;
    return this.#adaptive?.readyAt(this.#inFlight, now) ?? now;
  }

  #fits(cost: Cost, now: number): boolean {
    if (this.#placeAt(now) > now) return false;
    for (const [index, bucket] of this.#buckets.entries()) {
      if (!bucket.fits(at(cost, index), now)) return false;
    }
    return true;
  }

  #eachDraw(
    reserved: Reservation,
    visit: (bucket: Bucket, draw: Draw, index: number) => void,
  ): void {
    if (!isQuotaReservation(reserved)) return;
    for (const [index, draw] of reserved.draws.entries()) {
      const bucket = this.#buckets[index];
      if (bucket !== undefined) visit(bucket, draw, index);
    }
  }
}

function isQuotaReservation(reserved: Reservation): reserved is QuotaReservation {
  return 'draws' in reserved;
}

function at(cost: Cost, index: number): number;
function at(cost: Usage, index: number): number | undefined;
function at(cost: Usage, index: number): number | undefined {
  const dimension = DIMENSIONS[index];
  return dimension === undefined ? 0 : cost[dimension];
}
