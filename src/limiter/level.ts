import type { LimitKind } from '../key/key.js';

/**
 * The pool's own count against one limit. Every `now` is epoch milliseconds and never decreases;
 * `order` is the position of a call in the order of sending.
 */
export interface Level {
  readonly kind: LimitKind;
  readonly limit: number;
  readonly windowMs: number;
  /** What is left; negative in debt. */
  available(now: number): number;
  /** Charges a call's cost, whether it fits or not: the caller asked before. */
  take(amount: number, order: number, now: number): void;
  /** Charges a call more than it took at first; order `Infinity`: charges the present. */
  charge(amount: number, order: number, now: number): void;
  /** Gives back to a call what it took too much, as far as that is safe. Returns how much. */
  refund(amount: number, order: number, now: number): number;
  /** When `amount` will be available, in epoch milliseconds; `Infinity` above the limit. */
  readyAt(amount: number, now: number): number;
  /** Goes on at another limit. What was used stays used, so that no burst is minted. */
  relimit(limit: number, windowMs: number, now: number): void;
}

/** Sums of fractions drift by far less than this; real costs are whole. */
export const ROUNDING = 1e-6;

/**
 * Whole milliseconds until a refill has brought back what is lacking. What is short by rounding alone is no
 * reason to wait for one more: a seat would sleep through the instant at which it fits.
 */
export function msToRegain(lacking: number, limit: number, windowMs: number): number {
  const msPerUnit = windowMs / limit;
  const roundingMs = Math.min(1e-3, (ROUNDING / 2) * msPerUnit);
  return Math.max(1, Math.ceil(lacking * msPerUnit - roundingMs));
}
