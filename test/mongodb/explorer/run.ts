import { Explorer } from './explore.js';
import { rules } from './rules.js';
import { worlds } from './worlds.js';

/** `npm run explore -- [--states 60000] [--world part-of-its-name]`: exits with 1 on a violation. */
const option = (name: string): string | undefined => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? undefined : process.argv[index + 1];
};
const maxStates = Number(option('states') ?? 60_000);
const part = option('world') ?? '';

let total = 0;
const covered = new Set<string>();
for (const world of worlds.filter(({ name }) => name.includes(part))) {
  const startedAt = performance.now();
  const found = await new Explorer(world, rules, { maxStates }).run();
  const { states, transitions, ends, violation } = found;
  total += states;
  for (const each of found.covered) covered.add(each);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const extent = states >= maxStates ? 'not all of it' : 'all of it';
  console.log(
    `${world.name}: ${states} states (${extent}), ${transitions} steps, ${ends} ends, ${seconds} s`,
  );
  if (violation === undefined) continue;
  console.log(`VIOLATION: ${violation.message}\n  ${violation.trace.join('\n  ')}`);
  process.exitCode = 1;
}
console.log(`${total} states; ${covered.size} pairs of operation and outcome`);
