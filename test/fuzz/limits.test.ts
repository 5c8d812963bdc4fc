import { expect, it } from 'vitest';
import { recordProof } from '../helpers/proof.js';
import { fuzzLimits } from './fuzz-limits.js';

const RESPONSES = 50_000;

it('reads random and damaged responses without a throw, a NaN or a wait out of bounds', {
  timeout: 120_000,
}, () => {
  const { offences, understood, withWait } = fuzzLimits(1, RESPONSES);
  recordProof({ properties: 1, seeds: RESPONSES });
  expect(offences).toEqual([]);
  // Else it would have tried nothing but rubbish.
  expect(understood).toBeGreaterThan(RESPONSES / 3);
  expect(withWait).toBeGreaterThan(RESPONSES / 50);
});
