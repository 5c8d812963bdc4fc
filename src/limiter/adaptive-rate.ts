/** Calls in flight before anything is known of a limit: enough to learn, too few to hurt. */
export const UNKNOWN_IN_FLIGHT = 4;

/** Growth of the rate per good answer that the rate had held back. */
const GROWTH = 1 / 500;
/** What a refusal leaves of the rate, once a good rate was found. */
const BACK_OFF = 0.85;
/** What it leaves while the rate is still far off: after fewer good answers than this. */
const FAR_OFF_BACK_OFF = 0.5;
const FEW_ANSWERS = 20;

/**
 * Finds the rate of a provider that states no limits: it grows while answers are good and backs off
 * on a refusal (AIMD, as in TCP). Before the first refusal it is the number in flight that grows, by
 * one per good answer.
 */
export class AdaptiveRate {
  #inFlightCap = UNKNOWN_IN_FLIGHT;
  #perMs: number | undefined;
  #nextAt = 0;
  #startedAt: number;
  #goodAnswers = 0;
  /** Refusals of calls sent earlier were answered by the latest back-off already. */
  #backedOffAtOrder = -1;

  constructor(now: number) {
    this.#startedAt = now;
  }

  readyAt(inFlight: number, now: number): number {
    if (this.#perMs !== undefined) return Math.max(now, this.#nextAt);
    return inFlight < this.#inFlightCap ? now : Infinity;
  }

  took(now: number): void {
    if (this.#perMs === undefined) return;
    this.#nextAt = Math.max(now, this.#nextAt) + 1 / this.#perMs;
  }

  answered(): void {
    this.#goodAnswers += 1;
    if (this.#perMs === undefined) this.#inFlightCap += 1;
    else this.#perMs *= 1 + GROWTH;
  }

  /** A call was refused; `order` is its position, `latestOrder` that of the newest call sent. */
  refused(order: number, latestOrder: number, now: number): void {
    if (order <= this.#backedOffAtOrder) return;
    this.#backedOffAtOrder = latestOrder;
    const factor = this.#goodAnswers < FEW_ANSWERS ? FAR_OFF_BACK_OFF : BACK_OFF;
    const perMs =
      this.#perMs ?? Math.max(1, this.#goodAnswers) / Math.max(1, now - this.#startedAt);
    this.#perMs = perMs * factor;
    this.#nextAt = now + 1 / this.#perMs;
    this.#goodAnswers = 0;
  }
}
