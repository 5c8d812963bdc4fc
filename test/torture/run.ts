import { buildChild } from './processes/build-child.js';
import { Children } from './processes/children.js';
import { killTrial } from './processes/kill-trial.js';
import { pauseTrial } from './processes/pause-trial.js';
import { runTrials, type Trial } from './processes/trials.js';

/**
 * `npm run torture -- [--trials 2000] [--pauses 400] [--seed 1]`: exits with 1 on a failure. The
 * seed of a failure, with `--trials 1 --pauses 1`, makes the same choices again.
 */
const option = (name: string, otherwise: number): number => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? otherwise : Number(process.argv[index + 1]);
};

/** So many trials between two lines of output. */
const CHUNK = 200;

async function run(name: string, total: number, trial: Trial): Promise<void> {
  const startedAt = performance.now();
  let struck = 0;
  let failed = 0;
  for (let done = 0; done < total; ) {
    const trials = Math.min(CHUNK, total - done);
    const report = await runTrials({ children, trials, seed: seed + done, trial });
    for (const failure of report.failures) console.log(`FAILURE: ${failure}`);
    done += trials;
    struck += report.struck;
    failed += report.failures.length;
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    console.log(`${done} trials, ${struck} processes ${name}, ${failed} failures, ${seconds} s`);
  }
  if (failed > 0) process.exitCode = 1;
}

// The children go with this process only if it ends by itself.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const seed = option('seed', 1);
await using script = await buildChild();
await using children = new Children(script.path, 5);
await run('killed', option('trials', 2_000), killTrial);
await run('stopped and woken up', option('pauses', 400), pauseTrial);
