import type { Subject } from './case.js';
import type { Group } from './cases/all-cases.js';
import type { Result } from './results.js';

/** Cells: a line of headings, then a line for each row. */
export type Table = readonly (readonly string[])[];

/** One group's results: the subjects side by side, and how many times the bare cost keypool takes. */
export function tableOf({ unit, bare }: Group, results: readonly Result[]): Table {
  const subjects = SUBJECTS.filter((subject) => results.some((each) => each.subject === subject));
  const hasRatios = bare !== undefined;
  const headings = subjects.flatMap((subject) =>
    subject === 'keypool' && hasRatios ? [subject, `to ${bare}`] : [subject],
  );
  const rows = [...new Set(results.map(({ row }) => row))].map((row) => {
    const cells = subjects.flatMap((subject) => {
      const found = results.find((each) => each.row === row && each.subject === subject);
      const figure = found === undefined ? '' : figureOf(found.value, unit);
      if (subject !== 'keypool' || !hasRatios) return [figure];
      return [figure, found?.ratio === undefined ? '' : times(found.ratio)];
    });
    return [row, ...cells];
  });
  return [[unit, ...headings], ...rows];
}

/** Names to the left, figures to the right. */
export function asText(table: Table): string {
  const columns = Math.max(...table.map((line) => line.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...table.map((line) => line[column]?.length ?? 0)),
  );
  const aligned = (line: readonly string[]) =>
    line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
  return table.map((line) => aligned(line).join('   ').trimEnd()).join('\n');
}

export function asMarkdown([headings = [], ...rows]: Table): string {
  const rule = headings.map((_, column) => (column === 0 ? '---' : '---:'));
  return [headings, rule, ...rows].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

export function figureOf(value: number, unit: Group['unit']): string {
  const digits = unit === 'ns' || unit === 'bytes' ? 0 : 1;
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export function times(ratio: number): string {
  return `${ratio.toFixed(1)} ×`;
}

const SUBJECTS: readonly Subject[] = [
  'keypool',
  'bare',
  'limiter',
  'rate-limiter-flexible',
  'p-queue',
  'bottleneck',
  'original loop',
];
