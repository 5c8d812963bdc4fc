import type { SpendReading } from './spend-probe.js';

/**
 * `ok`: within budget, or nothing is known of one. `rotated`, `already-rotated`: over it, and a backup
 * serves instead, by this check or another. `no-backup`: over it and parked. `failed`: the provider
 * did not say, and the key is as it was; or the store failed to replace it, and it is parked;
 * or the pool failed while it was dealt with.
 */
export type SpendOutcome =
  | 'ok'
  | 'skipped'
  | 'rotated'
  | 'already-rotated'
  | 'no-backup'
  | 'failed';

/** What one check found out about one key. */
export interface SpendCheck {
  readonly id: string;
  readonly outcome: SpendOutcome;
  readonly reading?: SpendReading;
  /** Id of the key that serves instead. */
  readonly newId?: string;
  /** Of a check that failed; also beside an outcome that the ledger alone brought about. */
  readonly error?: unknown;
  /** Why it was skipped. */
  readonly why?: string;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** The checks of an account's keys, by id. */
export type Checks = ReadonlyMap<string, SpendCheck>;

/** Every key of the pool, in the pool's order. */
export interface SpendReport {
  readonly checks: readonly SpendCheck[];
}

/** One more key is done. */
export interface SpendProgress {
  readonly done: number;
  readonly total: number;
  readonly check: SpendCheck;
}
