import { describe, expect, it } from 'vitest';
import { recordProof } from '../helpers/proof.js';
import { startWireServer } from '../helpers/wire-server/start-wire-server.js';
import { Matrix } from './fault-matrix/matrix.js';
import { scenarios } from './fault-matrix/scenarios.js';
import { STEP_NAMES } from './fault-matrix/steps.js';

/** Every command of every way through the store, times everything that can go wrong with it. */
describe.each(['standalone', 'replicaSet'] as const)('one fault on a simulated %s', (topology) => {
  const seen = new Set<string>();
  let cells = 0;

  it.each(scenarios)('harms nothing in $name', { timeout: 60_000 }, async (scenario) => {
    await using server = await startWireServer({ topology });
    const report = await new Matrix(server, scenario).run();
    expect(report.failures).toEqual([]);
    for (const step of report.steps) seen.add(step);
    cells += report.cells;
    recordProof({ worlds: report.cells });
  });

  it('has struck every step that the store takes, in 1,000 cells and more', () => {
    expect(STEP_NAMES.filter((step) => !seen.has(step))).toEqual([]);
    expect(cells).toBeGreaterThan(1_000);
    console.log(`${cells} cells on a simulated ${topology}`);
  });
});
