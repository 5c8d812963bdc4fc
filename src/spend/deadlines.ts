import type { Clock } from '../core/clock.js';

/** What is to be done by an instant, in epoch milliseconds. */
interface Deadline {
  readonly at: number;
  readonly onMissed: () => void;
}

/**
 * Deadlines that all lie equally far ahead, so that they come in the order in which they were set: one
 * timer will do for thousands.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #aheadMs: number;
  readonly #deadlines = new Set<Deadline>();
  #timer: unknown;

  constructor(clock: Clock, aheadMs: number) {
    this.#clock = clock;
    this.#aheadMs = aheadMs;
  }

  /** Calls `onMissed` when the time is over, unless what is returned was called before. */
  set(onMissed: () => void, now: number): () => void {
    const deadline: Deadline = { at: now + this.#aheadMs, onMissed };
    this.#deadlines.add(deadline);
    this.#timer ??= this.#clock.setTimer(() => this.#ring(), this.#aheadMs);
    return () => this.#met(deadline);
  }

  #met(deadline: Deadline): void {
    if (!this.#deadlines.delete(deadline) || this.#deadlines.size > 0) return;
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #ring(): void {
    const now = this.#clock.now();
    this.#timer = undefined;
    for (const deadline of this.#deadlines) {
      if (deadline.at > now) {
        this.#timer ??= this.#clock.setTimer(() => this.#ring(), deadline.at - now);
        return;
      }
      this.#deadlines.delete(deadline);
      deadline.onMissed();
    }
  }
}
