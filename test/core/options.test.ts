import { describe, expect, it } from 'vitest';
import * as check from '../../src/core/options.js';

describe('option checks', () => {
  it.each([
    ['positive', check.positive, [0.5, 1, 1e300], [0, -1, NaN, Infinity, '1', null, undefined]],
    ['nonNegative', check.nonNegative, [0, 1.5], [-0.1, NaN, Infinity, '0', undefined]],
    ['nonNegativeOrInfinite', check.nonNegativeOrInfinite, [0, Infinity], [-Infinity, NaN, '1']],
    ['positiveInteger', check.positiveInteger, [1, 2 ** 53 - 1], [0, 1.5, 2 ** 53, '1', NaN]],
    ['finite', check.finite, [-1, 0, 1.5], [NaN, Infinity, '1', null]],
    ['nonEmptyString', check.nonEmptyString, ['a', ' '], ['', 1, null, undefined, ['a']]],
    ['record', check.record, [{}, new Map()], [null, undefined, [], 'a', 1, () => {}]],
  ] as const)(
    '%s lets good values through and names the path of bad ones',
    (_name, test, good, bad) => {
      for (const value of good) expect(test('a.b', value)).toBe(value);
      for (const value of bad) {
        expect(() => test('a.b', value)).toThrow(
          expect.objectContaining({ code: 'INVALID_OPTION', path: 'a.b' }),
        );
      }
    },
  );

  it('oneOf says what is allowed', () => {
    expect(check.oneOf('kind', 'refill', ['refill', 'window'])).toBe('refill');
    expect(() => check.oneOf('kind', 'leaky', ['refill', 'window'])).toThrow(
      "kind: expected 'refill' or 'window', got 'leaky'",
    );
    expect(() => check.oneOf('kind', 3, ['refill', 'window'])).toThrow('got 3');
  });
});
