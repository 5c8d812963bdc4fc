import { describe, expect, it } from 'vitest';
import { checkNames, resembled } from '../../src/core/known-names.js';

const NAMES = ['id', 'keys', 'limits', 'maxWaitMs', 'minMs', 'retries', 'threshold', 'weight'];

describe('a name that resembles a known one', () => {
  it.each([
    ['MAXWAITMS', 'maxWaitMs', 'but for letter case'],
    ['maxWait', 'maxWaitMs', 'cut short'],
    ['min', 'minMs', 'cut short to three letters'],
    ['weightPct', 'weight', 'drawn out'],
    ['key', 'keys', 'a letter less'],
    ['treshold', 'threshold', 'a letter less inside'],
    ['weigght', 'weight', 'a letter more'],
    ['lemits', 'limits', 'another letter'],
    ['wieght', 'weight', 'neighbours swapped'],
    ['max_wait_ms', 'maxWaitMs', 'two letters more'],
    ['hteshold', 'threshold', 'a swap and a letter less'],
    ['retry', 'retries', 'the singular'],
  ])('%s is taken for %s: %s', (name, known) => {
    expect(resembled(name, NAMES)).toBe(known);
  });

  it.each([
    '_id',
    'ids',
    'in',
    'kexy',
    'kind',
    'seats',
    'wait',
    'note',
    'thrashed',
    'weightiest',
    '',
  ])('%s is nobody’s', (name) => {
    expect(resembled(name, NAMES)).toBeUndefined();
  });

  it('is taken for the one that it resembles most', () => {
    expect(resembled('relased', ['leased', 'released'])).toBe('released');
  });
});

describe('checkNames', () => {
  const known = { limits: true, weight: true } as const;

  it('names the place, the name that was meant and the one that came', () => {
    expect(() => checkNames('keys[3]', { limit: 5 }, known)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        path: 'keys[3].limit',
        message: 'keys[3].limit: expected "limits", got "limit"',
      }),
    );
  });

  it('lets through what is known, what resembles nothing, and what stands beside the real one', () => {
    checkNames('key', { limits: {}, weight: 1 }, known);
    checkNames('key', { owner: 'me', constructor: 1, toString: 2, _id: 3 }, known);
    checkNames('key', { limits: {}, limit: 5 }, known);
  });
});
