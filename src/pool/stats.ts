import type { KeyState } from '../key/key.js';
import type { Roster } from './roster.js';
import type { SpendTotal } from './spend-totals.js';
import { stateOf } from './views.js';

/** The pool at one instant. */
export interface PoolStats {
  readonly keys: number;
  /** Keys that can serve now. */
  readonly ready: number;
  readonly cooling: number;
  readonly limited: number;
  readonly draining: number;
  readonly exhausted: number;
  readonly disabled: number;
  /** Leases out. */
  readonly inFlight: number;
  /** Callers waiting. */
  readonly waiting: number;
  /** Leases given out so far. */
  readonly leased: number;
  /** Money, one entry for each unit; empty without a `SpendChecker`. */
  readonly spend: readonly SpendTotal[];
}

export function countStates(roster: Roster, now: number): Record<KeyState, number> {
  const counts = { ready: 0, cooling: 0, limited: 0, draining: 0, exhausted: 0, disabled: 0 };
  for (const key of roster.keys()) counts[stateOf(key, roster, now)] += 1;
  return counts;
}
