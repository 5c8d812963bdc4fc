import type { Dimension } from '../../key/key.js';

/**
 * What became of calls since the start or the last `resetStats()`. Every call received ends up in
 * exactly one of `served`, `refused`, `rejected`, `misbehaved` and `abandoned`.
 */
export interface CallCounts {
  readonly received: number;
  /** Answered in full. */
  readonly served: number;
  /** Answered 429, because a limit could not admit them. */
  readonly refused: number;
  /** Turned away for another reason: a wrong key, body or model, or a budget used up. */
  readonly rejected: number;
  /** Spoiled by `misbehave()`; slow ones are not. */
  readonly misbehaved: number;
  /** The caller hung up first. */
  readonly abandoned: number;
  /**
   * Calls that came when a limit could not admit them, served or not, and calls whose output, metered
   * as it is written, took a bucket below zero. A call may count once as each.
   */
  readonly overruns: number;
  /** The same by limit; a call that several limits could not admit counts in each of them. */
  readonly overrunsByDimension: Readonly<Record<Dimension, number>>;
}

export type Outcome = 'served' | 'refused' | 'rejected' | 'misbehaved' | 'abandoned';

/** Counts for one key, one organisation or the whole provider. */
export class Tally {
  #counts = noCounts();

  receive(): void {
    this.#counts.received += 1;
  }

  end(outcome: Outcome): void {
    this.#counts[outcome] += 1;
  }

  overrun(dimensions: readonly Dimension[]): void {
    this.#counts.overruns += 1;
    for (const dimension of dimensions) this.#counts.overrunsByDimension[dimension] += 1;
  }

  reset(): void {
    this.#counts = noCounts();
  }

  counts(): CallCounts {
    return { ...this.#counts, overrunsByDimension: { ...this.#counts.overrunsByDimension } };
  }
}

const noCounts = () => ({
  received: 0,
  served: 0,
  refused: 0,
  rejected: 0,
  misbehaved: 0,
  abandoned: 0,
  overruns: 0,
  overrunsByDimension: { requests: 0, inputTokens: 0, outputTokens: 0, tokens: 0 },
});
