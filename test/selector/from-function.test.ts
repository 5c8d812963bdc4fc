import { describe, expect, it } from 'vitest';
import { isKeyPoolError } from '../../src/core/errors.js';
import type { KeyView } from '../../src/key/key.js';
import { fromFunction } from '../../src/selector/from-function.js';
import type { SelectorRequest } from '../../src/selector/selector.js';
import { fakeSeat } from '../../src/testing/fake-seat.js';
import { addSeats, named, serve } from './serve.js';

it('shows the function all ready keys in a stable order, and the request', () => {
  const seen: [readonly string[], SelectorRequest][] = [];
  const selector = fromFunction((ready, request) => {
    seen.push([ready.map((view) => view.id), request]);
    return undefined;
  });
  const [a] = addSeats(selector, named('a', 'b', 'c'));
  selector.remove(a!);
  selector.add(a!);
  selector.next({ model: 'm', affinity: 'x' });
  expect(seen).toEqual([[['a', 'b', 'c'], { model: 'm', affinity: 'x' }]]);
});

it('serves from the seat of the chosen key, also where a seat has several', () => {
  const selector = fromFunction((ready) => ready.find((view) => view.id === 'b-2'));
  const group = fakeSeat({ index: 1, id: 'b' });
  const [view] = group.views();
  selector.add(fakeSeat({ index: 0, id: 'a' }));
  selector.add({ ...group, views: () => ['b-1', 'b-2'].map((id) => ({ ...view!, id })) });
  expect(serve(selector, 1)).toEqual(['b']);
});

it('takes undefined to mean that no key serves the call', () => {
  const selector = fromFunction(() => undefined);
  addSeats(selector, named('a', 'b'));
  expect(serve(selector, 1)).toEqual(['-']);
});

it('does not ask the function while no key is ready', () => {
  const selector = fromFunction(() => {
    throw new Error('Asked for nothing');
  });
  expect(selector.next({})).toBeUndefined();
});

it('accepts a copy of a view', () => {
  const selector = fromFunction(([first]) => first && { ...first });
  addSeats(selector, named('a'));
  expect(serve(selector, 1)).toEqual(['a']);
});

describe('names what came instead of a ready view:', () => {
  const [stranger] = fakeSeat({ index: 9, id: 'stranger' }).views();
  const wrong: readonly [unknown, string][] = [
    [stranger, 'a view of "stranger"'],
    [null, 'null'],
    [0, '0'],
    ['key-1', 'a string of 5 characters'],
    [Promise.resolve(), 'a value of type object'],
  ];

  for (const [value, shown] of wrong) {
    it(shown, () => {
      const choose = (): KeyView => value as KeyView;
      const selector = fromFunction(choose);
      addSeats(selector, named('a'));
      const error = catchError(() => selector.next({}));
      expect(isKeyPoolError(error, 'INVALID_OPTION')).toBe(true);
      expect(String(error)).toBe(
        `InvalidOptionError: fromFunction(): expected one of the ready views or undefined, got ${shown}`,
      );
    });
  }
});

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
