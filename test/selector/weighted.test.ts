import fc from 'fast-check';
import { expect, it } from 'vitest';
import { weighted } from '../../src/selector/weighted.js';
import { property } from '../helpers/proof.js';
import { addSeats, countOf, serve, withSetAside } from './serve.js';

it('shares calls in proportion to weight', () => {
  const selector = weighted();
  addSeats(selector, [
    { id: 'a', weight: 5 },
    { id: 'b', weight: 3 },
    { id: 'c', weight: 2 },
  ]);
  expect(countOf(serve(selector, 1000))).toEqual({ a: 500, b: 300, c: 200 });
});

it('spreads the calls of light seats between those of a heavy one', () => {
  const selector = weighted();
  const light = Array.from({ length: 50 }, (_, index) => ({ id: `light-${index}`, weight: 1 }));
  addSeats(selector, [{ id: 'heavy', weight: 50 }, ...light]);
  const served = serve(selector, 400).map((id) => (id === 'heavy' ? 'H' : 'l'));
  expect(served.join('')).not.toMatch(/HHHH|llll/);
});

it('makes the same choices every time', () => {
  const run = (): string[] => {
    const selector = weighted();
    addSeats(selector, [
      { id: 'a', weight: 1.7 },
      { id: 'b', weight: 0.3 },
    ]);
    return serve(selector, 100);
  };
  expect(run()).toEqual(run());
});

it('asks seats of weight 0 only while no other is ready, and in turn', () => {
  const selector = weighted();
  const [a] = addSeats(selector, [
    { id: 'a', weight: 0.001 },
    { id: 'spare-1', weight: 0 },
    { id: 'spare-2', weight: 0 },
  ]);
  expect(countOf(serve(selector, 20))).toEqual({ a: 20 });
  withSetAside(selector, a!, () => {
    expect(countOf(serve(selector, 20))).toEqual({ 'spare-1': 10, 'spare-2': 10 });
  });
  expect(countOf(serve(selector, 20))).toEqual({ a: 20 });
});

it('does not let a seat that rested catch up', () => {
  const selector = weighted();
  const [a] = addSeats(selector, [{ id: 'a' }, { id: 'b' }]);
  withSetAside(selector, a!, () => serve(selector, 1000));
  expect(countOf(serve(selector, 10))['a']).toBeLessThanOrEqual(6);
});

it('does not let a new seat make up for calls before its time', () => {
  const selector = weighted();
  const [a, b] = addSeats(selector, [{ id: 'a' }, { id: 'b' }]);
  selector.remove(b!);
  selector.forget?.(b!);
  serve(selector, 1000);
  selector.add({ ...b!, id: 'new' });
  expect(a!.id).toBe('a');
  expect(countOf(serve(selector, 10))['new']).toBeLessThanOrEqual(6);
});

it('keeps the turn of a seat that one call set aside', () => {
  const selector = weighted();
  const [light] = addSeats(selector, [{ id: 'light', weight: 0.1 }, { id: 'heavy' }]);
  expect(selector.next({})).toBe(light);
  withSetAside(selector, light!, () => expect(serve(selector, 1)).toEqual(['heavy']));
  expect(serve(selector, 1)).toEqual(['light']);
});

it('does not give a seat more turns for being set aside after each of its calls', () => {
  const selector = weighted();
  const seats = addSeats(selector, [{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  const served = Array.from({ length: 300 }, () => {
    const [id = '-'] = serve(selector, 1);
    if (id === 'a') withSetAside(selector, seats[0]!, () => {});
    return id;
  });
  expect(countOf(served)).toEqual({ a: 100, b: 100, c: 100 });
});

it('gives a seat its share though every other call cannot go there', () => {
  const selector = weighted();
  const [a] = addSeats(selector, [{ id: 'a' }, { id: 'b' }, { id: 'c', weight: 2 }]);
  const served: string[] = [];
  for (let round = 0; round < 200; round += 1) {
    withSetAside(selector, a!, () => served.push(...serve(selector, 1)));
    served.push(...serve(selector, 1));
  }
  expect(countOf(served)['a']).toBeCloseTo(100, -1);
});

it('does not offer a seat again because its lease was noted after it was removed', () => {
  const selector = weighted();
  const [a, b] = addSeats(selector, [{ id: 'a' }, { id: 'b' }]);
  selector.remove(a!);
  selector.remove(b!);
  selector.leased?.(a!, {});
  expect(selector.next({})).toBeUndefined();
});

it('gives a seat its new weight when it is added again', () => {
  const selector = weighted();
  const [a, b] = addSeats(selector, [{ id: 'a' }, { id: 'b' }]);
  selector.remove(a!);
  selector.add(Object.assign(a!, { weight: 3 }));
  expect(countOf(serve(selector, 400))['a']).toBeCloseTo(300, -1);
  selector.remove(b!);
  selector.add(Object.assign(b!, { weight: 0 }));
  expect(countOf(serve(selector, 20))).toEqual({ a: 20 });
});

it('lets heavy seats go on after one of the smallest weight served alone for long', () => {
  const selector = weighted();
  const [heavy, alsoHeavy] = addSeats(selector, [
    { id: 'heavy', weight: 1000 },
    { id: 'also heavy', weight: 1000 },
    { id: 'tiny', weight: Number.MIN_VALUE },
  ]);
  selector.remove(heavy!);
  selector.remove(alsoHeavy!);
  expect(countOf(serve(selector, 10_000))).toEqual({ tiny: 10_000 });
  selector.add(heavy!);
  selector.add(alsoHeavy!);
  const counts = countOf(serve(selector, 1000));
  expect(counts['heavy']).toBeCloseTo(500, -1);
});

const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 30 });

property(
  'never strays from the exact share by more than its bound',
  [weights, fc.integer({ min: 1, max: 2000 })],
  (drawn, calls) => {
    const selector = weighted();
    addSeats(
      selector,
      drawn.map((weight, index) => ({ id: `${index}`, weight })),
    );
    const counts = countOf(serve(selector, calls));
    const total = drawn.reduce((sum, weight) => sum + weight, 0);
    for (const [index, weight] of drawn.entries()) {
      const share = weight / total;
      // Each seat is within one call of virtual time, and so virtual time within one per seat.
      const bound = 1 + drawn.length * share;
      expect(Math.abs((counts[index] ?? 0) - calls * share)).toBeLessThanOrEqual(bound + 1e-6);
    }
  },
);

property(
  'serves equal weights once in each round, after any rests',
  [fc.array(fc.tuple(fc.nat(9), fc.nat(30)), { maxLength: 20 })],
  (rests) => {
    const selector = weighted();
    const seats = addSeats(
      selector,
      Array.from({ length: 10 }, (_, index) => ({ id: `${index}` })),
    );
    for (const [index, calls] of rests) {
      withSetAside(selector, seats[index]!, () => serve(selector, calls));
    }
    serve(selector, 10);
    expect(new Set(serve(selector, 10)).size).toBe(10);
  },
);
