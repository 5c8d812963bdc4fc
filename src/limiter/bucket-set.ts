import { DIMENSIONS } from '../core/dimensions.js';
import type { Dimension, LimitView } from '../key/key.js';
import type { LimitReading } from '../limits/limit-update.js';
import { Bucket } from './bucket.js';
import { amountOf, MINIMAL } from './dimensions.js';
import type { Draw } from './draw.js';
import { ROUNDING } from './level.js';
import type { BucketUse, LimitPlan } from './limit-plan.js';
import type { LimitShape } from './limit-shape.js';
import type { Cost, Usage } from './limiter.js';
import { ReadingRouter } from './reading-router.js';

/** Names come from upstream, and each bucket costs every call a look: further ones are ignored. */
export const MAX_POLICIES = 8;

/** A response, beside its readings. */
export interface Answer {
  readonly now: number;
  /** What the call that it answers took of this set; `undefined` where nobody knows. */
  readonly call: DrawnCall | undefined;
  /** How long ago that call was sent. */
  readonly callMs: number;
  /** After what wait it would be taken, where it was refused. */
  readonly waitMs: number | undefined;
}

/** Whether there is room for a call, and for one more after it. */
export type Room = 'none' | 'last' | 'more';

/** A call, by what it took of each bucket. */
export interface DrawnCall {
  /** Position in the order of sending. */
  readonly order: number;
  /** In the order of the buckets: more of them as further limits come to be known. */
  draws: Draw[];
  readonly isInFlight: boolean;
}

/**
 * All limits of a group: a base bucket per dimension, and a fork of it for each further limit that
 * responses tell of. A call draws on all or on none; its draws stand in the order of the buckets, and
 * those on forks that are younger than the call are copies of its draws on the base.
 *
 * A dimension that is neither limited nor counted yet has no bucket: most never will be, and every
 * bucket costs every call a look.
 */
export class BucketSet {
  readonly #plan: LimitPlan;
  readonly #buckets: Bucket[];
  /** What the buckets are for, place by place. Shared by all sets of a plan until it grows. */
  #uses: readonly BucketUse[];
  /** Made for the first reading. */
  #router: ReadingRouter | undefined;
  /** Which dimensions have a base bucket: a bit for each, in the order of `DIMENSIONS`. */
  #counted = 0;
  #latestOrder = 0;

  constructor(plan: LimitPlan, now: number) {
    this.#plan = plan;
    this.#uses = plan.uses;
    for (const { dimension } of plan.uses) this.#counted |= bitOf(dimension);
    this.#buckets = plan.uses.map(({ dimension }) => this.#newBucket(dimension, now));
  }

  get hasLearned(): boolean {
    return this.#buckets.some((bucket) => bucket.hasLearned);
  }

  /** Whether responses show what is used of any limit. */
  get isTracked(): boolean {
    return this.#buckets.some((bucket) => bucket.isTracked);
  }

  /** Whether the cost fits, and if so, whether the smallest call there is would fit after it. */
  roomFor(cost: Cost, now: number): Room {
    let room: Room = 'more';
    for (let place = 0; place < this.#buckets.length; place += 1) {
      const bucket = this.#buckets[place];
      const use = this.#uses[place];
      if (bucket === undefined || use === undefined) continue;
      const left = bucket.available(now) - amountOf(cost, use.dimension) + ROUNDING;
      if (left < 0) return 'none';
      if (left < amountOf(MINIMAL, use.dimension)) room = 'last';
    }
    return room;
  }

  take(cost: Cost, order: number, now: number): Draw[] {
    this.#begin(cost, now);
    this.#latestOrder = order;
    // No closure over the call: it would be made anew for each.
    const draws = new Array<Draw>(this.#buckets.length);
    for (let place = 0; place < draws.length; place += 1) {
      const draw = this.#buckets[place]?.take(this.#amountAt(place, cost), order, now);
      if (draw !== undefined) draws[place] = draw;
    }
    return draws;
  }

  settle(call: DrawnCall, usage: Usage, now: number): void {
    this.#begin(usage, now);
    this.#complete(call);
    for (let place = 0; place < this.#buckets.length; place += 1) {
      const use = this.#uses[place];
      const draw = call.draws[place];
      if (use === undefined || draw === undefined) continue;
      const amount = amountOf(usage, use.dimension);
      if (amount !== undefined) this.#buckets[place]?.settle(draw, amount, now);
    }
  }

  /** Whether `settle` would change nothing. */
  isSettledAs({ draws }: DrawnCall, usage: Usage): boolean {
    if (draws.length < this.#buckets.length || !this.#counts(usage)) return false;
    for (let place = 0; place < draws.length; place += 1) {
      const use = this.#uses[place];
      const draw = draws[place];
      if (use === undefined || draw === undefined) continue;
      const amount = amountOf(usage, use.dimension);
      if (amount !== undefined && (draw.isPending || draw.said !== amount)) return false;
    }
    return true;
  }

  release(call: DrawnCall, now: number): void {
    this.#complete(call);
    for (let place = 0; place < this.#buckets.length; place += 1) {
      const draw = call.draws[place];
      if (draw?.isPending === true) this.#buckets[place]?.release(draw, now);
    }
  }

  readyAt(cost: Cost, now: number): number {
    let readyAt = now;
    for (let place = 0; place < this.#buckets.length; place += 1) {
      const at = this.#buckets[place]?.readyAt(this.#amountAt(place, cost), now) ?? now;
      if (at > readyAt) readyAt = at;
    }
    return readyAt;
  }

  /** The first limit that could never give what the cost takes of it. */
  exceeded(cost: Cost): { dimension: Dimension; limit: number } | undefined {
    // Asked at every refusal, and hardly ever so.
    if (!this.#isExceeded(cost)) return undefined;
    for (const dimension of DIMENSIONS) {
      const amount = amountOf(cost, dimension);
      for (const [place, use] of this.#uses.entries()) {
        const limit = use.dimension === dimension ? this.#buckets[place]?.limit : undefined;
        if (limit !== undefined && amount > limit) return { dimension, limit };
      }
    }
    return undefined;
  }

  #isExceeded(cost: Cost): boolean {
    for (let place = 0; place < this.#buckets.length; place += 1) {
      if (this.#amountAt(place, cost) > (this.#buckets[place]?.limit ?? Infinity)) return true;
    }
    return false;
  }

  load(now: number): number {
    let load = 0;
    for (let place = 0; place < this.#buckets.length; place += 1) {
      const share = this.#buckets[place]?.load(now) ?? 0;
      if (share > load) load = share;
    }
    return load;
  }

  /** Whether nothing is known to be in use of any limit. */
  isWhole(now: number): boolean {
    return this.#buckets.every((bucket) => bucket.isWhole(now));
  }

  /** Of each dimension the limit that binds: the one with the least left. */
  view(now: number): Partial<Record<Dimension, LimitView>> {
    const views: Partial<Record<Dimension, LimitView>> = {};
    for (const dimension of DIMENSIONS) {
      for (const [place, use] of this.#uses.entries()) {
        const view = use.dimension === dimension ? this.#buckets[place]?.view(now) : undefined;
        const least = views[dimension]?.remaining ?? Infinity;
        if (view !== undefined && view.remaining < least) views[dimension] = view;
      }
    }
    return views;
  }

  /** Returns whether a limit is now known to be another than before. */
  learn(dimension: Dimension, reading: LimitReading, answer: Answer): boolean {
    const { limits, fallbacks } = this.#plan;
    this.#router ??= new ReadingRouter(limits, fallbacks);
    const has = (name: string) => this.#placeOf(dimension, name) >= 0;
    const policy = this.#router.policyOf(dimension, reading, answer.now, has);
    if (policy !== undefined) {
      return this.#learnFurther(dimension, policy, reading, answer, this.#router);
    }
    const base = this.#base(dimension, answer.now);
    const before = this.#buckets[base]?.limit;
    const disowned = this.#learnAt(base, reading, answer);
    const hasChanged = this.#buckets[base]?.limit !== before;
    if (disowned === undefined) return hasChanged;
    const own = this.#router.disown(dimension, reading);
    return (
      this.#learnFurther(dimension, own, reading, answer, this.#router, disowned) || hasChanged
    );
  }

  /** Takes over the load of a set whose group turned out to be this one. */
  absorb(other: BucketSet, now: number): void {
    // Before the base buckets take anything over, or what is forked of them would have it twice.
    for (const [place, { dimension, policy }] of other.#uses.entries()) {
      const shape = other.#buckets[place]?.shape;
      if (policy === undefined) this.#base(dimension, now);
      else if (shape !== undefined && !this.#knows(dimension, policy)) {
        this.#fork(dimension, policy, shape, now);
      }
    }
    for (const [place, use] of this.#uses.entries()) {
      const absorbed = other.#buckets[other.#placeFor(use)];
      if (absorbed !== undefined) this.#buckets[place]?.absorb(absorbed, now);
    }
  }

  /** The draws on this set of a call that drew on one which it absorbed. */
  moved(call: DrawnCall, from: BucketSet): Draw[] {
    from.#complete(call);
    return this.#uses.map((use) => {
      const draw = call.draws[from.#placeFor(use)];
      return draw === undefined ? this.#nothingOf(use, call) : { ...draw };
    });
  }

  #learnFurther(
    dimension: Dimension,
    policy: string,
    reading: LimitReading,
    answer: Answer,
    router: ReadingRouter,
    shape = router.shapeOf(dimension, reading),
  ): boolean {
    let place = this.#placeOf(dimension, policy);
    if (place < 0 && !saysSomething(reading)) return false;
    if (place < 0) place = this.#fork(dimension, policy, shape, answer.now);
    const before = this.#buckets[place]?.limit;
    this.#learnAt(place, reading, answer);
    return this.#buckets[place]?.limit !== before;
  }

  #learnAt(place: number, reading: LimitReading, answer: Answer): LimitShape | undefined {
    const { now, call, callMs, waitMs } = answer;
    if (call !== undefined) this.#complete(call);
    return this.#buckets[place]?.learn(reading, now, call?.draws[place], callMs, waitMs);
  }

  /** Makes the buckets that count what nothing was charged with so far. */
  #begin(amounts: Usage, now: number): void {
    if (this.#counts(amounts)) return;
    for (const dimension of DIMENSIONS) {
      if ((amountOf(amounts, dimension) ?? 0) > 0) this.#base(dimension, now);
    }
  }

  /** Whether there is a bucket for all that is more than nothing. */
  #counts({ requests = 0, tokens = 0, inputTokens = 0, outputTokens = 0 }: Usage): boolean {
    if (this.#counted === EVERY) return true;
    const amounts =
      (requests > 0 ? 1 : 0) |
      (tokens > 0 ? 2 : 0) |
      (inputTokens > 0 ? 4 : 0) |
      (outputTokens > 0 ? 8 : 0);
    return (amounts & ~this.#counted) === 0;
  }

  /** The place of a dimension's base bucket, which is made where there was none. */
  #base(dimension: Dimension, now: number): number {
    const place = this.#placeOf(dimension, undefined);
    if (place >= 0) return place;
    this.#counted |= bitOf(dimension);
    return this.#add({ dimension, policy: undefined }, this.#newBucket(dimension, now));
  }

  /** The place of a new fork, or of none where there are too many. */
  #fork(dimension: Dimension, policy: string, shape: LimitShape, now: number): number {
    const forks = this.#uses.filter((use) => use.policy !== undefined).length;
    const base = this.#buckets[this.#base(dimension, now)];
    if (base === undefined || forks >= MAX_POLICIES) return NOWHERE;
    return this.#add({ dimension, policy }, base.fork(shape, now));
  }

  #add(use: BucketUse, bucket: Bucket): number {
    this.#uses = [...this.#uses, use];
    return this.#buckets.push(bucket) - 1;
  }

  #newBucket(dimension: Dimension, now: number): Bucket {
    return new Bucket(this.#plan.buckets[dimension], now, this.#latestOrder);
  }

  /** Gives a call that is older than a bucket its draw there, before any of its draws changes. */
  #complete(call: DrawnCall): void {
    const { draws } = call;
    while (draws.length < this.#uses.length) {
      const use = this.#uses[draws.length];
      if (use === undefined) return;
      // A fork comes after its base, whose draw is there by now.
      const base = use.policy === undefined ? NOWHERE : this.#placeOf(use.dimension, undefined);
      const draw = draws[base];
      draws.push(draw === undefined ? this.#nothingOf(use, call) : { ...draw });
    }
  }

  /** The draw of a call on a bucket that was made after it, because nothing had been charged before. */
  #nothingOf({ dimension }: BucketUse, { order, isInFlight }: DrawnCall): Draw {
    const isPending = isInFlight && this.#plan.buckets[dimension].isMeteredLate;
    return { order, said: 0, charged: 0, isPending, chargedBefore: 0 };
  }

  #amountAt(place: number, cost: Cost): number {
    const use = this.#uses[place];
    return use === undefined ? 0 : amountOf(cost, use.dimension);
  }

  #placeOf(dimension: Dimension, policy: string | undefined): number {
    return this.#uses.findIndex((use) => use.policy === policy && use.dimension === dimension);
  }

  #knows(dimension: Dimension, policy: string): boolean {
    return (
      this.#router?.isConfigured(dimension, policy) === true ||
      this.#placeOf(dimension, policy) >= 0
    );
  }

  /** Where this set counts what is so used in another. */
  #placeFor({ dimension, policy }: BucketUse): number {
    const place = this.#placeOf(dimension, policy);
    return place >= 0 ? place : this.#placeOf(dimension, undefined);
  }
}

const NOWHERE = -1;
/** The bits of all dimensions. */
const EVERY = 15;

function bitOf(dimension: Dimension): number {
  return 1 << DIMENSIONS.indexOf(dimension);
}

/** Whether it is worth a bucket. */
function saysSomething({ limit, remaining }: LimitReading): boolean {
  return limit === undefined ? remaining !== undefined : limit > 0;
}
