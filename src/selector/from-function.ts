import { InvalidOptionError } from '../core/errors.js';
import type { KeyView } from '../key/key.js';
import { OrderedSeats } from './ordered-seats.js';
import type { Seat, Selector, SelectorRequest } from './selector.js';

/**
 * Chooses among views of all keys that can serve now, in a stable order. `undefined` means that none
 * of them serves this call.
 */
export type ChooseKey = (
  ready: readonly KeyView[],
  request: SelectorRequest,
) => KeyView | undefined;

/**
 * A plain function as a selector. It costs a view of every ready key per call: for small pools. The
 * function must keep no turns of its own, since it may be asked several times for one call.
 *
 * Keys of one quota group share a seat and take turns inside it: choosing a key's view chooses its
 * group, and another of the group's keys may serve.
 */
export function fromFunction(choose: ChooseKey): Selector {
  if (typeof choose !== 'function') {
    throw new InvalidOptionError('fromFunction(choose)', 'a function', choose);
  }
  return new FromFunction(choose);
}

class FromFunction implements Selector {
  readonly #choose: ChooseKey;
  readonly #ready = new OrderedSeats();

  constructor(choose: ChooseKey) {
    this.#choose = choose;
  }

  add(seat: Seat): void {
    this.#ready.add(seat);
  }

  remove(seat: Seat): void {
    this.#ready.delete(seat);
  }

  update(): void {}

  next(request: SelectorRequest): Seat | undefined {
    const views: KeyView[] = [];
    const seats = new Map<string, Seat>();
    for (let seat = this.#ready.from(0); seat !== undefined; ) {
      for (const view of seat.views()) {
        views.push(view);
        seats.set(view.id, seat);
      }
      seat = this.#ready.from(seat.index + 1);
    }
    if (views.length === 0) return undefined;
    const chosen: unknown = this.#choose(views, request);
    return chosen === undefined ? undefined : seatOf(chosen, seats);
  }

  fork(): Selector {
    return new FromFunction(this.#choose);
  }
}

/** Matched by id, so that a copy of a view will do. */
function seatOf(chosen: unknown, seats: ReadonlyMap<string, Seat>): Seat {
  const id = idOf(chosen);
  const seat = id === undefined ? undefined : seats.get(id);
  if (seat !== undefined) return seat;
  const shown = id === undefined ? undefined : `a view of "${id}"`;
  throw new InvalidOptionError(
    'fromFunction()',
    'one of the ready views or undefined',
    chosen,
    shown,
  );
}

function idOf(chosen: unknown): string | undefined {
  if (typeof chosen !== 'object' || chosen === null || !('id' in chosen)) return undefined;
  return typeof chosen.id === 'string' ? chosen.id : undefined;
}
