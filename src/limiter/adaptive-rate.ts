/** Calls in flight before anything is known of a limit: enough to learn, too few to hurt. */
export const UNKNOWN_IN_FLIGHT = 4;

/** Growth of the rate per good answer, near the rate that was last refused: at most this much … */
const GROWTH = 1 / 4_000;
/** … and at most this much a second, since each refusal costs a rest. */
const GROWTH_PER_SECOND = 1 / 1_000;
/** So far off that rate, as a share of it, growth doubles; it grows with the square of the distance. */
const NEAR = 1 / 20;
/** However far off: at most this much a round of calls, since refusals are heard of a round later. */
const GROWTH_PER_ROUND = 1 / 50;
/** Growth below half of the rate that was last good. */
const FAST_GROWTH = 1 / 4;
/** What a refusal leaves of the rate, once a good rate was found. */
const BACK_OFF = 0.95;
/** What it leaves while the rate is still far off: after fewer good answers than this. */
const FAR_OFF_BACK_OFF = 0.5;
const FEW_ANSWERS = 20;
/** The slowest rate, a call a minute: slower ones would never find out that things are better. */
const SLOWEST_PER_MS = 1 / 60_000;

/**
 * Finds the rate of a provider that states no limits: it grows while answers are good and backs off
 * on a refusal (AIMD, as in TCP; as in CUBIC, slowly near the rate that was last refused). Before the
 * first refusal it is the number in flight that grows, by one per good answer. It grows only when it
 * held calls back: an idle pool learns nothing.
 */
export class AdaptiveRate {
  readonly #startedAt: number;
  #inFlightCap = UNKNOWN_IN_FLIGHT;
  #perMs: number | undefined;
  /** The rate that was last refused after good answers. */
  #refusedPerMs = 0;
  #nextAt = 0;
  #goodAnswers = 0;
  /** Whether the latest call went out as early as it could, or as the last that may be in flight. */
  #isPressed = false;
  /** The latest call that went out after a pause: its refusal says nothing of the rate. */
  #pausedOrder = -1;
  /** Refusals of calls sent earlier were answered by the latest back-off already. */
  #backedOffAtOrder = -1;
  #cycle: Cycle | undefined;

  constructor(now: number) {
    this.#startedAt = now;
  }

  readyAt(inFlight: number, now: number): number {
    if (this.#perMs !== undefined) return Math.max(now, this.#nextAt);
    return inFlight < this.#inFlightCap ? now : Infinity;
  }

  /** The call `order` went out; `inFlight` counts it. */
  took(order: number, inFlight: number, now: number): void {
    if (this.#perMs === undefined) {
      this.#isPressed = inFlight >= this.#inFlightCap;
      return;
    }
    const gapMs = 1 / this.#perMs;
    this.#isPressed = now < this.#nextAt + gapMs;
    if (!this.#isPressed) this.#paused(order);
    this.#nextAt = Math.max(now, this.#nextAt) + gapMs;
  }

  /** A call came back well that was sent at `sentAt`; `inFlight` counts it. */
  answered(order: number, inFlight: number, sentAt: number): void {
    // A call sent at the rate before the latest back-off says nothing of the present one.
    if (order <= this.#backedOffAtOrder) {
      if (this.#cycle !== undefined) this.#cycle.served += 1;
      return;
    }
    if (this.#goodAnswers === 0) this.#cycle = { startedAt: sentAt, served: 0, isFull: true };
    if (this.#cycle !== undefined) this.#cycle.served += 1;
    this.#goodAnswers += 1;
    if (!this.#isPressed) return;
    if (this.#perMs === undefined) this.#inFlightCap += 1;
    else this.#perMs *= 1 + this.#growth(this.#perMs, inFlight);
  }

  /** A call was refused; `order` is its position, `latestOrder` that of the newest call sent. */
  refused(order: number, latestOrder: number, now: number): void {
    if (order <= this.#backedOffAtOrder) return;
    if (this.#perMs !== undefined && this.#goodAnswers === 0 && order <= this.#pausedOrder) {
      this.#stillRefused(this.#perMs, now);
      return;
    }
    this.#backedOffAtOrder = latestOrder;
    const factor = this.#goodAnswers < FEW_ANSWERS ? FAR_OFF_BACK_OFF : BACK_OFF;
    const perMs =
      this.#perMs ?? Math.max(1, this.#goodAnswers) / Math.max(1, now - this.#startedAt);
    if (this.#goodAnswers > 0 || this.#perMs === undefined) this.#refusedPerMs = perMs;
    if (this.#cycle !== undefined) {
      this.#cycle.refusedAt ??= now;
      this.#cycle.leastPerMs ??= perMs * FAR_OFF_BACK_OFF;
    }
    this.#goodAnswers = 0;
    this.#goOn(perMs * factor, now);
  }

  /**
   * A call sent after a rest was refused as well: what came before used up a whole window. Then the
   * rate that lasts is what was served since that began, over all the time until now.
   */
  #stillRefused(perMs: number, now: number): void {
    const cycle = this.#cycle;
    if (cycle?.isFull !== true || cycle.leastPerMs === undefined) return;
    const lasting = Math.max(cycle.served / (now - cycle.startedAt), cycle.leastPerMs);
    this.#goOn(Math.min(perMs, lasting), now);
  }

  #goOn(perMs: number, now: number): void {
    this.#perMs = Math.max(SLOWEST_PER_MS, perMs);
    this.#nextAt = now + 1 / this.#perMs;
  }

  #paused(order: number): void {
    this.#pausedOrder = order;
    // A pause between good answers is a want of calls: less was served than could have been. Only
    // the first of them may have been waited for, by whoever asked whether a rest is over.
    if (this.#goodAnswers > 1 && this.#cycle !== undefined) this.#cycle.isFull = false;
  }

  #growth(perMs: number, inFlight: number): number {
    if (perMs < this.#refusedPerMs / 2) return FAST_GROWTH;
    const near = Math.min(GROWTH, GROWTH_PER_SECOND / (1_000 * perMs));
    const distance = perMs / this.#refusedPerMs - 1;
    return Math.min(near * (1 + (distance / NEAR) ** 2), GROWTH_PER_ROUND / Math.max(1, inFlight));
  }
}

/** From the first good answer after a refusal to the next such one. */
interface Cycle {
  readonly startedAt: number;
  served: number;
  /** Whether calls went out as fast as they might until the first refusal. */
  isFull: boolean;
  refusedAt?: number;
  /** What further refusals leave of the rate at least: perhaps it is an outage. */
  leastPerMs?: number;
}
