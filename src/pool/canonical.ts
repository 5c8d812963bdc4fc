import { isRecord } from '../core/options.js';

/** The same text for the same values, in whatever order their fields were written. */
export function canonical(value: unknown): string {
  if (!isRecord(value)) return JSON.stringify(value) ?? '';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, field]) => `${name}:${canonical(field)}`).join()}}`;
}
