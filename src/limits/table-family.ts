import type { Dimension, LimitKind } from '../key/key.js';
import type { HeaderFamily, ReadContext, Readings } from './family.js';
import { leftOf, limitReading, type Understood } from './limit-reading.js';
import { textsOf } from './limit-texts.js';
import type { LimitReading } from './limit-update.js';
import { inferWindow } from './parse/infer-window.js';
import { isUnlimited, parseCount } from './parse/number.js';
import { type NamedReading, ReadingsDraft } from './readings-draft.js';

/** A family that a table describes, and what the table cannot say. */
export interface HeaderTable {
  readonly providers: readonly string[];
  readonly marks: readonly string[];
  readonly limits: readonly LimitRow[];
  /** Milliseconds until the limit is whole, from the reset header. */
  readonly resetMs: (text: string, known: KnownOfLimit, context: ReadContext) => number | undefined;
  /** The smallest step of a reset, where its distance betrays the window. */
  readonly inferWindowGrainMs?: number;
  readonly group?: HeaderFamily['group'];
  readonly waitMs?: HeaderFamily['waitMs'];
  /** Limits under names that no list can hold. */
  readonly unlisted?: UnlistedLimits;
  /** The last word on what the rows gave. */
  readonly finish?: (readings: Readings) => Readings;
  /** Headers that `resetMs` asks for. */
  readonly alsoReads?: readonly string[];
}

/** One limit and the headers that carry it. */
export interface LimitRow {
  /** A dimension the pool counts, or else the name it gets in `extra`. */
  readonly dimension?: Dimension | undefined;
  readonly extra?: string | undefined;
  readonly limit?: string | undefined;
  readonly remaining?: string | undefined;
  /** Tells it from other limits on the same dimension, which hold beside it. */
  readonly policy?: string | undefined;
  /** What is used up, where `remaining` is not said. */
  readonly used?: string | undefined;
  readonly reset?: string | undefined;
  /** Header with the window's length in seconds. */
  readonly windowSeconds?: string | undefined;
  /** The window's length where only the name says it, in milliseconds. */
  readonly windowMs?: number | undefined;
  /** How it comes back, where the provider is known to; said only with a stated window. */
  readonly kind?: LimitKind | undefined;
}

/** Rows for names that are found by a pattern. */
interface UnlistedLimits {
  readonly pattern: RegExp;
  readonly rowsOf: (names: readonly string[]) => readonly LimitRow[];
}

export type KnownOfLimit = Pick<Understood, 'limit' | 'remaining' | 'windowMs'>;

/** Turns a table into a family. */
export function tableFamily(table: HeaderTable): HeaderFamily {
  const { providers, marks, limits, group, waitMs, alsoReads = [] } = table;
  const named = limits.flatMap((row) => namesIn(row));
  return {
    providers,
    marks,
    headers: [...marks, ...named, ...alsoReads],
    ...(group === undefined ? {} : { group }),
    ...(waitMs === undefined ? {} : { waitMs }),
    read: (context) => readTable(table, context),
  };
}

function namesIn({ limit, remaining, used, reset, windowSeconds }: LimitRow): string[] {
  return [limit, remaining, used, reset, windowSeconds].filter((name) => name !== undefined);
}

function readTable(table: HeaderTable, context: ReadContext): Readings {
  const draft = new ReadingsDraft();
  const besides = new Map<Dimension, NamedReading[]>();
  for (const row of rowsIn(table, context)) {
    const reading = readRow(row, table, context);
    const { dimension, extra, policy } = row;
    if (dimension === undefined) draft.addExtra(extra ?? '', reading);
    else if (policy === undefined) draft.add(dimension, reading);
    else besides.set(dimension, [...(besides.get(dimension) ?? []), { name: policy, reading }]);
  }
  for (const [dimension, limits] of besides) draft.addAll(dimension, limits);
  const readings = draft.done();
  return table.finish?.(readings) ?? readings;
}

function rowsIn({ limits, unlisted }: HeaderTable, context: ReadContext): readonly LimitRow[] {
  if (unlisted === undefined || context.unlisted.length === 0) return limits;
  const names = context.unlisted.filter((name) => unlisted.pattern.test(name));
  return names.length === 0 ? limits : [...limits, ...unlisted.rowsOf(names)];
}

function readRow(row: LimitRow, table: HeaderTable, context: ReadContext) {
  const texts = textsOf(row, context.header);
  if (texts === undefined) return undefined;
  if (isUnlimited(texts.limit) || isUnlimited(texts.remaining)) return undefined;
  const limit = countIn(texts.limit);
  const remaining = countIn(texts.remaining) ?? leftOf(limit, countIn(texts.used));
  const windowMs = row.windowMs ?? statedWindowMs(row, context);
  const known = { limit, remaining, windowMs };
  const resetMs =
    texts.reset === undefined ? undefined : table.resetMs(texts.reset, known, context);
  return limitReading(
    {
      limit,
      remaining,
      resetMs,
      windowMs: windowMs ?? inferredMs(known, resetMs, table.inferWindowGrainMs),
      isInferred: windowMs === undefined,
      kind: row.kind,
    },
    context,
  );
}

function countIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseCount(text);
}

function statedWindowMs(row: LimitRow, { header }: ReadContext): number | undefined {
  const seconds = row.windowSeconds === undefined ? undefined : countIn(header(row.windowSeconds));
  return seconds === undefined ? undefined : seconds * 1000;
}

function inferredMs(
  { limit, remaining }: KnownOfLimit,
  resetMs: number | undefined,
  grainMs: number | undefined,
): LimitReading['windowMs'] {
  if (limit === undefined || remaining === undefined) return undefined;
  if (resetMs === undefined || grainMs === undefined) return undefined;
  return inferWindow({ limit, remaining, resetMs, grainMs });
}
