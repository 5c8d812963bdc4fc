import { type Clock, holdProcess } from '../core/clock.js';

/**
 * The pool's one timer: rings at the earliest instant asked for. An alarm for somebody who waits
 * keeps the process alive; one for housekeeping does not.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: unknown;
  #at = Infinity;
  #holdsProcess = false;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `at` (epoch ms) or earlier, where an earlier alarm is set already. */
  set(at: number, holdsProcess: boolean): void {
    if (at < this.#at) this.#start(at, holdsProcess || this.#holdsProcess);
    else if (holdsProcess && !this.#holdsProcess && this.#at < Infinity) this.#hold();
  }

  /** Nobody waits any more: the timer may run on, but keeps no process alive. */
  letGo(): void {
    if (!this.#holdsProcess) return;
    this.#holdsProcess = false;
    holdProcess(this.#timer, false);
  }

  clear(): void {
    if (this.#at < Infinity) this.#clock.clearTimer(this.#timer);
    this.#at = Infinity;
    this.#holdsProcess = false;
  }

  #start(at: number, holdsProcess: boolean): void {
    this.clear();
    this.#at = at;
    const delayMs = Math.max(0, Math.ceil(at - this.#clock.now()));
    this.#timer = this.#clock.setTimer(() => {
      this.#at = Infinity;
      this.#holdsProcess = false;
      this.#ring();
    }, delayMs);
    if (holdsProcess) this.#hold();
  }

  #hold(): void {
    this.#holdsProcess = true;
    holdProcess(this.#timer, true);
  }
}
