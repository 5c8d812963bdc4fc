import { isRecord } from '../core/options.js';

export type Fields = Readonly<Record<string, unknown>>;

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

/** A count of tokens: a finite number, 0 or above. */
export function countIn(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** The largest of the counts that are there. */
export function largestIn(fields: Fields, names: readonly string[]): number | undefined {
  const counts = names.map((name) => countIn(fields, name)).filter((count) => count !== undefined);
  return counts.length === 0 ? undefined : Math.max(...counts);
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

function jsonIn(text: string): string {
  if (/^\s*[[{]/.test(text)) return text;
  const start = text.startsWith('data:') ? 0 : text.indexOf('\ndata:') + 1;
  const line = text.slice(start).split('\n', 1)[0] ?? '';
  return line.startsWith('data:') ? line.slice('data:'.length) : text;
}
