import { type HeapItem, IndexedHeap, OUT } from '../core/heap.js';
import { SeatTable } from './seat-table.js';
import type { Seat, Selector } from './selector.js';

/**
 * Calls in proportion to each seat's weight, evenly spread: weights 5, 1, 1 never make a run of
 * five. Weight 0 serves only when no other seat is ready. A seat that was away does not catch up.
 * The weight is read when the seat is added.
 */
export function weighted(): Selector {
  return new Weighted();
}

class Weighted implements Selector {
  readonly neverDeclines = true;
  readonly #table = new SeatTable<Share>();
  readonly #shares = new StrideQueue();
  /** The seats of weight 0, which take turns among themselves. */
  readonly #spares = new StrideQueue();

  add(seat: Seat): void {
    let share = this.#table.get(seat);
    if (share?.weight !== seat.weight) {
      share = this.#newShare(seat);
      this.#table.set(seat, share);
    }
    share.queue.add(share);
  }

  remove(seat: Seat): void {
    const share = this.#table.get(seat);
    share?.queue.delete(share);
  }

  update(): void {}

  next(): Seat | undefined {
    return this.#shares.first() ?? this.#spares.first();
  }

  leased(seat: Seat): void {
    const share = this.#table.get(seat);
    share?.queue.moveOn(share);
  }

  forget(seat: Seat): void {
    this.#table.delete(seat);
  }

  fork(): Selector {
    return new Weighted();
  }

  #newShare(seat: Seat): Share {
    const { weight } = seat;
    const isSpare = weight === 0;
    const queue = isSpare ? this.#spares : this.#shares;
    const stride = isSpare ? 1 : 1 / Math.max(weight, LEAST_WEIGHT);
    return { seat, weight, queue, stride, due: undefined, heapPlace: OUT };
  }
}

interface Share extends HeapItem {
  readonly seat: Seat;
  readonly weight: number;
  readonly queue: StrideQueue;
  /** Virtual time between two of its calls. */
  readonly stride: number;
  /** Virtual time of its next call; `undefined` before it was first added. */
  due: number | undefined;
}

/** Below it, virtual time would run so fast that the strides of heavy seats vanish in rounding. */
const LEAST_WEIGHT = 1e-6;

/** Stride scheduling: who is due first serves, and is due again one stride later. */
class StrideQueue {
  readonly #shares = new IndexedHeap<Share>(isBefore);
  /** Virtual time: when the latest call was due. */
  #now = 0;

  first(): Seat | undefined {
    return this.#shares.peek()?.seat;
  }

  add(share: Share): void {
    const { due } = share;
    share.due = due === undefined ? this.#firstDue(share) : this.#dueAfterRest(share, due);
    this.#shares.set(share);
  }

  delete(share: Share): void {
    this.#shares.delete(share);
  }

  moveOn(share: Share): void {
    const due = share.due ?? this.#now;
    this.#now = Math.max(this.#now, due);
    share.due = due + share.stride;
    if (this.#shares.has(share)) this.#shares.set(share);
  }

  // Seats of equal weight that started together would also fall due together, in a burst. Multiples
  // of the golden ratio spread any number of starts evenly over one stride.
  #firstDue(share: Share): number {
    return this.#now + ((share.seat.index * GOLDEN_RATIO) % 1) * share.stride;
  }

  // Whole strides, to keep the spread. A seat set aside for one call keeps that turn, no more.
  #dueAfterRest(share: Share, due: number): number {
    const missed = Math.floor((this.#now - due) / share.stride);
    return due + Math.max(0, missed) * share.stride;
  }
}

const GOLDEN_RATIO = 0.618_033_988_749_894_9;

function isBefore(a: Share, b: Share): boolean {
  return (a.due ?? 0) < (b.due ?? 0);
}
