import type { Clock } from '../core/clock.js';
import { type HeapItem, IndexedHeap } from '../core/heap.js';

interface Appointment extends HeapItem {
  /** Epoch milliseconds. */
  dueAt: number;
}

/** What is to be done when, by one timer for all. */
export class Agenda<Item extends Appointment> {
  readonly #items = new IndexedHeap<Item>((a, b) => a.dueAt < b.dueAt);
  readonly #clock: Clock;
  readonly #onDue: (items: readonly Item[]) => void;
  #timer: unknown;
  #ringsAt = Infinity;

  constructor(clock: Clock, onDue: (items: readonly Item[]) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Notes the item for `dueAt`, instead of what was noted for it before. */
  set(item: Item, dueAt: number): void {
    item.dueAt = dueAt;
    this.#items.set(item);
    this.#wind();
  }

  delete(item: Item): void {
    this.#items.delete(item);
  }

  close(): void {
    this.#clock.clearTimer(this.#timer);
    this.#ringsAt = -Infinity;
  }

  #wind(): void {
    const next = this.#items.peek()?.dueAt ?? Infinity;
    if (next >= this.#ringsAt) return;
    this.#clock.clearTimer(this.#timer);
    this.#ringsAt = next;
    this.#timer = this.#clock.setTimer(() => this.#ring(), Math.max(0, next - this.#clock.now()));
  }

  #ring(): void {
    const now = this.#clock.now();
    this.#ringsAt = Infinity;
    const due: Item[] = [];
    for (let item = this.#items.peek(); item !== undefined; item = this.#items.peek()) {
      if (item.dueAt > now) break;
      this.#items.delete(item);
      due.push(item);
    }
    // First the next timer: what is due may close the agenda.
    this.#wind();
    if (due.length > 0) this.#onDue(due);
  }
}
