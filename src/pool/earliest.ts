import type { Call } from './call.js';
import type { PoolSeat } from './pool-seat.js';

/** Seats that save up for who came first, and when each may serve that one (epoch ms). */
export type Withheld = ReadonlyMap<PoolSeat, number>;

/** Of the seats that were looked at, the one that could serve a call first, and when. */
export interface Earliest {
  seat: PoolSeat | undefined;
  /** Epoch milliseconds; `Infinity` when nothing known tells. */
  readyAt: number;
}

// No closure over all this: it is asked whenever a caller has to wait.
export function preferEarlier(
  earliest: Earliest,
  seat: PoolSeat,
  call: Call,
  now: number,
  withheld: Withheld | undefined,
): void {
  if (withheld?.has(seat) === true) return;
  const readyAt = seat.readyAt(call, now);
  if (readyAt >= earliest.readyAt) return;
  earliest.seat = seat;
  earliest.readyAt = readyAt;
}
