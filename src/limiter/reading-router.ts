import type { Dimension, Limits } from '../key/key.js';
import type { LimitReading } from '../limits/limit-update.js';
import type { LimitShape } from './limit-shape.js';

/** Shapes of limits nobody stated, by dimension. */
export type Fallbacks = Readonly<Partial<Record<Dimension, LimitShape>>>;

const MINUTE_MS = 60_000;
/** Headers state resets in whole seconds, by a clock of whole seconds. */
const GRAIN_MS = 2_000;

/**
 * Of which limit a reading is: the base bucket's, which is the configured limit where there is one, or
 * a further one, by its policy. A limit over another window than the configured one holds beside it.
 */
export class ReadingRouter {
  readonly #limits: Limits;
  readonly #fallbacks: Fallbacks;
  /** Policies that are the configured limits themselves, by their windows. */
  readonly #configured = new Map<Dimension, string>();

  constructor(limits: Limits, fallbacks: Fallbacks) {
    this.#limits = limits;
    this.#fallbacks = fallbacks;
  }

  /**
   * The policy that has a bucket of its own, or `undefined`. `has`: whether there is a bucket already.
   */
  policyOf(
    dimension: Dimension,
    reading: LimitReading,
    now: number,
    has: (policy: string) => boolean,
  ): string | undefined {
    const { policy } = reading;
    if (policy === undefined) return this.#unnamed(dimension, reading, now, has);
    if (has(policy)) return policy;
    const isFree = !this.#configured.has(dimension);
    if (isFree && this.#isOverConfiguredWindow(dimension, reading)) {
      this.#configured.set(dimension, policy);
    }
    return this.isConfigured(dimension, policy) ? undefined : policy;
  }

  isConfigured(dimension: Dimension, policy: string): boolean {
    return this.#configured.get(dimension) === policy;
  }

  /** By evidence the reading is not of the configured limit: the policy that is its own from now on. */
  disown(dimension: Dimension, { policy }: LimitReading): string {
    this.#configured.delete(dimension);
    return policy ?? UNNAMED;
  }

  /** What is believed at first of the further limit that a reading is of. */
  shapeOf(dimension: Dimension, reading: LimitReading): LimitShape {
    const fallback = this.#fallbacks[dimension];
    const isAlike = this.#isOverConfiguredWindow(dimension, reading);
    const alike = isAlike ? this.#limits[dimension]?.kind : undefined;
    const windowMs = statedWindow(reading) ?? fallback?.windowMs ?? MINUTE_MS;
    return { kind: reading.kind ?? alike ?? fallback?.kind ?? 'refill', windowMs };
  }

  #unnamed(
    dimension: Dimension,
    reading: LimitReading,
    now: number,
    has: (policy: string) => boolean,
  ): string | undefined {
    const configured = this.#limits[dimension];
    if (configured === undefined) return undefined;
    const stated = statedWindow(reading);
    if (stated !== undefined)
      return stated === configured.windowMs ? undefined : `window:${stated}`;
    if (has(UNNAMED)) return UNNAMED;
    // One reading's inference may be wrong: alone it moves nothing, the base bucket weighs it.
    const presumed = this.#fallbacks[dimension]?.windowMs ?? configured.windowMs;
    if (presumed === configured.windowMs || reading.windowMs === configured.windowMs)
      return undefined;
    // A preset may know another of the provider's limits than the caller does.
    const isExplained =
      presumed > configured.windowMs && endsWithin(configured.windowMs, reading, now);
    return isExplained ? undefined : UNNAMED;
  }

  #isOverConfiguredWindow(dimension: Dimension, reading: LimitReading): boolean {
    const stated = statedWindow(reading);
    return stated !== undefined && stated === this.#limits[dimension]?.windowMs;
  }
}

/** The one limit, beside the configured one, that headers tell of without a policy or a window. */
const UNNAMED = 'headers';

function endsWithin(windowMs: number, { resetAt }: LimitReading, now: number): boolean {
  return resetAt !== undefined && resetAt - now <= windowMs + GRAIN_MS;
}

function statedWindow({ windowMs, isInferred }: LimitReading): number | undefined {
  return isInferred === true ? undefined : windowMs;
}
