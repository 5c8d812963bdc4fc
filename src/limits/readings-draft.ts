import type { Dimension, LimitKind } from '../key/key.js';
import type { Readings } from './family.js';
import type { LimitReading } from './limit-update.js';
import { LONGEST_MS } from './parse/bounds.js';

/** More limits than this in one response are not worth the memory. */
const MAX_EXTRA = 32;

type Draft = { -readonly [Field in keyof LimitReading]: LimitReading[Field] };

/** Readings while they are put together; of each dimension the first reading stands. */
export class ReadingsDraft {
  readonly #readings: { -readonly [Name in Dimension]?: LimitReading } = {};
  #extra: Map<string, LimitReading> | undefined;

  add(dimension: Dimension, reading: LimitReading | undefined): void {
    if (reading !== undefined) this.#readings[dimension] ??= reading;
  }

  /** Of several limits of one dimension the one with the least left governs; the others are extra. */
  addTightest(dimension: Dimension, limits: readonly NamedReading[]): void {
    const byTightness = [...limits].sort((a, b) => left(a) - left(b));
    for (const { name, reading } of byTightness) {
      if (this.#readings[dimension] === undefined) this.add(dimension, reading);
      else if (name !== undefined) this.addExtra(name, reading);
    }
  }

  /** A limit of something the pool does not count, under the provider's name for it. */
  addExtra(name: string, reading: LimitReading | undefined): void {
    if (reading === undefined) return;
    this.#extra ??= new Map();
    if (!this.#extra.has(name) && this.#extra.size < MAX_EXTRA) this.#extra.set(name, reading);
  }

  done(): Readings {
    if (this.#extra === undefined) return this.#readings;
    return { ...this.#readings, extra: Object.fromEntries(this.#extra) };
  }
}

/** One of several limits of the same thing. */
export interface NamedReading {
  /** Its name in `extra`, should another limit govern. */
  readonly name: string | undefined;
  readonly reading: LimitReading | undefined;
}

function left({ reading }: NamedReading): number {
  return reading?.remaining ?? Number.MAX_VALUE;
}

/** What was understood of one limit. */
export interface Understood {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  /** Milliseconds until it is whole. */
  readonly resetMs?: number | undefined;
  readonly windowMs?: number | undefined;
  /** Said only of a window that is stated. */
  readonly kind?: LimitKind | undefined;
}

/** The reading, where anything was understood. */
export function limitReading(
  { limit, remaining, resetMs, windowMs: stated, kind }: Understood,
  now: number,
): LimitReading | undefined {
  if (isUnknownMarker(limit, remaining, resetMs)) return undefined;
  if (limit === undefined && remaining === undefined && resetMs === undefined) return undefined;
  const windowMs = isWindow(stated) ? stated : undefined;
  const reading: Draft = {};
  if (limit !== undefined) reading.limit = limit;
  if (remaining !== undefined) reading.remaining = remaining;
  if (resetMs !== undefined) reading.resetAt = now + resetMs;
  if (windowMs !== undefined) reading.windowMs = windowMs;
  if (windowMs !== undefined && kind !== undefined) reading.kind = kind;
  return reading;
}

function isWindow(ms: number | undefined): boolean {
  return ms !== undefined && ms > 0 && ms <= LONGEST_MS;
}

/** `-1/-1/0` means unknown; `-1` with a reset ahead means overdrawn (openai-dotnet#838). */
function isUnknownMarker(limit?: number, remaining?: number, resetMs?: number): boolean {
  if (limit !== undefined) return limit < 0;
  return remaining === -1 && (resetMs === undefined || resetMs === 0);
}
