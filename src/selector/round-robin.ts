import { OrderedSeats } from './ordered-seats.js';
import type { Seat, Selector } from './selector.js';

/** Each ready seat in turn, in the order of their indices, whatever their load. */
export function roundRobin(): Selector {
  return new RoundRobin();
}

class RoundRobin implements Selector {
  readonly neverDeclines = true;
  readonly #ready = new OrderedSeats();
  /** Index whose turn it is: a place in the circle, so that seats may come and go around it. */
  #turn = 0;

  add(seat: Seat): void {
    this.#ready.add(seat);
  }

  remove(seat: Seat): void {
    this.#ready.delete(seat);
  }

  update(): void {}

  next(): Seat | undefined {
    return this.#ready.from(this.#turn) ?? this.#ready.from(0);
  }

  leased(seat: Seat): void {
    this.#turn = seat.index + 1;
  }

  fork(): Selector {
    return new RoundRobin();
  }
}
