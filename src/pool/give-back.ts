import type { Usage } from '../limiter/limiter.js';
import type { QuotaReservation } from '../limiter/quota-limiter.js';

const NOTHING: Usage = { requests: 0, tokens: 0, inputTokens: 0, outputTokens: 0 };

/** Returns what was reserved: a call that was not admitted, or never made, took nothing. */
export function giveBack(reservation: QuotaReservation, now: number): void {
  reservation.limiter.settle(reservation, NOTHING, now);
}
