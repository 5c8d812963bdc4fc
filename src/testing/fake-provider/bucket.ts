import type { Rate } from '../../key/key.js';

/** What a call needs of a limit: so many units, or only that anything at all is left. */
export type Need = number | 'any';

/** One limit as a provider keeps it. Every `now` is epoch milliseconds. */
export interface Bucket {
  /** What is left: fractional while it refills, negative in debt. */
  level(now: number): number;
  /** Takes the amount, whether or not it is there. */
  charge(amount: number, now: number): void;
  /** Milliseconds until the need is met: 0 when it is, `Infinity` when it never will be. */
  waitMs(need: Need, now: number): number;
  /** When it is whole again, if nothing more is taken. */
  wholeAt(now: number): number;
  /** Everything it has allowed since it was made, taken or not. */
  granted(now: number): number;
}

export function createBucket(rate: Rate, startedAt: number): Bucket {
  return rate.kind === 'window'
    ? new WindowBucket(rate, startedAt)
    : new RefillBucket(rate, startedAt);
}

/**
 * Refills continuously, never above its limit, and starts full.
 *
 * Counted in parts, `windowMs` to a unit, of which `limit` come back every millisecond: at whole
 * milliseconds every number here is whole, so nothing is ever rounded.
 */
class RefillBucket implements Bucket {
  readonly #partsPerUnit: number;
  readonly #partsPerMs: number;
  readonly #capacity: number;
  readonly #startedAt: number;
  #parts: number;
  #countedAt: number;

  constructor({ limit, windowMs }: Rate, startedAt: number) {
    this.#partsPerUnit = windowMs;
    this.#partsPerMs = limit;
    this.#capacity = limit * windowMs;
    this.#startedAt = startedAt;
    this.#parts = this.#capacity;
    this.#countedAt = startedAt;
  }

  level(now: number): number {
    return this.#count(now) / this.#partsPerUnit;
  }

  charge(amount: number, now: number): void {
    this.#parts = this.#count(now) - amount * this.#partsPerUnit;
  }

  waitMs(need: Need, now: number): number {
    const missing = (need === 'any' ? 1 : need * this.#partsPerUnit) - this.#count(now);
    if (missing <= 0) return 0;
    if (need !== 'any' && need * this.#partsPerUnit > this.#capacity) return Infinity;
    return Math.ceil(missing / this.#partsPerMs);
  }

  wholeAt(now: number): number {
    return now + (this.#capacity - this.#count(now)) / this.#partsPerMs;
  }

  granted(now: number): number {
    return (this.#capacity + (now - this.#startedAt) * this.#partsPerMs) / this.#partsPerUnit;
  }

  #count(now: number): number {
    if (now > this.#countedAt) {
      const regained = (now - this.#countedAt) * this.#partsPerMs;
      this.#parts = Math.min(this.#capacity, this.#parts + regained);
      this.#countedAt = now;
    }
    return this.#parts;
  }
}

/** Whole again at the start of every window, debts forgiven; the first starts with the bucket. */
class WindowBucket implements Bucket {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #startedAt: number;
  #window = 0;
  #used = 0;

  constructor({ limit, windowMs }: Rate, startedAt: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#startedAt = startedAt;
  }

  level(now: number): number {
    this.#turn(now);
    return this.#limit - this.#used;
  }

  charge(amount: number, now: number): void {
    this.#turn(now);
    this.#used += amount;
  }

  waitMs(need: Need, now: number): number {
    const level = this.level(now);
    if (need === 'any' ? level > 0 : level >= need) return 0;
    if (need !== 'any' && need > this.#limit) return Infinity;
    return this.wholeAt(now) - now;
  }

  wholeAt(now: number): number {
    this.#turn(now);
    return this.#startedAt + (this.#window + 1) * this.#windowMs;
  }

  granted(now: number): number {
    this.#turn(now);
    return (this.#window + 1) * this.#limit;
  }

  #turn(now: number): void {
    const window = Math.floor((now - this.#startedAt) / this.#windowMs);
    if (window <= this.#window) return;
    this.#window = window;
    this.#used = 0;
  }
}
