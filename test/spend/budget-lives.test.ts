import { expect, it } from 'vitest';
import { recordProof } from '../helpers/proof.js';
import { type LivesReport, live } from './budget-lives/live.js';

const LIVES = 2_000;

// Budgets of $10, spent at $0.05 to $40 an hour with bursts of ten times that; the provider's counter
// is flushed every 30 s, and the ledger's prices are up to 20 % wrong. Until the key is replaced, or a day.
it('with a ledger, budgets are not overrun', { timeout: 120_000 }, async () => {
  const report = await live({ lives: LIVES, hasLedger: true, hours: 24, seed: 7 });
  say('with a ledger', report);
  recordProof({ worlds: LIVES });
  expect(report.lives).toBe(LIVES);
  expect(report.rotated).toBeGreaterThan(LIVES / 2);
  expect(report.overruns).toBeLessThanOrEqual(LIVES * 0.005);
  expect(report.checksPerDay).toBeLessThanOrEqual(350);
});

// Fewer and shorter lives, for comparison; if none of these were overrun, the other test would prove nothing.
it('by polling alone they are', { timeout: 120_000 }, async () => {
  const report = await live({ lives: 400, hasLedger: false, hours: 12, seed: 7 });
  say('by polling alone', report);
  expect(report.overruns).toBeGreaterThan(4);
});

function say(what: string, { lives, overruns, rotated, ...rest }: LivesReport): void {
  const share = ((100 * overruns) / lives).toFixed(1);
  const past = (100 * rest.p95PastThreshold).toFixed(1);
  console.log(
    `${what}: ${overruns} of ${lives} budgets overrun (${share} %), ${rotated} keys replaced, p95 ${past} % of ` +
      `the budget past the threshold, ${rest.checksPerDay.toFixed(0)} checks per key and day`,
  );
}
