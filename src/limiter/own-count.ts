import type { Draw } from './draw.js';
import type { Level } from './level.js';
import type { LimitShape } from './limit-shape.js';
import { RefillLevel } from './refill-level.js';
import { WindowLevel } from './window-level.js';

/** One object for all counts of the same limits: of these there are as many as keys. */
export interface OwnCountOptions {
  readonly transitMs: number;
  /** How long a call counts while the limit is unknown. */
  readonly tallyMs: number;
}

/** What the pool itself has sent against one limit: a level once that is known, a tally until then. */
export class OwnCount {
  readonly #options: OwnCountOptions;
  #level: Level | undefined;
  /** All that was ever charged: the difference of two sums is what was sent in between. */
  #charged = 0;
  /** What was charged while the limit is unknown; `undefined` once that needs no telling. */
  #tally: Tally | undefined;
  #latestOrder: number;
  #isForked = false;

  /** `latestOrder`: the newest call when the count began. */
  constructor(options: OwnCountOptions, latestOrder = 0) {
    this.#options = options;
    this.#latestOrder = latestOrder;
  }

  /** `undefined` while the limit is unknown. */
  get level(): Level | undefined {
    return this.#level;
  }

  get charged(): number {
    return this.#charged;
  }

  used(now: number): number {
    if (this.#level === undefined) return this.#tally?.used ?? 0;
    return Math.max(0, this.#level.limit - this.#level.available(now));
  }

  /** Whether nothing of what was sent is counted any more. */
  isWhole(now: number): boolean {
    if (this.#level !== undefined) return this.#level.available(now) >= this.#level.limit;
    return this.#tally === undefined || now - this.#tally.at > this.#options.tallyMs;
  }

  take(amount: number, order: number, now: number): void {
    this.#latestOrder = order;
    this.#level?.take(amount, order, now);
    this.#add(amount, now);
  }

  /** Charges the present, whichever call it is for. */
  charge(amount: number, now: number): void {
    this.#add(amount, now);
    this.#level?.charge(amount, Infinity, now);
  }

  /** The call's last word was raised by `difference`, or lowered. */
  correct(draw: Draw, difference: number, now: number): void {
    // Never lowered: a refund to an older call would look like room since a newer one.
    if (difference > 0) this.#add(difference, now);
    const lacking = draw.said - draw.charged;
    if (lacking > 0) {
      this.#level?.charge(lacking, draw.order, now);
      draw.charged += lacking;
      return;
    }
    if (this.#level !== undefined) {
      draw.charged -= this.#level.refund(-lacking, draw.order, now);
      return;
    }
    draw.charged += lacking;
    if (this.#tally !== undefined) this.#tally.used = Math.max(0, this.#tally.used + lacking);
  }

  /**
   * Counts against this limit from now on; `left` is the most that may be left of it. `isCorrection`:
   * it held all along, and what was believed before is wrong.
   */
  adopt(
    limit: number,
    { kind, windowMs }: LimitShape,
    left: number,
    isCorrection: boolean,
    now: number,
  ): void {
    const level = this.#level;
    if (level === undefined) {
      this.#level = this.#newLevel({ kind, windowMs }, limit, this.#usedOf(limit, left), now);
      this.#tally = undefined;
    } else if (level.kind !== kind) {
      const used = Math.max(0, level.limit - left);
      this.#level = this.#newLevel({ kind, windowMs }, limit, used, now);
    } else if (level.limit !== limit || level.windowMs !== windowMs) {
      if (level instanceof RefillLevel && isCorrection) level.correct(limit, windowMs, now);
      else level.relimit(limit, windowMs, now);
    }
  }

  /** The same count for a further limit on the same thing: what a draw says here, it says there. */
  fork(options: OwnCountOptions, now: number): OwnCount {
    const fork = new OwnCount(options);
    fork.#isForked = true;
    fork.#charged = this.#charged;
    fork.#latestOrder = this.#latestOrder;
    const at = this.#level === undefined ? this.#tally?.at : now;
    fork.#tally = { used: this.used(now), at: at ?? -Infinity };
    return fork;
  }

  #usedOf(limit: number, left: number): number {
    // What refilled meanwhile is not counted: room for calls that the way holds up longer.
    const used = this.#tally?.used ?? 0;
    if (!this.#isForked) return used;
    // The tally is of another limit. Where it comes back faster, more is used of this one than that
    // shows; where more slowly, more was used of that one than this one ever gives.
    return Math.min(limit, Math.max(used, limit - left));
  }

  #add(amount: number, now: number): void {
    this.#charged += amount;
    if (this.#level !== undefined) return;
    this.#tally ??= { used: 0, at: now };
    // Of calls longer ago than a window nothing is used any more.
    if (now - this.#tally.at > this.#options.tallyMs) this.#tally.used = 0;
    this.#tally.used += amount;
    this.#tally.at = now;
  }

  #newLevel({ kind, windowMs }: LimitShape, limit: number, used: number, now: number): Level {
    if (kind === 'window') return new WindowLevel({ limit, windowMs, used, now });
    const { transitMs } = this.#options;
    const countedUpTo = this.#latestOrder;
    return new RefillLevel({ limit, windowMs, transitMs, used, countedUpTo, now });
  }
}

interface Tally {
  used: number;
  at: number;
}
