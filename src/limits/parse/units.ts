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

/** What a window is called that is one unit long; else its length or, unknown, its place. */
export function windowName(windowMs: number | undefined, index: number): string {
  const unit = Object.entries(MS_PER).find(([name, ms]) => ms === windowMs && name !== 'min');
  if (unit !== undefined) return unit[0];
  return windowMs === undefined ? `limit${index + 1}` : `${windowMs / 1000}s`;
}
