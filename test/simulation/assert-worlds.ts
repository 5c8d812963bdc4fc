import { expect, it } from 'vitest';
import { recordProof } from '../helpers/proof.js';
import { simulate, type WorldReport } from './simulate.js';
import { summarise, sumUp } from './summary.js';

/** Registers the proof over `count` random worlds. Files of their own, so that they run in parallel. */
export function assertWorlds(from: number, count: number): void {
  it(`holds in the random worlds ${from} to ${from + count - 1}`, {
    timeout: 300_000,
  }, async () => {
    const reports: WorldReport[] = [];
    for (let seed = from; seed < from + count; seed += 1) reports.push(await simulate(seed));
    recordProof({ worlds: reports.length, seeds: reports.length });

    const summary = sumUp(reports);
    const said = summarise(reports);
    expect(summary.late429, said).toBe(0);
    expect(summary.starved, said).toBe(0);
    expect(summary.unbalanced, said).toBe(0);
    expect(summary.medianUsed, said).toBeGreaterThanOrEqual(0.98);
    expect(summary.p5Used, said).toBeGreaterThanOrEqual(0.92);
  });
}
