import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roundRobin } from '../../src/selector/round-robin.js';
import { fakeSeat } from '../../src/testing/fake-seat.js';
import { property } from '../helpers/proof.js';
import { addSeats, named, serve, withSetAside } from './serve.js';

it('serves each seat in turn by index, whatever the order they were added in', () => {
  const selector = roundRobin();
  for (const index of [40, 2, 1033, 0]) selector.add(fakeSeat({ index, id: `${index}` }));
  expect(serve(selector, 6)).toEqual(['0', '2', '40', '1033', '0', '2']);
});

it('stays with the seat whose turn it is until that was leased', () => {
  const selector = roundRobin();
  const [a] = addSeats(selector, named('a', 'b'));
  expect(selector.next({})).toBe(a);
  expect(selector.next({})).toBe(a);
});

it('goes on where it was after a seat was set aside and came back', () => {
  const selector = roundRobin();
  const [, b] = addSeats(selector, named('a', 'b', 'c'));
  serve(selector, 1);
  selector.remove(b!);
  selector.add(b!);
  expect(serve(selector, 3)).toEqual(['b', 'c', 'a']);
});

it('passes the turn on to the next seat when one cannot serve a call', () => {
  const selector = roundRobin();
  const [a] = addSeats(selector, named('a', 'b', 'c'));
  withSetAside(selector, a!, () => expect(serve(selector, 1)).toEqual(['b']));
  expect(serve(selector, 3)).toEqual(['c', 'a', 'b']);
});

const steps = fc.array(
  fc.record({
    index: fc.oneof(fc.nat(70), fc.constantFrom(31, 32, 1023, 1024, 32_767, 32_768, 40_000)),
    kind: fc.constantFrom('toggle', 'lease'),
  }),
  { maxLength: 200 },
);

property('keeps the order of a plain sorted list', [steps], (script) => {
  const selector = roundRobin();
  const ready = new Map<number, ReturnType<typeof fakeSeat>>();
  let turn = 0;
  for (const { index, kind } of script) {
    if (kind === 'lease') {
      const sorted = [...ready.keys()].sort((a, b) => a - b);
      const expected = sorted.find((each) => each >= turn) ?? sorted[0];
      const seat = selector.next({});
      expect(seat?.index).toBe(expected);
      if (seat === undefined) continue;
      selector.leased?.(seat, {});
      turn = seat.index + 1;
      continue;
    }
    const seat = ready.get(index);
    if (seat === undefined) {
      const added = fakeSeat({ index });
      ready.set(index, added);
      selector.add(added);
      continue;
    }
    ready.delete(index);
    selector.remove(seat);
  }
});
