import { msToRegain, ROUNDING } from './level.js';

/** How much longer than its reset a limit in doubt is held: resets have whole seconds. */
export const HELD_MS = 1_000;

/** A limit that comes back continuously. */
export interface Refill {
  readonly limit: number;
  readonly windowMs: number;
}

export interface NewestReadingOptions {
  /** What the provider said was left, less what was sent since. */
  readonly level: number;
  readonly now: number;
  /** The call that it answered. */
  readonly order: number;
  /** When the limit is whole again by this reading; `undefined` where it does not say. */
  readonly resetAt: number | undefined;
  /** From when on it says nothing more, where nothing refills. */
  readonly expiresAt: number;
}

/**
 * The newest word of the provider, carried on. It regrows with a `refill`, and not at all while
 * that is in doubt: perhaps the limit comes back all at once. It ends when it says nothing more,
 * so that a stale zero never keeps a key from being asked again.
 */
export class NewestReading {
  readonly order: number;
  readonly #resetAt: number | undefined;
  readonly #expiresAt: number;
  #level: number;
  #at: number;

  constructor({ level, now, order, resetAt, expiresAt }: NewestReadingOptions) {
    this.order = order;
    this.#level = level;
    this.#at = now;
    this.#resetAt = resetAt;
    this.#expiresAt = expiresAt;
  }

  charge(amount: number): void {
    this.#level -= amount;
  }

  /** What is left by this reading; `Infinity` once it is over. */
  left(refill: Refill | undefined, isInDoubt: boolean, now: number): number {
    if (refill !== undefined && !this.#isHeld(isInDoubt)) {
      this.#level += (Math.max(0, now - this.#at) * refill.limit) / refill.windowMs;
      this.#at = now;
      return this.#level >= refill.limit ? Infinity : this.#level;
    }
    this.#at = now;
    return now >= this.#endOf(refill) ? Infinity : this.#level;
  }

  /** When `amount` will be left, in epoch milliseconds. */
  readyAt(amount: number, refill: Refill | undefined, isInDoubt: boolean, now: number): number {
    const lacking = amount - this.left(refill, isInDoubt, now);
    if (lacking <= ROUNDING) return now;
    if (refill === undefined || this.#isHeld(isInDoubt)) return this.#endOf(refill);
    return now + msToRegain(lacking, refill.limit, refill.windowMs);
  }

  #isHeld(isInDoubt: boolean): boolean {
    return isInDoubt && this.#resetAt !== undefined;
  }

  /** The end of a reading that does not regrow. */
  #endOf(refill: Refill | undefined): number {
    return refill === undefined || this.#resetAt === undefined
      ? this.#expiresAt
      : this.#resetAt + HELD_MS;
  }
}
