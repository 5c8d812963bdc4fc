import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordProof } from '../helpers/proof.js';
import { buildChild, type ChildScript } from './processes/build-child.js';
import { Children } from './processes/children.js';
import { killTrial } from './processes/kill-trial.js';
import { pauseTrial } from './processes/pause-trial.js';
import { runTrials } from './processes/trials.js';

let script: ChildScript;
let children: Children;
beforeAll(async () => {
  script = await buildChild();
  children = new Children(script.path, 5);
}, 60_000);
afterAll(async () => {
  await children?.[Symbol.asyncDispose]();
  await script?.[Symbol.asyncDispose]();
});

it('loses nothing when processes are killed at any command: 300 trials', async () => {
  const report = await runTrials({ children, trials: 300, seed: 1, trial: killTrial });
  expect(report.failures).toEqual([]);
  // The rest were done before they came to the command that should have been their last.
  expect(report.struck).toBeGreaterThan(200);
  recordProof({ worlds: report.trials });
}, 180_000);

it('is not confused by a process that sleeps past its own recovery: 60 trials', async () => {
  const report = await runTrials({ children, trials: 60, seed: 1, trial: pauseTrial });
  expect(report.failures).toEqual([]);
  expect(report.struck).toBe(60);
  recordProof({ worlds: report.trials });
}, 60_000);
