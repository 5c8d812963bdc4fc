import { buildChild } from './processes/build-child.js';
import { Children } from './processes/children.js';
import { killTrial } from './processes/kill-trial.js';
import { pauseTrial } from './processes/pause-trial.js';
import { runTrials, type TrialsReport } from './processes/trials.js';

/**
 * `npm run torture -- [--trials 2000] [--pauses 400] [--seed 1]`: exits with 1 on a failure. The
 * seed of a failure, with `--trials 1`, plays it again.
 */
const option = (name: string, otherwise: number): number => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? otherwise : Number(process.argv[index + 1]);
};

function print(name: string, report: TrialsReport, startedAt: number): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  const { trials, struck, failures } = report;
  console.log(`${trials} trials, ${struck} ${name}, ${failures.length} failures, ${seconds} s`);
  for (const failure of failures) console.log(`FAILURE: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

const seed = option('seed', 1);
await using script = await buildChild();
await using children = new Children(script.path, 5);

for (const { name, trials, trial } of [
  { name: 'processes killed', trials: option('trials', 2_000), trial: killTrial },
  { name: 'processes stopped and woken up', trials: option('pauses', 400), trial: pauseTrial },
]) {
  const startedAt = performance.now();
  print(name, await runTrials({ children, trials, seed, trial }), startedAt);
}
