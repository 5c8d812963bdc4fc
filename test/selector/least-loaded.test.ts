import { expect, it } from 'vitest';
import { leastLoaded } from '../../src/selector/least-loaded.js';
import { addSeats, named, serve, withSetAside } from './serve.js';

it('prefers the lowest load', () => {
  const selector = leastLoaded();
  addSeats(selector, [
    { id: 'a', load: 0.5 },
    { id: 'b', load: 0.2, inFlight: 9 },
    { id: 'c', load: 0.9 },
  ]);
  expect(serve(selector, 1)).toEqual(['b']);
});

it('prefers the fewest leases out among equal loads', () => {
  const selector = leastLoaded();
  addSeats(selector, [
    { id: 'a', inFlight: 2 },
    { id: 'b', inFlight: 1 },
    { id: 'c', inFlight: 3 },
  ]);
  expect(serve(selector, 1)).toEqual(['b']);
});

it('takes turns among equals, the least recently leased first', () => {
  const selector = leastLoaded();
  addSeats(selector, named('a', 'b', 'c'));
  expect(serve(selector, 7)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a']);
});

it('remembers when a seat was leased while the seat is set aside', () => {
  const selector = leastLoaded();
  const [a] = addSeats(selector, named('a', 'b', 'c'));
  serve(selector, 1);
  withSetAside(selector, a!, () => expect(serve(selector, 1)).toEqual(['b']));
  expect(serve(selector, 3)).toEqual(['c', 'a', 'b']);
});

it('follows each update, up and down', () => {
  const selector = leastLoaded();
  const [a, b] = addSeats(selector, named('a', 'b'));
  a!.load = 0.6;
  selector.update(a!);
  b!.load = 0.7;
  selector.update(b!);
  expect(selector.next({})).toBe(a);
  b!.load = 0.5;
  selector.update(b!);
  expect(selector.next({})).toBe(b);
});

it('finds a load that fell by itself within half a round of leases', () => {
  const selector = leastLoaded();
  const seats = addSeats(
    selector,
    Array.from({ length: 100 }, (_, index) => ({ id: `${index}`, load: 0.5 })),
  );
  seats[77]!.load = 0.1;
  expect(serve(selector, 51)).toContain('77');
});

it('does not count the leases of a seat that left against its successor', () => {
  const selector = leastLoaded();
  const [a] = addSeats(selector, named('a', 'b'));
  serve(selector, 1);
  selector.remove(a!);
  selector.forget?.(a!);
  const successor = { ...a!, id: 'successor' };
  selector.add(successor);
  expect(serve(selector, 1)).toEqual(['successor']);
});

it('does not offer a seat again because its lease was noted after it was removed', () => {
  const selector = leastLoaded();
  const [a] = addSeats(selector, named('a'));
  selector.remove(a!);
  selector.leased?.(a!, {});
  expect(selector.next({})).toBeUndefined();
});
