/** 12,345. */
export const number = (value: number): string => Math.round(value).toLocaleString('en-US');

/** 97.3 %: rounded down, so that nothing looks better than it is. */
export const percent = (share: number): string =>
  `${(Math.floor(share * 1_000) / 10).toFixed(1)} %`;

/** 1.25 s. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

/** Rows of cells as text, the first row on top of a rule: names to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('   ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('   ');
  return [line(head), rule, ...body.map(line)].join('\n');
}
