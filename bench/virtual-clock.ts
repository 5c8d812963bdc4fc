import type { Clock } from 'keypool';

/** Time that stands still until it is moved on. Its timers never ring: for pools nobody waits in. */
export class VirtualClock implements Clock {
  #now = 1_000_000;

  now(): number {
    return this.#now;
  }

  moveOn(ms: number): void {
    this.#now += ms;
  }

  setTimer(): void {}

  clearTimer(): void {}
}
