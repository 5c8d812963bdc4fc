import { expect, it } from 'vitest';
import { powerOfTwo } from '../../src/selector/power-of-two.js';
import { addSeats, countOf, named, serve } from './serve.js';

/** Gives these numbers in turn, from the start again after the last. */
function scripted(...numbers: readonly number[]): () => number {
  let calls = 0;
  return () => {
    const number = numbers[calls % numbers.length];
    calls += 1;
    return number ?? 0;
  };
}

it('takes the lower load of the two it drew', () => {
  const selector = powerOfTwo({ random: scripted(0, 0.5) });
  addSeats(selector, [
    { id: 'a', load: 0.8 },
    { id: 'b', load: 0.1 },
    { id: 'c', load: 0.7 },
  ]);
  expect(serve(selector, 1)).toEqual(['c']);
});

it('takes the fewer leases out where loads are equal', () => {
  const selector = powerOfTwo({ random: scripted(0, 0) });
  addSeats(selector, [
    { id: 'a', inFlight: 2 },
    { id: 'b', inFlight: 1 },
  ]);
  expect(serve(selector, 1)).toEqual(['b']);
});

it('looks at the load of the present', () => {
  const selector = powerOfTwo({ random: scripted(0) });
  const [a] = addSeats(selector, [
    { id: 'a', load: 0.5 },
    { id: 'b', load: 0.4 },
  ]);
  expect(serve(selector, 1)).toEqual(['b']);
  a!.load = 0;
  expect(serve(selector, 1)).toEqual(['a']);
});

it('draws two different seats, all pairs alike', () => {
  const draws = Array.from({ length: 6 }, (_, step) => [
    (Math.floor(step / 2) + 0.5) / 3,
    ((step % 2) + 0.5) / 2,
  ]).flat();
  const selector = powerOfTwo({ random: scripted(...draws) });
  addSeats(selector, [
    { id: 'low', load: 0.1 },
    { id: 'middle', load: 0.5 },
    { id: 'high', load: 0.9 },
  ]);
  expect(countOf(serve(selector, 6))).toEqual({ low: 4, middle: 2 });
});

it('spreads calls over equal seats', () => {
  const selector = powerOfTwo();
  addSeats(selector, named('a', 'b', 'c', 'd'));
  for (const count of Object.values(countOf(serve(selector, 4000)))) {
    expect(count).toBeGreaterThan(800);
  }
});

it('offers a ready seat even where the random number is out of range', () => {
  const selector = powerOfTwo({ random: scripted(1, Number.NaN) });
  addSeats(selector, named('a', 'b', 'c'));
  expect(serve(selector, 1)).not.toContain('-');
});

it('keeps its source of random numbers in a fork', () => {
  const fork = powerOfTwo({ random: scripted(0.99, 0) }).fork?.();
  expect(fork).toBeDefined();
  addSeats(fork!, named('a', 'b', 'c'));
  expect(serve(fork!, 2)).toEqual(['c', 'c']);
});

it('refuses a misspelt name', () => {
  expect(() => powerOfTwo({ ramdom: Math.random } as never)).toThrow(
    'options.ramdom: expected "random", got "ramdom"',
  );
});
