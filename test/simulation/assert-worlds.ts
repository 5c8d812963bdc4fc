import { expect, it } from 'vitest';
import { recordProof } from '../helpers/proof.js';
import type { DialectName } from './dialects/index.js';
import { simulate, type WorldReport } from './simulate.js';
import { type Summary, summarise, sumUp } from './summary.js';

/** Registers the proof over `count` random worlds. Files of their own, so that they run in parallel. */
export function assertWorlds(from: number, count: number, dialect?: DialectName): void {
  const where = dialect === undefined ? '' : ` of ${dialect}`;
  it(`holds in the random worlds ${from} to ${from + count - 1}${where}`, {
    timeout: 300_000,
  }, async () => {
    const { summary, said } = await run(from, count, dialect);
    expect(summary.late429, said).toBe(0);
    expectServed(summary, said);
    expect(summary.medianUsed, said).toBeGreaterThanOrEqual(0.98);
    expect(summary.p5Used, said).toBeGreaterThanOrEqual(0.92);
  });
}

/** The same where the limits, or when they come back, can only be found by trying. */
export function assertFound(from: number, count: number, dialect: DialectName): void {
  it(`finds its rate in the random worlds ${from} to ${from + count - 1} of ${dialect}`, {
    timeout: 300_000,
  }, async () => {
    const { summary, said } = await run(from, count, dialect);
    expectServed(summary, said);
    expect(summary.refusedShare, said).toBeLessThanOrEqual(0.02);
    expect(summary.medianSteadyUsed, said).toBeGreaterThanOrEqual(0.9);
    expect(summary.meanSteadyUsed, said).toBeGreaterThanOrEqual(0.85);
  });
}

/** Runs the worlds and sums them up. */
export async function run(
  from: number,
  count: number,
  dialect?: DialectName,
): Promise<{ readonly summary: Summary; readonly said: string }> {
  const reports: WorldReport[] = [];
  for (let seed = from; seed < from + count; seed += 1) reports.push(await simulate(seed, dialect));
  recordProof({ worlds: reports.length, seeds: reports.length });
  return { summary: sumUp(reports), said: summarise(reports) };
}

/** Everybody came through, and every lease came back. */
export function expectServed(summary: Summary, said: string): void {
  expect(summary.starved, said).toBe(0);
  expect(summary.unbalanced, said).toBe(0);
}
