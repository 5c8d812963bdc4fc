import { DIMENSIONS } from '../core/dimensions.js';
import type { Dimension, Limits, LimitView } from '../key/key.js';
import type { LimitReading } from '../limits/limit-update.js';
import { Bucket } from './bucket.js';
import type { Draw } from './draw.js';
import type { LimitShape } from './limit-shape.js';
import type { Cost, Usage } from './limiter.js';
import { type Fallbacks, ReadingRouter } from './reading-router.js';

/** Names come from upstream, and each bucket costs every call a look: further ones are ignored. */
export const MAX_POLICIES = 8;

export interface BucketSetOptions {
  readonly limits: Limits;
  readonly fallbacks: Fallbacks;
  readonly meteredLate: readonly Dimension[];
  readonly transitMs: number;
}

/** A response, beside its readings. */
export interface Answer {
  readonly now: number;
  /** What the call that it answers took of this set; `undefined` where nobody knows. */
  readonly draws: Draw[] | undefined;
  /** How long ago that call was sent. */
  readonly callMs: number;
  /** After what wait it would be taken, where it was refused. */
  readonly waitMs: number | undefined;
}

interface Slot {
  readonly dimension: Dimension;
  /** `undefined` for the base bucket. */
  readonly policy: string | undefined;
  readonly bucket: Bucket;
}

/**
 * All limits of a group: a base bucket per dimension, and a fork of it for each further limit that
 * responses tell of. A call draws on all or on none; its draws stand in the order of the slots, and
 * those on buckets that are younger than the call are copies of its draws on the base.
 */
export class BucketSet {
  /** The base buckets, in the order of `DIMENSIONS`, then the forks. */
  readonly #slots: Slot[];
  readonly #router: ReadingRouter;

  constructor({ limits, fallbacks, meteredLate, transitMs }: BucketSetOptions, now: number) {
    this.#router = new ReadingRouter(limits, fallbacks);
    this.#slots = DIMENSIONS.map((dimension) => {
      const isMeteredLate = meteredLate.includes(dimension);
      const [configured, fallback] = [limits[dimension], fallbacks[dimension]];
      const bucket = new Bucket({ configured, fallback, transitMs, isMeteredLate }, now);
      return { dimension, policy: undefined, bucket };
    });
  }

  get hasLearned(): boolean {
    return this.#slots.some(({ bucket }) => bucket.hasLearned);
  }

  /** Whether responses show what is used of any limit. */
  get isTracked(): boolean {
    return this.#slots.some(({ bucket }) => bucket.isTracked);
  }

  fits(cost: Cost, now: number): boolean {
    for (const { bucket, dimension } of this.#slots) {
      if (!bucket.fits(cost[dimension], now)) return false;
    }
    return true;
  }

  take(cost: Cost, order: number, now: number): Draw[] {
    return this.#slots.map(({ bucket, dimension }) => bucket.take(cost[dimension], order, now));
  }

  settle(draws: Draw[], usage: Usage, now: number): void {
    this.#complete(draws);
    for (let index = 0; index < draws.length; index += 1) {
      const slot = this.#slots[index];
      const draw = draws[index];
      if (slot === undefined || draw === undefined) continue;
      const amount = usage[slot.dimension];
      if (amount !== undefined) slot.bucket.settle(draw, amount, now);
    }
  }

  /** Whether `settle` would change nothing. */
  isSettledAs(draws: readonly Draw[], usage: Usage): boolean {
    if (draws.length < this.#slots.length) return false;
    for (let index = 0; index < draws.length; index += 1) {
      const slot = this.#slots[index];
      const draw = draws[index];
      if (slot === undefined || draw === undefined) continue;
      const amount = usage[slot.dimension];
      if (amount !== undefined && (draw.isPending || draw.said !== amount)) return false;
    }
    return true;
  }

  release(draws: Draw[], now: number): void {
    this.#complete(draws);
    for (let index = 0; index < draws.length; index += 1) {
      const draw = draws[index];
      if (draw !== undefined) this.#slots[index]?.bucket.release(draw, now);
    }
  }

  readyAt(cost: Cost, now: number): number {
    let readyAt = now;
    for (const { bucket, dimension } of this.#slots) {
      readyAt = Math.max(readyAt, bucket.readyAt(cost[dimension], now));
    }
    return readyAt;
  }

  /** The first limit that could never give what the cost takes of it. */
  exceeded(cost: Cost): { dimension: Dimension; limit: number } | undefined {
    for (const { bucket, dimension } of this.#slots) {
      if (cost[dimension] > bucket.limit) return { dimension, limit: bucket.limit };
    }
    return undefined;
  }

  load(now: number): number {
    let load = 0;
    for (const { bucket } of this.#slots) load = Math.max(load, bucket.load(now));
    return load;
  }

  /** Of each dimension the limit that binds: the one with the least left. */
  view(now: number): Partial<Record<Dimension, LimitView>> {
    const views: Partial<Record<Dimension, LimitView>> = {};
    for (const { bucket, dimension } of this.#slots) {
      const view = bucket.view(now);
      const least = views[dimension]?.remaining ?? Infinity;
      if (view !== undefined && view.remaining < least) views[dimension] = view;
    }
    return views;
  }

  /** Returns whether a limit is now known to be another than before. */
  learn(dimension: Dimension, reading: LimitReading, answer: Answer): boolean {
    const has = (name: string) => this.#forkOf(dimension, name) !== undefined;
    const policy = this.#router.policyOf(dimension, reading, answer.now, has);
    if (policy !== undefined) return this.#learnFurther(dimension, policy, reading, answer);
    const base = DIMENSIONS.indexOf(dimension);
    const before = this.#slots[base]?.bucket.limit;
    const disowned = this.#learnAt(base, reading, answer);
    const hasChanged = this.#slots[base]?.bucket.limit !== before;
    if (disowned === undefined) return hasChanged;
    const own = this.#router.disown(dimension, reading);
    return this.#learnFurther(dimension, own, reading, answer, disowned) || hasChanged;
  }

  /** Takes over the load of a set whose group turned out to be this one. */
  absorb(other: BucketSet, now: number): void {
    // Before the base buckets take anything over, or what is forked of them would have it twice.
    for (const { dimension, policy, bucket } of other.#slots) {
      if (policy !== undefined && !this.#knows(dimension, policy)) {
        this.#fork(dimension, policy, bucket.shape, now);
      }
    }
    for (const slot of this.#slots) {
      const absorbed = other.#slots[other.#indexFor(slot)];
      if (absorbed !== undefined) slot.bucket.absorb(absorbed.bucket, now);
    }
  }

  /** The draws on this set of a call that drew on one which it absorbed. */
  moved(draws: Draw[], from: BucketSet): Draw[] {
    from.#complete(draws);
    return this.#slots.flatMap((slot) => copyOf(draws[from.#indexFor(slot)]));
  }

  #learnFurther(
    dimension: Dimension,
    policy: string,
    reading: LimitReading,
    answer: Answer,
    shape = this.#router.shapeOf(dimension, reading),
  ): boolean {
    const known = this.#forkOf(dimension, policy);
    if (known === undefined && !saysSomething(reading)) return false;
    const slot = known ?? this.#fork(dimension, policy, shape, answer.now);
    if (slot === undefined) return false;
    const before = slot.bucket.limit;
    this.#learnAt(this.#slots.indexOf(slot), reading, answer);
    return slot.bucket.limit !== before;
  }

  #learnAt(index: number, reading: LimitReading, answer: Answer): LimitShape | undefined {
    const { now, draws, callMs, waitMs } = answer;
    if (draws !== undefined) this.#complete(draws);
    return this.#slots[index]?.bucket.learn(reading, now, draws?.[index], callMs, waitMs);
  }

  #fork(dimension: Dimension, policy: string, shape: LimitShape, now: number): Slot | undefined {
    const base = this.#slots[DIMENSIONS.indexOf(dimension)];
    if (base === undefined) return undefined;
    if (this.#slots.length >= DIMENSIONS.length + MAX_POLICIES) return undefined;
    const slot = { dimension, policy, bucket: base.bucket.fork(shape, now) };
    this.#slots.push(slot);
    return slot;
  }

  /** Gives a call that is older than a fork its draw there, before any of its draws changes. */
  #complete(draws: Draw[]): void {
    while (draws.length < this.#slots.length) {
      const slot = this.#slots[draws.length];
      const base = slot === undefined ? -1 : DIMENSIONS.indexOf(slot.dimension);
      const copies = copyOf(draws[base]);
      if (copies.length === 0) return;
      draws.push(...copies);
    }
  }

  #forkOf(dimension: Dimension, policy: string): Slot | undefined {
    return this.#slots.find((slot) => slot.policy === policy && slot.dimension === dimension);
  }

  #knows(dimension: Dimension, policy: string): boolean {
    return (
      this.#router.isConfigured(dimension, policy) || this.#forkOf(dimension, policy) !== undefined
    );
  }

  /** Where this set counts what `slot` of another counts. */
  #indexFor({ dimension, policy }: Slot): number {
    const fork = policy === undefined ? undefined : this.#forkOf(dimension, policy);
    return fork === undefined ? DIMENSIONS.indexOf(dimension) : this.#slots.indexOf(fork);
  }
}

/** Whether it is worth a bucket. */
function saysSomething({ limit, remaining }: LimitReading): boolean {
  return limit === undefined ? remaining !== undefined : limit > 0;
}

function copyOf(draw: Draw | undefined): Draw[] {
  return draw === undefined ? [] : [{ ...draw }];
}
