/** One measured case. */
export interface Row {
  readonly name: string;
  readonly ns: number;
}

/** The rows under each other, each with its ratio to the nanoseconds of B0. */
export function table(rows: readonly Row[], base: number): string {
  const cells = rows.map(({ name, ns }) => [name, whole(ns), `${(ns / base).toFixed(1)} ×`]);
  const lines = [['case', 'ns/op', 'to B0'], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => width(line, column))));
  return lines.map((line) => aligned(line, widths)).join('\n');
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function width(line: readonly string[], column: number): number {
  return line[column]?.length ?? 0;
}

/** Names to the left, figures to the right. */
function aligned([name = '', ...figures]: readonly string[], widths: readonly number[]): string {
  const [nameWidth = 0, ...rest] = widths;
  const right = figures.map((figure, column) => figure.padStart(rest[column] ?? 0));
  return [name.padEnd(nameWidth), ...right].join('   ');
}
