import { isRecord } from '../../core/options.js';

export type Fields = Readonly<Record<string, unknown>>;

/** No call has a thousandth of it. */
const MAX_COUNT = 1e12;

/** The object that a body is or spells; an event's `data:` line counts. Never throws. */
export function fieldsOf(body: unknown): Fields | undefined {
  try {
    const value: unknown = typeof body === 'string' ? JSON.parse(jsonIn(body)) : body;
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The record under `name`, where there is one. */
export function fieldsIn(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  return isRecord(value) ? value : undefined;
}

/** A count of tokens: 0 or above, and small enough that sums stay exact. */
export function countIn(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  if (typeof value !== 'number' || !(value >= 0) || value > MAX_COUNT) return undefined;
  return value;
}

/** The largest of the counts that are there. */
export function largestIn(fields: Fields, names: readonly string[]): number | undefined {
  const counts = countsIn(fields, names);
  return counts.length === 0 ? undefined : Math.max(...counts);
}

/** The sum of the counts that are there. */
export function sumIn(fields: Fields, names: readonly string[]): number | undefined {
  const counts = countsIn(fields, names);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count);
}

/** The `model` field as a part of a cost. */
export function modelIn(fields: Fields | undefined): { readonly model?: string } {
  const model = fields?.['model'];
  return typeof model === 'string' && model !== '' ? { model } : {};
}

/** What `read` returns, or `fallback` when a getter or proxy in the body throws. */
export function safely<Result>(read: () => Result, fallback: Result): Result {
  try {
    return read();
  } catch {
    return fallback;
  }
}

function countsIn(fields: Fields, names: readonly string[]): number[] {
  return names.map((name) => countIn(fields, name)).filter((count) => count !== undefined);
}

function jsonIn(text: string): string {
  if (/^\s*[[{]/.test(text)) return text;
  const start = text.startsWith('data:') ? 0 : text.indexOf('\ndata:') + 1;
  const line = text.slice(start).split('\n', 1)[0] ?? '';
  return line.startsWith('data:') ? line.slice('data:'.length) : text;
}
