import type { Family, LimitRow, ReadContext } from './family.js';
import { inferWindow } from './infer-window.js';
import type { LimitReading } from './limit-update.js';
import { members, parseCount } from './parse.js';

/** What one row's headers say; `undefined` where they are silent or not understood. */
export function readRow(
  row: LimitRow,
  family: Family,
  context: ReadContext,
): LimitReading | undefined {
  const texts = memberTexts(row, context);
  const limit = parse(texts.limit);
  const remaining = parse(texts.remaining);
  const windowMs = row.windowMs ?? statedWindow(row, context);
  const known = said({ limit, remaining, windowMs });
  const resetMs =
    texts.reset === undefined ? undefined : family.resetMs(texts.reset, known, context);
  if (isUnknownMarker(limit, remaining, resetMs)) return undefined;

  const inferredMs =
    windowMs === undefined
      ? inferred(limit, remaining, resetMs, family.inferWindowGrainMs)
      : undefined;
  const reading: LimitReading = {
    ...known,
    ...said({ resetAt: resetMs === undefined ? undefined : context.now + resetMs }),
    // An inference from one response: no kind, so that it weighs less than a statement.
    ...(inferredMs === undefined ? {} : { windowMs: inferredMs }),
    ...(windowMs === undefined || row.kind === undefined ? {} : { kind: row.kind }),
  };
  const isEmpty = limit === undefined && remaining === undefined && reading.resetAt === undefined;
  return isEmpty ? undefined : reading;
}

/** `-1/-1/0` means unknown; `-1` with a reset ahead means overdrawn (openai-dotnet#838). */
function isUnknownMarker(limit?: number, remaining?: number, resetMs?: number): boolean {
  if (limit !== undefined) return limit < 0;
  return remaining === -1 && (resetMs === undefined || resetMs === 0);
}

/**
 * One text per header. Joined values are parallel lists where their lengths agree: the member with
 * the least remaining governs. Otherwise only the first member is trusted.
 */
function memberTexts(row: LimitRow, { header }: ReadContext) {
  const list = (name: string | undefined) => members((name && header(name)) ?? '');
  const limits = list(row.limit);
  const remainings = list(row.remaining);
  const resets = list(row.reset);
  const least = indexOfLeast(remainings.map(parse));
  const pick = (texts: readonly string[]): string | undefined =>
    texts[texts.length === remainings.length ? least : 0] || undefined;
  return { limit: pick(limits), remaining: pick(remainings), reset: pick(resets) };
}

function indexOfLeast(values: readonly (number | undefined)[]): number {
  let least = 0;
  values.forEach((value, index) => {
    if (value !== undefined && value < (values[least] ?? Infinity)) least = index;
  });
  return least;
}

function parse(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseCount(text);
}

function statedWindow(row: LimitRow, { header }: ReadContext): number | undefined {
  const seconds = parse(row.windowSeconds && header(row.windowSeconds));
  return seconds !== undefined && seconds > 0 && seconds < 1e9 ? seconds * 1000 : undefined;
}

function inferred(
  limit?: number,
  remaining?: number,
  resetMs?: number,
  grainMs?: number,
): number | undefined {
  if (limit === undefined || remaining === undefined) return undefined;
  if (resetMs === undefined || grainMs === undefined) return undefined;
  return inferWindow({ limit, remaining, resetMs, grainMs });
}

type Said = Pick<LimitReading, 'limit' | 'remaining' | 'windowMs' | 'resetAt'>;

function said(values: { readonly [Name in keyof Said]: Said[Name] | undefined }): Said {
  const { limit, remaining, windowMs, resetAt } = values;
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(windowMs === undefined ? {} : { windowMs }),
    ...(resetAt === undefined ? {} : { resetAt }),
  };
}
