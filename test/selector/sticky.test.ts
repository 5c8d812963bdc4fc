import { expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/core/errors.js';
import { roundRobin } from '../../src/selector/round-robin.js';
import { sticky } from '../../src/selector/sticky.js';
import { addSeats, countOf, named, recorded, serve, withSetAside } from './serve.js';

const anna = { affinity: 'anna' };
const ben = { affinity: 'ben' };

it('keeps the calls of one affinity with the seat that served the first', () => {
  const selector = sticky(roundRobin());
  addSeats(selector, named('a', 'b', 'c'));
  expect(serve(selector, 3, anna)).toEqual(['a', 'a', 'a']);
  expect(serve(selector, 2, ben)).toEqual(['b', 'b']);
  expect(serve(selector, 1, anna)).toEqual(['a']);
});

it('sends calls without affinity straight to the inner selector', () => {
  const selector = sticky(roundRobin());
  addSeats(selector, named('a', 'b'));
  expect(serve(selector, 4)).toEqual(['a', 'b', 'a', 'b']);
});

it('binds when the call is leased, not when the seat is offered', () => {
  const selector = sticky(roundRobin());
  const [a] = addSeats(selector, named('a', 'b'));
  expect(selector.next(anna)).toBe(a);
  withSetAside(selector, a!, () => expect(serve(selector, 1, anna)).toEqual(['b']));
  expect(serve(selector, 2, anna)).toEqual(['b', 'b']);
});

it('lets a call escape while its seat cannot serve, and returns afterwards', () => {
  const selector = sticky(roundRobin());
  const [a] = addSeats(selector, named('a', 'b', 'c'));
  serve(selector, 1, anna);
  withSetAside(selector, a!, () => expect(serve(selector, 1, anna)).toEqual(['b']));
  expect(serve(selector, 2, anna)).toEqual(['a', 'a']);
  expect(serve(selector, 1)).toEqual(['c']);
});

it('does not move the turn of others on with each call of a busy affinity', () => {
  const selector = sticky(roundRobin());
  addSeats(selector, named('a', 'b', 'c'));
  serve(selector, 1, anna);
  const others = Array.from({ length: 30 }, () => {
    serve(selector, 5, anna);
    return serve(selector, 1).join();
  });
  expect(countOf(others)).toEqual({ a: 10, b: 10, c: 10 });
});

it('tells the inner selector all, but of leases only those of seats that it named', () => {
  const { inner, calls } = recorded(roundRobin());
  const selector = sticky(inner);
  const [a] = addSeats(selector, named('a', 'b'));
  serve(selector, 1, anna);
  serve(selector, 1, anna);
  selector.remove(a!);
  selector.forget?.(a!);
  expect(calls).toEqual([
    ...['add a', 'add b', 'leased a', 'update a'],
    ...['update a', 'remove a', 'forget a'],
  ]);
});

it('forgets the affinity that was unused for longest when there are too many', () => {
  const selector = sticky(roundRobin(), { maxAffinities: 2 });
  addSeats(selector, named('a', 'b', 'c', 'd'));
  serve(selector, 1, anna);
  serve(selector, 1, ben);
  serve(selector, 1, anna);
  expect(serve(selector, 1, { affinity: 'cleo' })).toEqual(['c']);
  expect(serve(selector, 1, anna)).toEqual(['a']);
  expect(serve(selector, 1, ben)).toEqual(['d']);
});

it('never remembers more affinities than allowed, however many come', () => {
  const selector = sticky(roundRobin(), { maxAffinities: 2 });
  addSeats(selector, named('a', 'b', 'c', 'd', 'e'));
  const affinities = ['1', '2', '3', '4'].map((affinity) => ({ affinity }));
  expect(affinities.flatMap((each) => serve(selector, 1, each))).toEqual(['a', 'b', 'c', 'd']);
  expect(affinities.slice(0, 2).flatMap((each) => serve(selector, 1, each))).toEqual(['e', 'a']);
});

it('binds anew after the seat left for good, also when another has its index', () => {
  const selector = sticky(roundRobin());
  const [a] = addSeats(selector, named('a', 'b', 'c'));
  serve(selector, 1, anna);
  selector.remove(a!);
  selector.forget?.(a!);
  selector.add({ ...a!, id: 'successor' });
  expect(serve(selector, 3, anna)).toEqual(['b', 'b', 'b']);
});

it('keeps the affinities of a fork apart, with the same bound', () => {
  const selector = sticky(roundRobin(), { maxAffinities: 1 });
  addSeats(selector, named('a', 'b'));
  serve(selector, 1, anna);
  const fork = selector.fork?.();
  addSeats(fork!, named('x', 'y', 'z'));
  expect(serve(fork!, 2, anna)).toEqual(['x', 'x']);
  serve(fork!, 1, ben);
  expect(serve(fork!, 1, anna)).toEqual(['z']);
  expect(serve(selector, 1, anna)).toEqual(['a']);
});

it('can be forked only if the inner selector can', () => {
  const inner = { add() {}, remove() {}, update() {}, next: () => undefined };
  expect(sticky(inner).fork).toBeUndefined();
});

it('asks for keys of a seat to be kept as well', () => {
  expect(sticky(roundRobin()).keepsAffinity).toBe(true);
});

it('refuses a bound that is no whole number above 0', () => {
  for (const maxAffinities of [0, -1, 1.5, Number.NaN]) {
    expect(() => sticky(roundRobin(), { maxAffinities })).toThrow(InvalidOptionError);
  }
});

it('refuses a misspelt bound', () => {
  expect(() => sticky(roundRobin(), { maxAffinity: 5 } as never)).toThrow(
    'options.maxAffinity: expected "maxAffinities", got "maxAffinity"',
  );
});
