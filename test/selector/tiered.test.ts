import { expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/core/errors.js';
import { fromFunction } from '../../src/selector/from-function.js';
import { leastLoaded } from '../../src/selector/least-loaded.js';
import { roundRobin } from '../../src/selector/round-robin.js';
import type { Selector } from '../../src/selector/selector.js';
import { sticky } from '../../src/selector/sticky.js';
import { tiered } from '../../src/selector/tiered.js';
import { addSeats, recorded, serve, withSetAside } from './serve.js';

const twoTiers = [
  { id: 'second-a', tier: 7 },
  { id: 'first-a', tier: -1 },
  { id: 'second-b', tier: 7 },
  { id: 'first-b', tier: -1 },
];

it('serves from the lowest tier only, by the inner order', () => {
  const selector = tiered(roundRobin());
  addSeats(selector, twoTiers);
  expect(serve(selector, 4)).toEqual(['first-a', 'first-b', 'first-a', 'first-b']);
});

it('goes up a tier while none of the lowest is ready, and back afterwards', () => {
  const selector = tiered(roundRobin());
  const [, a, , b] = addSeats(selector, twoTiers);
  selector.remove(a!);
  selector.remove(b!);
  expect(serve(selector, 3)).toEqual(['second-a', 'second-b', 'second-a']);
  selector.add(b!);
  expect(serve(selector, 2)).toEqual(['first-b', 'first-b']);
});

it('keeps the turns of a tier whose seats were all set aside', () => {
  const selector = tiered(roundRobin());
  const [, a, , b] = addSeats(selector, twoTiers);
  serve(selector, 1);
  withSetAside(selector, a!, () => withSetAside(selector, b!, () => serve(selector, 1)));
  expect(serve(selector, 2)).toEqual(['first-b', 'first-a']);
});

it('drops the selector of a tier once its seats have left for good', () => {
  let forks = 0;
  const counting = (): Selector =>
    Object.assign(roundRobin(), {
      fork() {
        forks += 1;
        return counting();
      },
    });
  const selector = tiered(counting());
  const [first, second] = addSeats(selector, [
    { id: 'first', tier: 1 },
    { id: 'second', tier: 2 },
  ]);
  expect(forks).toBe(2);
  withSetAside(selector, first!, () => {});
  expect(forks).toBe(2);
  selector.remove(first!);
  selector.forget?.(first!);
  expect(serve(selector, 1)).toEqual([second!.id]);
  selector.add(first!);
  expect(forks).toBe(3);
  expect(serve(selector, 1)).toEqual(['first']);
  selector.remove(first!);
  selector.add(Object.assign(first!, { tier: 2 }));
  selector.remove(first!);
  selector.add(Object.assign(first!, { tier: 1 }));
  expect(forks).toBe(4);
});

it('places a seat by its new tier when it is added again', () => {
  const selector = tiered(leastLoaded());
  const [a] = addSeats(selector, [
    { id: 'a', tier: 0 },
    { id: 'b', tier: 1 },
  ]);
  selector.remove(a!);
  selector.add(Object.assign(a!, { tier: 2 }));
  expect(serve(selector, 2)).toEqual(['b', 'b']);
});

it('asks the next tier when the inner selector wants none of the lowest', () => {
  const selector = tiered(fromFunction((ready) => ready.find((view) => view.id !== 'unwanted')));
  addSeats(selector, [
    { id: 'unwanted', tier: 0 },
    { id: 'wanted', tier: 1 },
  ]);
  expect(serve(selector, 1)).toEqual(['wanted']);
});

it('tells the selector of a tier all that happens to its seats', () => {
  const { inner, calls } = recorded(roundRobin());
  const selector = tiered({ ...inner, fork: () => inner });
  const [a] = addSeats(selector, [{ id: 'a' }, { id: 'b' }]);
  serve(selector, 1);
  selector.remove(a!);
  selector.forget?.(a!);
  expect(calls).toEqual(['add a', 'add b', 'leased a', 'update a', 'remove a', 'forget a']);
});

it('keeps affinity where the inner selector does', () => {
  const selector = tiered(sticky(roundRobin()));
  addSeats(selector, twoTiers);
  expect(selector.keepsAffinity).toBe(true);
  expect(tiered(leastLoaded()).keepsAffinity).toBe(false);
  expect(serve(selector, 1, { affinity: 'x' })).toEqual(['first-a']);
  expect(serve(selector, 2)).toEqual(['first-b', 'first-a']);
  expect(serve(selector, 1, { affinity: 'x' })).toEqual(['first-a']);
});

it('refuses an inner selector without fork', () => {
  const { fork: _, ...inner } = { ...bare(), fork: undefined };
  expect(() => tiered(inner)).toThrow(InvalidOptionError);
  expect(() => tiered(inner)).toThrow('tiered(inner): expected a selector that has fork');
});

it.each([
  ['tiered(inner)', tiered],
  ['sticky(inner)', sticky],
  ['fromFunction(choose)', fromFunction],
])('of JavaScript callers %s refuses what is none', (path, make: (inner: never) => Selector) => {
  const nothing = undefined as never;
  expect(() => make(nothing)).toThrow(path);
  expect(() => make(nothing)).toThrow(InvalidOptionError);
});

function bare(): Selector {
  return { add() {}, remove() {}, update() {}, next: () => undefined };
}
