import { groups } from './cases/all-cases.js';
import { goalTable } from './goals.js';
import { median } from './median.js';
import type { Options } from './options.js';
import { lostRows, sharedRows } from './peer-rows.js';
import type { Report } from './report.js';
import { type Result, Results } from './results.js';
import { asMarkdown, asText, figureOf, type Table, tableOf } from './table.js';

/** The conditions, where the goals stand, a table for each group, and where peers are faster. */
export function printed(
  report: Report,
  { format, isGoalsOnly }: Pick<Options, 'format' | 'isGoalsOnly'>,
): string {
  const isMarkdown = format === 'markdown';
  const section = (title: string, table: Table) =>
    isMarkdown ? `### ${title}\n\n${asMarkdown(table)}` : `${title}\n${asText(table)}`;
  const results = new Results(report.results);
  const tables = groups.flatMap((group) => {
    const found = report.results.filter((each) => each.group === group.name);
    if (found.length === 0 || isGoalsOnly) return [];
    return [section(`${group.title} (\`${group.name}\`)`, tableOf(group, found))];
  });
  // Of a few cases the goals would say nothing.
  const goals = isMarkdown || isGoalsOnly ? [section('Goals', goalTable(results))] : [];
  return [conditions(report), ...goals, ...tables, ...lost(results)].join('\n\n');
}

/** Under what the figures stand. */
function conditions({ commit, date, node, processor, runs, results }: Report): string {
  const bare = results.filter(isToB0).flatMap((each) => each.bare);
  const where = `Commit ${commit}, ${date}, Node ${node}, ${processor}, median of ${runs} processes.`;
  if (bare.length === 0) return where;
  const ascending = [...bare].sort((a, b) => a - b);
  const [least, most] = [0.05, 0.95].map(
    (share) => ascending[Math.floor(share * bare.length)] ?? 0,
  );
  const ns = (value = 0) => figureOf(value, 'ns');
  return `${where}\nB0 was ${ns(median(bare))} ns, nine times in ten between ${ns(least)} and ${ns(most)}.`;
}

function lost(results: Results): readonly string[] {
  const rows = lostRows(sharedRows(results)).map(
    ({ row, faster }) => `- ${row}: ${faster.map(({ subject }) => subject).join(', ')}`,
  );
  return rows.length === 0 ? [] : [['A peer is faster here:', '', ...rows].join('\n')];
}

function isToB0({ group }: Result): boolean {
  return groups.some(({ name, bare }) => name === group && bare === 'B0');
}
