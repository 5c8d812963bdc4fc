import type { Clock } from '../core/clock.js';
import { KeyPoolError } from '../core/errors.js';
import { isDuplicate } from './documents.js';

/** What is known of a write: that it was done, that it was refused, or nothing. */
export type Attempt<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'unknown'; readonly error: unknown };

/**
 * Runs a write whose reply may be lost. Any error but a duplicate leaves it open whether the write
 * was applied, is about to be, or never will: a standalone server has no retryable writes.
 */
export async function attempt<Value>(write: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { kind: 'done', value: await write() };
  } catch (error) {
    return isDuplicate(error) ? { kind: 'duplicate' } : { kind: 'unknown', error };
  }
}

const MAX_FAILURES = 6;
const FIRST_PAUSE_MS = 10;

/** How often one call begins anew before it leaves the rest to recovery. */
export class Patience {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Rejects once too much has failed; from the second failure on, it waits a little. */
  async spend(error?: unknown): Promise<void> {
    this.#failures += 1;
    if (this.#failures > MAX_FAILURES) {
      const message = 'The database did not say what became of a write; recover() will settle it';
      throw new KeyPoolError('STORE_FAILED', message, { cause: error });
    }
    if (this.#failures > 1) await this.pause(this.#failures - 2);
  }

  /** Waits for others: longer each time, and never as long as another process. */
  pause(round: number): Promise<void> {
    const longest = FIRST_PAUSE_MS * 2 ** Math.min(round, MAX_FAILURES);
    const delayMs = longest * (0.5 + 0.5 * this.#random());
    return new Promise((resolve) => {
      this.#clock.setTimer(resolve, delayMs);
    });
  }

  /** Repeats a write that changes nothing the second time, until its outcome is known. */
  async persist<Value>(write: () => Promise<Value>): Promise<'done' | 'duplicate'> {
    for (;;) {
      const result = await attempt(write);
      if (result.kind !== 'unknown') return result.kind;
      await this.spend(result.error);
    }
  }
}
