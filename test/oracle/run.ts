import { holdAgainstScan } from './against-scan.js';

/** `npm run oracle -- [--operations 1000000] [--seed 1]`: exits with 1 when an answer was wrong. */
const option = (name: string, fallback: number): number => {
  const index = process.argv.indexOf(`--${name}`);
  const value = index < 0 ? fallback : Number(process.argv[index + 1]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name}: expected a whole number above 0, got ${process.argv[index + 1]}`);
};

const report = await holdAgainstScan(option('operations', 1_000_000), option('seed', 1));
const { operations, leases, denials, falseDenials, overAdmissions, seeds } = report;
console.log(
  `${operations} operations: ${leases} leases, ${denials} denials; ` +
    `${falseDenials} false denials, ${overAdmissions} over-admissions`,
);
for (const seed of seeds.slice(0, 20)) console.log(`world ${seed}`);
process.exitCode = seeds.length > 0 ? 1 : 0;
