import { expect, it } from 'vitest';
import { recordProof } from '../helpers/proof.js';
import { fuzzErrors, fuzzPlantedKeys } from './fuzz-errors.js';

const RESPONSES = 20_000;

it('classifies random and damaged errors without a throw, and within bounds', {
  timeout: 120_000,
}, () => {
  const { offences, understood, withWait } = fuzzErrors(1, RESPONSES);
  recordProof({ properties: 1, seeds: RESPONSES });
  expect(offences).toEqual([]);
  // Else it would have tried nothing but rubbish.
  expect(understood).toBeGreaterThan(RESPONSES / 3);
  expect(withWait).toBeGreaterThan(RESPONSES / 50);
});

it('lets no key out, whatever it looks like and wherever it is echoed', {
  timeout: 120_000,
}, () => {
  recordProof({ properties: 1, seeds: RESPONSES });
  expect(fuzzPlantedKeys(1, RESPONSES).offences).toEqual([]);
});
