import { expect, it } from 'vitest';
import { steadyRandom } from '../../src/core/steady-random.js';

it.each([
  ['a number in [0, 1)', () => 0.25, 0.25],
  ['0', () => 0, 0],
  ['1', () => 1, 0.5],
  ['no number', () => Number.NaN, 0.5],
  ['a negative one', () => -1, 0.5],
  ['text', () => '0.25', 0.5],
  ['null', () => null, 0.5],
  ['a bigint', () => 0n, 0.5],
])('takes %s for what it is worth', (_, random, drawn) => {
  expect(steadyRandom(random as () => number)()).toBe(drawn);
});

it('survives one that throws', () => {
  const random = steadyRandom(() => {
    throw new Error('no entropy');
  });
  expect(random()).toBe(0.5);
});
