import { fuzzErrors, fuzzPlantedKeys } from './fuzz-errors.js';
import { fuzzLimits } from './fuzz-limits.js';
import { costsOfLength } from './hostile-lengths.js';

/** `npm run fuzz -- [--count 1000000] [--planted 100000] [--seed 1]`: exits with 1 when anything was found. */
const option = (name: string, fallback: number): number => {
  const index = process.argv.indexOf(`--${name}`);
  const value = index < 0 ? fallback : Number(process.argv[index + 1]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name}: expected a whole number above 0, got ${process.argv[index + 1]}`);
};
const count = option('count', 1_000_000);
const planted = option('planted', 100_000);
const seed = option('seed', 1);

const { responses, understood, withWait, offences } = fuzzLimits(seed, count);
console.log(
  `readLimits: ${responses} responses from seed ${seed}, ${understood} understood, ` +
    `${withWait} with a wait, ${offences.length} offences`,
);
for (const offence of offences) console.log(offence);

const errors = fuzzErrors(seed, count);
console.log(
  `classify: ${errors.responses} responses from seed ${seed}, ${errors.understood} understood, ` +
    `${errors.withWait} with a wait, ${errors.offences.length} offences`,
);
for (const offence of errors.offences) console.log(offence);

const leaks = fuzzPlantedKeys(seed, planted).offences;
console.log(`classify: ${planted} responses that echo a key, ${leaks.length} keys let out`);
for (const leak of leaks) console.log(leak);

// Eight times the length in eight times the time is linear; machines are noisy.
const LINEAR = 24;
const slow = costsOfLength().filter(({ growth }) => growth > LINEAR);
console.log(`hostile lengths: ${slow.length} patterns cost more than linear time`);
for (const { pattern, growth } of slow) console.log(`${JSON.stringify(pattern)}: × ${growth}`);

const faults = [offences, errors.offences, leaks, slow];
process.exitCode = faults.some(({ length }) => length > 0) ? 1 : 0;
