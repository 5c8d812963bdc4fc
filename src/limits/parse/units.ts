/** Units of time by their names, in milliseconds. */
export const MS_PER: Readonly<Record<string, number>> = {
  second: 1000,
  min: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
};

const NAME_OF: ReadonlyMap<number, string> = new Map(
  Object.entries(MS_PER)
    .filter(([name]) => name !== 'min')
    .map(([name, ms]) => [ms, name]),
);

/** What a window is called that is one unit long; else its length or, unknown, its place. */
export function windowName(windowMs: number | undefined, index: number): string {
  if (windowMs === undefined) return `limit${index + 1}`;
  return NAME_OF.get(windowMs) ?? `${windowMs / 1000}s`;
}
