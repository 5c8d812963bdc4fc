import type { Clock } from '../core/clock.js';

/** What has to be over in time. */
export interface Due {
  /** Until when, in epoch milliseconds: set when its time begins. */
  dueAt: number;
  /** Called when its time is over. */
  late(): void;
}

/**
 * Deadlines that all lie equally far ahead, so that they come in the order in which they were set: one
 * timer will do for thousands.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #aheadMs: number;
  readonly #open = new Set<Due>();
  #timer: unknown;

  constructor(clock: Clock, aheadMs: number) {
    this.#clock = clock;
    this.#aheadMs = aheadMs;
  }

  /** Its time begins. */
  begin(due: Due, now: number): void {
    due.dueAt = now + this.#aheadMs;
    this.#open.add(due);
    this.#timer ??= this.#clock.setTimer(() => this.#ring(), this.#aheadMs);
  }

  /** It is over, in time or not. */
  end(due: Due): void {
    if (!this.#open.delete(due) || this.#open.size > 0) return;
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #ring(): void {
    const now = this.#clock.now();
    this.#timer = undefined;
    for (const due of this.#open) {
      if (due.dueAt > now) {
        this.#timer ??= this.#clock.setTimer(() => this.#ring(), due.dueAt - now);
        return;
      }
      this.#open.delete(due);
      due.late();
    }
  }
}
