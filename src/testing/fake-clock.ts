import type { Clock } from '../core/clock.js';
import { type HeapItem, IndexedHeap, OUT } from '../core/heap.js';
import { finite, nonNegative } from '../core/options.js';

// Taken at load time, so that a test runner's fake timers do not stop this clock too.
const { setImmediate: nextTurn } = globalThis;

class Timer implements HeapItem {
  heapPlace = OUT;
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;

  constructor(at: number, order: number, callback: () => void) {
    this.at = at;
    this.order = order;
    this.callback = callback;
  }
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  readonly #timers = new IndexedHeap<Timer>(
    (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order),
  );
  #now: number;
  #order = 0;

  /** @param startMs epoch milliseconds; by default 2026-01-01T00:00:00Z */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = finite('startMs', startMs);
  }

  now(): number {
    return this.#now;
  }

  /** Timers set and neither fired nor cleared. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  setTimer(callback: () => void, delayMs: number): unknown {
    this.#order += 1;
    const timer = new Timer(this.#now + Math.max(0, delayMs), this.#order, callback);
    this.#timers.set(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    if (timer instanceof Timer) this.#timers.delete(timer);
  }

  /**
   * Moves on by `ms`, firing what falls due in order. Promises settle before the first timer and
   * after each one, so what they set off in turn is part of the same advance.
   */
  async advance(ms: number): Promise<void> {
    nonNegative('ms', ms);
    const until = this.#now + ms;
    await settled();
    for (let timer = this.#timers.peek(); timer !== undefined; timer = this.#timers.peek()) {
      if (timer.at > until) break;
      this.#timers.pop();
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
      await settled();
    }
    // Another advance may have gone further meanwhile.
    this.#now = Math.max(this.#now, until);
  }
}

/** Lets every promise settle that can. */
function settled(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}
