import { expect, it } from 'vitest';
import { assertWorlds, expectServed, run } from './assert-worlds.js';

assertWorlds(1, 6, 'azure');
assertWorlds(1, 6, 'azure-seconds');
assertWorlds(1, 8, 'groq');

// Of what others have spent only the readings tell. Calls sent within a few milliseconds reach the
// provider in another order, so the latest one's reading may leave out some sent before it.
it('overruns by few calls what others have spent most of, in the worlds 1 to 10 of groq', {
  timeout: 300_000,
}, async () => {
  const { summary, said } = await run(1, 10, 'groq-spent');
  expectServed(summary, said);
  expect(summary.late429 / summary.calls, said).toBeLessThanOrEqual(0.02);
  expect(summary.refusedShare, said).toBeLessThanOrEqual(0.005);
  expect(summary.medianUsed, said).toBeGreaterThanOrEqual(0.98);
});
