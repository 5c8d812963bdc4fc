import type { Dimension } from '../key/key.js';
import type { Readings } from './family.js';
import type { LimitReading } from './limit-update.js';

/** More limits than this in one response are not worth the memory. */
const MAX_EXTRA = 32;

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

/** Whether nothing was read. */
export function isEmpty(readings: object): boolean {
  for (const _ in readings) return false;
  return true;
}
