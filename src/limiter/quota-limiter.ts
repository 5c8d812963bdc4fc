import { checkLimits } from '../core/check-key.js';
import { DIMENSIONS } from '../core/dimensions.js';
import type { Dimension, LimitView } from '../key/key.js';
import type { LimitReading, LimitUpdate } from '../limits/limit-update.js';
import { AdaptiveRate, UNKNOWN_IN_FLIGHT } from './adaptive-rate.js';
import { type Answer, BucketSet, type DrawnCall } from './bucket-set.js';
import { settledCost } from './dimensions.js';
import type { Draw } from './draw.js';
import { type LimitPlan, limitPlan, type QuotaLimiterOptions } from './limit-plan.js';
import type { Admission, Cost, Limiter, Reservation, Usage } from './limiter.js';

/** A reservation, with what each bucket needs to correct it later. */
export interface QuotaReservation extends Reservation, DrawnCall {
  readonly sentAt: number;
  /** The call's draws on `buckets`: more of them as further limits come to be known. */
  draws: Draw[];
  buckets: BucketSet;
  /** The limiter that let the call out. */
  readonly limiter: QuotaLimiter;
  isInFlight: boolean;
}

/**
 * All limits that one quota group has for one model class: a bucket for each of them, taken all or
 * none, and calls in flight. While nothing is known it lets only a few calls out.
 */
export class QuotaLimiter implements Limiter {
  readonly #buckets: BucketSet;
  readonly #concurrency: number;
  #order = 0;
  #inFlight = 0;
  #adaptive: AdaptiveRate | undefined;
  #hasMoreRoom = true;
  /** Nothing configured and no reading yet, or what is configured proved wrong. */
  #isGuessing: boolean;
  #isRestrained = false;
  /** The newest call when a limit last came to be known. */
  #limitedAtOrder = -1;
  #mergedInto: QuotaLimiter | undefined;

  /**
   * `plan`: where it is known already what follows from the options.
   * @throws InvalidOptionError for limits that are none
   */
  constructor(options: QuotaLimiterOptions, now: number, plan: LimitPlan = checkedPlan(options)) {
    this.#buckets = new BucketSet(plan, now);
    this.#concurrency = plan.limits.concurrency ?? Infinity;
    this.#isGuessing = plan.uses.length === 0;
  }

  /** Calls that were let out and not released. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether calls are held back for want of knowledge of the limits, or of who shares them. */
  get isGuessing(): boolean {
    return this.#isGuessing || this.#isRestrained;
  }

  /** Whether as many calls are in flight as the stated limits allow. */
  get isFull(): boolean {
    return this.#inFlight >= this.#concurrency;
  }

  /** Whether the smallest call would have fitted too, right after the latest was let out. */
  get hasMoreRoom(): boolean {
    return this.#hasMoreRoom && this.#adaptive === undefined;
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
    if (this.#inFlight >= this.#inFlightCap() || this.#placeAt(now) > now) return undefined;
    const buckets = this.#buckets;
    const room = buckets.roomFor(cost, now);
    if (room === 'none') return undefined;
    this.#order = order;
    this.#inFlight += 1;
    this.#adaptive?.took(order, this.#inFlight, now);
    this.#hasMoreRoom = room === 'more' && this.#inFlight < this.#inFlightCap();
    const draws = buckets.take(cost, order, now);
    return { cost, order, sentAt: now, draws, buckets, limiter: this, isInFlight: true };
  }

  settle(reserved: Reservation, actual: Usage, now: number): void {
    if (!isQuotaReservation(reserved)) return;
    const call = this.#heir().#atHome(reserved);
    call.buckets.settle(call, settledCost(reserved.cost, actual), now);
  }

  /** Whether the call is charged with just that usage already, so that settling would change nothing. */
  isSettledAs(reserved: QuotaReservation, actual: Usage): boolean {
    if (reserved.buckets !== this.#buckets || this.#mergedInto !== undefined) return false;
    return this.#buckets.isSettledAs(reserved, settledCost(reserved.cost, actual));
  }

  /** Whether the call's end changes more than the number in flight. */
  isPending({ draws }: QuotaReservation): boolean {
    for (const draw of draws) if (draw.isPending) return true;
    return false;
  }

  release(reserved: Reservation, now: number): void {
    if (!isQuotaReservation(reserved) || !reserved.isInFlight) return;
    const heir = this.#heir();
    heir.#inFlight -= 1;
    const call = heir.#atHome(reserved);
    call.buckets.release(call, now);
    reserved.isInFlight = false;
  }

  /** Returns whether a limit is now known to be another than before. */
  learn(update: LimitUpdate, now: number, reserved?: Reservation): boolean {
    if (this.#mergedInto !== undefined) return this.#mergedInto.learn(update, now, reserved);
    const call = reserved !== undefined && isQuotaReservation(reserved) ? reserved : undefined;
    // A draw from before a merge was counted on another bucket: it says nothing of this one's level.
    const drawn = call?.limiter === this ? call : undefined;
    const callMs = call === undefined ? 0 : Math.max(0, now - call.sentAt);
    const hasChanged = this.#learn(update, {
      now,
      call: drawn,
      callMs,
      waitMs: update.retryAfterMs,
    });
    if (hasChanged) this.#limitedAtOrder = this.#order;
    return hasChanged;
  }

  #learn(update: LimitUpdate, answer: Answer): boolean {
    let hasChanged = false;
    const take = (dimension: Dimension | undefined, reading: LimitReading | undefined) => {
      if (dimension === undefined || reading === undefined || reading.derived === true) return;
      if (this.#buckets.learn(dimension, reading, answer)) hasChanged = true;
    };
    for (const dimension of DIMENSIONS) take(dimension, update[dimension]);
    for (const reading of Object.values(update.extra ?? {})) take(reading.dimension, reading);
    if (this.#buckets.hasLearned) this.#isGuessing = false;
    return hasChanged;
  }

  /** A call came back well. Where answers teach no limits, the rate has to be found by trying. */
  answered(reserved: Reservation, now: number): void {
    this.#heir().#answered(reserved, now);
  }

  #answered(reserved: Reservation, now: number): void {
    if (this.#buckets.isTracked) this.#adaptive = undefined;
    else if (this.#isGuessing) this.#adaptive ??= new AdaptiveRate(now);
    this.#isGuessing = false;
    const sentAt = isQuotaReservation(reserved) ? reserved.sentAt : now;
    this.#adaptive?.answered(reserved.order, this.#inFlight, sentAt);
  }

  /** A call was refused for a limit. Where no response shows what is used, what is believed is wrong. */
  refused(reserved: Reservation, now: number): void {
    this.#heir().#refused(reserved, now);
  }

  #refused(reserved: Reservation, now: number): void {
    if (this.#buckets.isTracked) return;
    if (this.#adaptive !== undefined) {
      this.#adaptive.refused(reserved.order, this.#order, now);
      return;
    }
    if (!this.#buckets.hasLearned) this.#isGuessing = true;
    // A limit that came to be known only after the call was sent may yet prove right.
    else if (reserved.order > this.#limitedAtOrder) this.#adaptive = new AdaptiveRate(now);
  }

  readyAt(cost: Cost, now: number): number {
    return Math.max(this.#placeAt(now), this.#buckets.readyAt(cost, now));
  }

  /** The first dimension of which the cost takes more than its limit could ever give. */
  exceeded(cost: Cost): { dimension: Dimension; limit: number } | undefined {
    return this.#buckets.exceeded(cost);
  }

  load(now: number): number {
    const inFlight = Math.min(1, this.#inFlight / this.#inFlightCap());
    return Math.max(inFlight, this.#buckets.load(now));
  }

  /** Whether it could be forgotten without a limit being overrun for it. */
  isForgettable(now: number): boolean {
    return this.#inFlight === 0 && this.#buckets.isWhole(now);
  }

  /** Of each dimension the limit that binds, where it has several. */
  view(now: number): Partial<Record<Dimension, LimitView>> {
    return this.#buckets.view(now);
  }

  /** Another limiter's group turned out to be this one's: takes over its calls and its load. */
  absorb(other: QuotaLimiter, now: number): void {
    other.#mergedInto = this;
    this.#inFlight += other.#inFlight;
    this.#order = Math.max(this.#order, other.#order);
    this.#buckets.absorb(other.#buckets, now);
  }

  // Methods, not getters: Node 20 takes a call into its runtime for a private getter.

  /** Who keeps this limiter's count: itself, until its group turned out to be another's. */
  #heir(): QuotaLimiter {
    return this.#mergedInto === undefined ? this : this.#mergedInto.#heir();
  }

  #inFlightCap(): number {
    return this.isGuessing ? Math.min(this.#concurrency, UNKNOWN_IN_FLIGHT) : this.#concurrency;
  }

  /** When a further call may be in flight; `Infinity` when only a release can tell. */
  #placeAt(now: number): number {
    if (this.#inFlight >= this.#inFlightCap()) return Infinity;
    return this.#adaptive?.readyAt(this.#inFlight, now) ?? now;
  }

  /** A call of an absorbed limiter goes on with draws on these buckets. */
  #atHome(reserved: QuotaReservation): QuotaReservation {
    if (reserved.buckets === this.#buckets) return reserved;
    reserved.draws = this.#buckets.moved(reserved, reserved.buckets);
    reserved.buckets = this.#buckets;
    return reserved;
  }
}

function checkedPlan(options: QuotaLimiterOptions): LimitPlan {
  if (options.limits !== undefined) checkLimits('limits', options.limits);
  return limitPlan(options);
}

function isQuotaReservation(reserved: Reservation): reserved is QuotaReservation {
  return 'draws' in reserved;
}
