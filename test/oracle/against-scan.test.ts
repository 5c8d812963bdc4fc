import { expect, it } from 'vitest';
import { recordProof } from '../helpers/proof.js';
import { holdAgainstScan } from './against-scan.js';

/** `npm run oracle` holds a million. */
const OPERATIONS = 300_000;

it('leases a key whenever a look at every key finds one, and never one that a provider refuses', {
  timeout: 120_000,
}, async () => {
  const report = await holdAgainstScan(OPERATIONS, 1);
  recordProof({ properties: 1, seeds: OPERATIONS });
  expect(report).toMatchObject({ falseDenials: 0, overAdmissions: 0, seeds: [] });
  // Else nothing would have been at stake.
  expect(report.leases).toBeGreaterThan(OPERATIONS / 10);
  expect(report.denials).toBeGreaterThan(OPERATIONS / 20);
});
