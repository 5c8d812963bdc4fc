import type { Seat, Selector, SelectorRequest } from '../../src/selector/selector.js';
import { type FakeSeat, type FakeSeatOptions, fakeSeat } from '../../src/testing/fake-seat.js';

/** Seats with indices from 0 on, all added. */
export function addSeats(
  selector: Selector,
  options: readonly Omit<FakeSeatOptions, 'index'>[],
): readonly FakeSeat[] {
  const seats = options.map((each, index) => fakeSeat({ ...each, index }));
  for (const seat of seats) selector.add(seat);
  return seats;
}

export function named(...ids: readonly string[]): readonly { id: string }[] {
  return ids.map((id) => ({ id }));
}

/** Leases one after another; ids of the seats that served, `-` where none did. */
export function serve(selector: Selector, calls: number, request: SelectorRequest = {}): string[] {
  return Array.from({ length: calls }, () => {
    const seat = selector.next(request);
    if (seat === undefined) return '-';
    selector.leased?.(seat, request);
    selector.update(seat);
    return seat.id;
  });
}

/** How often each value occurs. */
export function countOf(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** What the pool does with a seat that cannot serve one call. */
export function withSetAside(selector: Selector, seat: FakeSeat, call: () => void): void {
  selector.remove(seat);
  call();
  selector.add(seat);
}

/** The selector, with a note of each call that tells it something. */
export function recorded(selector: Selector): { inner: Selector; calls: readonly string[] } {
  const calls: string[] = [];
  const inner: Selector = {
    add: (seat) => note('add', seat, () => selector.add(seat)),
    remove: (seat) => note('remove', seat, () => selector.remove(seat)),
    update: (seat) => note('update', seat, () => selector.update(seat)),
    next: (request) => selector.next(request),
    leased: (seat, request) => note('leased', seat, () => selector.leased?.(seat, request)),
    forget: (seat) => note('forget', seat, () => selector.forget?.(seat)),
  };
  return { inner, calls };

  function note(method: string, seat: Seat, call: () => void): void {
    calls.push(`${method} ${seat.id}`);
    call();
  }
}
