// What the pool costs, beside its peers and beside B0, a bare scan that does nothing but hand keys
// out. Ratios travel from one machine to another, nanoseconds do not. See docs/performance.md.
import { readFile, writeFile } from 'node:fs/promises';
import { buildCases, buildEntries } from './build.js';
import { allCases } from './cases/all-cases.js';
import { measureAll } from './measure-all.js';
import { readOptions } from './options.js';
import { printed } from './print-report.js';
import { newReport, parseReport, type Report } from './report.js';

const options = readOptions(process.argv.slice(2));
const { isWanted, runs, json, from } = options;
const report = from === undefined ? await measured() : parseReport(await readFile(from, 'utf8'));
if (json !== undefined) await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
console.log(printed(report, options));

async function measured(): Promise<Report> {
  const cases = allCases().filter(isWanted);
  if (cases.length === 0) throw new Error('No case has such a name');
  const report = newReport(runs);
  await buildCases();
  if (cases.some(({ group }) => group === 'import' || group === 'size')) await buildEntries();
  return { ...report, results: await measureAll(cases, runs) };
}
