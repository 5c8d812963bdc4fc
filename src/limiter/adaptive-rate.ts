/** Calls in flight before anything is known of a limit: enough to learn, too few to hurt. */
export const UNKNOWN_IN_FLIGHT = 4;

/** Growth of the rate per good answer, near the rate that was last refused: at most this much … */
const GROWTH = 1 / 500;
/** … and at most this much a second and a round of calls, since each refusal costs a rest. */
const GROWTH_PER_SECOND = 1 / 100;
const GROWTH_PER_ROUND = 1 / 50;
/** The same, far below that rate. */
const FAST_GROWTH = 1 / 4;
/** What a refusal leaves of the rate, once a good rate was found. */
const BACK_OFF = 0.9;
/** What it leaves while the rate is still far off: after fewer good answers than this. */
const FAR_OFF_BACK_OFF = 0.5;
const FEW_ANSWERS = 20;
/** What a refusal leaves of the rate that was last good, unless nothing at all is served: an outage. */
const FORGETTING = 0.8;
/** The slowest rate, a call a minute: slower ones would never find out that things are better. */
const SLOWEST_PER_MS = 1 / 60_000;

/**
 * Finds the rate of a provider that states no limits: it grows while answers are good and backs off
 * on a refusal (AIMD, as in TCP). Before the first refusal it is the number in flight that grows, by
 * one per good answer. It grows only when it held calls back: an idle pool learns nothing.
 */
export class AdaptiveRate {
  readonly #startedAt: number;
  #inFlightCap = UNKNOWN_IN_FLIGHT;
  #perMs: number | undefined;
  /** The highest rate with good answers, slowly forgotten as it is refused. */
  #goodPerMs = 0;
  #nextAt = 0;
  #goodAnswers = 0;
  /** Whether the latest call went out as early as it could, or as the last that may be in flight. */
  #isPressed = false;
  /** Refusals of calls sent earlier were answered by the latest back-off already. */
  #backedOffAtOrder = -1;

  constructor(now: number) {
    this.#startedAt = now;
  }

  readyAt(inFlight: number, now: number): number {
    if (this.#perMs !== undefined) return Math.max(now, this.#nextAt);
    return inFlight < this.#inFlightCap ? now : Infinity;
  }

  /** A call went out; `inFlight` counts it. */
  took(inFlight: number, now: number): void {
    if (this.#perMs === undefined) {
      this.#isPressed = inFlight >= this.#inFlightCap;
      return;
    }
    const gapMs = 1 / this.#perMs;
    this.#isPressed = now < this.#nextAt + gapMs;
    this.#nextAt = Math.max(now, this.#nextAt) + gapMs;
  }

  /** A call came back well; `order` is its position, `inFlight` counts it. */
  answered(order: number, inFlight: number): void {
    // A call sent at the rate before the latest back-off says nothing of the present one.
    if (order <= this.#backedOffAtOrder) return;
    this.#goodAnswers += 1;
    if (!this.#isPressed) return;
    if (this.#perMs === undefined) {
      this.#inFlightCap += 1;
      return;
    }
    this.#perMs *= 1 + this.#growth(this.#perMs, inFlight);
    if (this.#goodAnswers >= FEW_ANSWERS) this.#goodPerMs = Math.max(this.#goodPerMs, this.#perMs);
  }

  #growth(perMs: number, inFlight: number): number {
    if (perMs < this.#goodPerMs / 2) return FAST_GROWTH;
    const perSecond = GROWTH_PER_SECOND / (1_000 * perMs);
    return Math.min(GROWTH, perSecond, GROWTH_PER_ROUND / Math.max(1, inFlight));
  }

  /** A call was refused; `order` is its position, `latestOrder` that of the newest call sent. */
  refused(order: number, latestOrder: number, now: number): void {
    if (order <= this.#backedOffAtOrder) return;
    this.#backedOffAtOrder = latestOrder;
    const factor = this.#goodAnswers < FEW_ANSWERS ? FAR_OFF_BACK_OFF : BACK_OFF;
    const perMs =
      this.#perMs ?? Math.max(1, this.#goodAnswers) / Math.max(1, now - this.#startedAt);
    if (this.#perMs === undefined) this.#goodPerMs = perMs;
    else if (this.#goodAnswers > 0) this.#goodPerMs *= FORGETTING;
    this.#perMs = Math.max(SLOWEST_PER_MS, perMs * factor);
    this.#nextAt = now + 1 / this.#perMs;
    this.#goodAnswers = 0;
  }
}
