import { describe, expect, it } from 'vitest';
import { anyOf } from '../../src/core/any-of.js';

describe('anyOf', () => {
  it('matches what any of its forms matches', () => {
    const either = anyOf(/^ab?$/, /c{2}/);
    expect(['a', 'ab', 'xccx'].map((text) => either.test(text))).toEqual([true, true, true]);
    expect(['abb', 'xab', 'c'].map((text) => either.test(text))).toEqual([false, false, false]);
  });

  it('has the flags of all', () => {
    expect(anyOf(/a/i, /^b$/im).flags).toBe('im');
    expect(anyOf(/a/i, /^b$/im).test('x\nB')).toBe(true);
  });
});
