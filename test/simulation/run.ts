import { dialectsNamed } from './dialects/index.js';
import { simulate, type WorldReport } from './simulate.js';
import { summarise } from './summary.js';

/**
 * `npm run simulate -- --seeds 2000 [--from 1] [--verbose] [--dialect azure]`: without a dialect, the
 * worlds of Anthropic and OpenAI; a dialect is one, or all whose names begin so.
 */
const word = (name: string): string | undefined => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? undefined : process.argv[index + 1];
};
const seeds = Number(word('seeds') ?? 240);
const from = Number(word('from') ?? 1);
const isVerbose = process.argv.includes('--verbose');
const asked = word('dialect');
const dialects = asked === undefined ? [undefined] : dialectsNamed(asked);
if (dialects.length === 0) throw new Error(`no dialect is called ${asked}`);

for (const dialect of dialects) {
  const reports: WorldReport[] = [];
  for (let seed = from; seed < from + seeds; seed += 1) {
    const report = await simulate(seed, dialect);
    reports.push(report);
    if (isVerbose || isOdd(report)) console.log(describe(report));
  }
  console.log(`${dialect ?? 'anthropic and openai'}: ${summarise(reports)}`);
}

function isOdd({ world, used, late429, starved, unbalanced }: WorldReport): boolean {
  return late429 > 0 || starved > 0 || unbalanced > 0 || (world.load >= 1.2 && used < 0.92);
}

function describe(report: WorldReport): string {
  const { world, steady } = report;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return (
    `seed ${world.seed}: ${world.dialect} ${world.kind} ${world.knowledge} ` +
    `groups ${world.groups.length}${world.areGroupsDeclared ? '' : ' undeclared'} ` +
    `load ${world.load.toFixed(2)} skew ${world.skewMs} latency ${world.latencyMs}: ` +
    `used ${percent(report.used)}, second half ${percent(steady.used)} with ` +
    `${percent(steady.refused / steady.sent)} refused, 429 ${report.early429}+${report.late429}, ` +
    `overruns ${report.overruns}, starved ${report.starved}, unbalanced ${report.unbalanced}, ` +
    `calls ${report.calls}`
  );
}
