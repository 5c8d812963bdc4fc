import { simulate, type WorldReport } from './simulate.js';
import { summarise } from './summary.js';

/** `npm run simulate -- --seeds 2000 [--from 1] [--verbose]` */
const option = (name: string, fallback: number): number => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? fallback : Number(process.argv[index + 1]);
};
const seeds = option('seeds', 240);
const from = option('from', 1);
const isVerbose = process.argv.includes('--verbose');

const reports: WorldReport[] = [];
for (let seed = from; seed < from + seeds; seed += 1) {
  const report = await simulate(seed);
  reports.push(report);
  const { world, used, late429, early429, starved, unbalanced } = report;
  const isOdd = late429 > 0 || starved > 0 || unbalanced > 0 || (world.load >= 1.2 && used < 0.92);
  if (!isVerbose && !isOdd) continue;
  console.log(
    `seed ${seed}: ${world.dialect} ${world.kind} ${world.knowledge} ` +
      `groups ${world.groups.length}${world.areGroupsDeclared ? '' : ' undeclared'} ` +
      `load ${world.load.toFixed(2)} skew ${world.skewMs} latency ${world.latencyMs}: ` +
      `used ${(100 * used).toFixed(1)} %, 429 ${early429}+${late429}, overruns ${report.overruns}, ` +
      `starved ${starved}, unbalanced ${unbalanced}, calls ${report.calls}`,
  );
}
console.log(summarise(reports));
