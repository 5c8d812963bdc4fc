import type { Dimension } from '../key/key.js';
import type { LimitUpdate } from '../limits/limit-update.js';

/** What a call takes of every dimension. */
export type Cost = Readonly<Record<Dimension, number>>;

/** What a call really took; a dimension left out took what was reserved. */
export type Usage = Readonly<Partial<Record<Dimension, number>>>;

/** A cost taken and not yet settled, in the words of the limiter that gave it. */
export interface Reservation {
  readonly cost: Cost;
  /** Position in the order in which calls were sent. */
  readonly order: number;
}

/** The answer to `take`: a refusal is a value, not an error. */
export type Admission =
  | { readonly ok: true; readonly reservation: Reservation }
  | {
      readonly ok: false;
      /** Epoch milliseconds at which the same cost would fit; `Infinity` when nothing known ends the wait. */
      readonly readyAt: number;
    };

/**
 * Holds calls back to what a provider allows. Synchronous: nothing can come between the question
 * and the reservation. Every `now` is epoch milliseconds and never decreases.
 */
export interface Limiter {
  /** Takes every dimension of the cost, or none. */
  take(cost: Cost, now: number): Admission;
  /** Replaces the reserved cost by the real one. The same call again corrects the first. */
  settle(reserved: Reservation, actual: Usage, now: number): void;
  /** The call is over: its place in flight is free, and what was never settled stays charged. */
  release(reserved: Reservation, now: number): void;
  /** Takes over what a response says. `reserved` is the call that it answers. */
  learn(update: LimitUpdate, now: number, reserved?: Reservation): void;
  /** When the cost would fit, in epoch milliseconds; `now` or earlier when it fits now. */
  readyAt(cost: Cost, now: number): number;
  /** Share of the tightest limit in use: 0 (idle) to 1 (nothing left). */
  load(now: number): number;
}
