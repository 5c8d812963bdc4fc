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

  /**
   * Several limits of one dimension, each of which holds: the one with the least left is the
   * dimension's, the others are extra. A limit that stands alone is the dimension's, without a policy.
   */
  addAll(dimension: Dimension, limits: readonly NamedReading[]): void {
    const said = limits.filter(({ reading }) => reading !== undefined);
    const [first, ...others] = said.sort(byTightness);
    if (first === undefined) return;
    if (others.length === 0) {
      this.add(dimension, first.reading);
      return;
    }
    this.add(dimension, { ...first.reading, policy: first.name });
    for (const { name, reading } of others) {
      this.addExtra(name, { ...reading, policy: name, dimension });
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

/** One of several limits of the same thing, by the name that tells it from the others. */
export interface NamedReading {
  readonly name: string;
  readonly reading: LimitReading | undefined;
}

/** Least left first; of equals the one that comes back more slowly. */
function byTightness({ reading: a }: NamedReading, { reading: b }: NamedReading): number {
  const [leftOfA, leftOfB] = [a?.remaining ?? Number.MAX_VALUE, b?.remaining ?? Number.MAX_VALUE];
  return leftOfA - leftOfB || rateOf(a) - rateOf(b);
}

function rateOf(reading: LimitReading | undefined): number {
  const { limit, windowMs } = reading ?? {};
  return limit === undefined || windowMs === undefined ? Number.MAX_VALUE : limit / windowMs;
}

/** What was understood of one limit. */
export interface Understood {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  /** Milliseconds until it is whole. */
  readonly resetMs?: number | undefined;
  readonly windowMs?: number | undefined;
  readonly isInferred?: boolean;
  /** Said only of a window that is stated. */
  readonly kind?: LimitKind | undefined;
}

/** The reading, where anything was understood. */
export function limitReading(understood: Understood, now: number): LimitReading | undefined {
  const { resetMs, kind, isInferred } = understood;
  const limit = countable(understood.limit);
  const remaining = countable(understood.remaining);
  if (isUnknownMarker(limit, remaining, resetMs)) return undefined;
  if (limit === undefined && remaining === undefined && resetMs === undefined) return undefined;
  const windowMs = isWindow(understood.windowMs) ? understood.windowMs : undefined;
  const reading: Draft = {};
  if (limit !== undefined) reading.limit = limit;
  if (remaining !== undefined) reading.remaining = remaining;
  // A window cannot end further ahead than it is long, whatever the clocks say.
  const latestMs = kind === 'window' && windowMs !== undefined ? 2 * windowMs : Infinity;
  if (resetMs !== undefined) reading.resetAt = now + Math.min(resetMs, latestMs);
  if (windowMs === undefined) return reading;
  reading.windowMs = windowMs;
  if (isInferred === true) reading.isInferred = true;
  else if (kind !== undefined) reading.kind = kind;
  return reading;
}

/** What is left of a limit, where only what is used is said. */
export function leftOf(limit: number | undefined, used: number | undefined): number | undefined {
  return limit === undefined || used === undefined || used < 0 ? undefined : limit - used;
}

function countable(count: number | undefined): number | undefined {
  return count !== undefined && Number.isFinite(count) ? count : undefined;
}

function isWindow(ms: number | undefined): ms is number {
  return ms !== undefined && ms > 0 && ms <= LONGEST_MS;
}

/** `-1/-1/0` means unknown; `-1` with a reset ahead means overdrawn (openai-dotnet#838). */
function isUnknownMarker(limit?: number, remaining?: number, resetMs?: number): boolean {
  if (limit !== undefined) return limit < 0;
  return remaining === -1 && (resetMs === undefined || resetMs === 0);
}
