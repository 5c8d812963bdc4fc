import { DIMENSIONS } from '../core/dimensions.js';
import type { Limits, Rate } from '../key/key.js';
import { type LimitPlan, limitPlan } from '../limiter/limit-plan.js';
import { canonical } from './canonical.js';
import type { Settings } from './options.js';

/** Keys have a few sets of limits between them, or else sharing is not worth much. */
const PLANS_KEPT = 1_000;

/** What follows from limits: one plan for all groups that state the same. */
export class SharedPlans {
  readonly #settings: Settings;
  readonly #plans = new Map<string, LimitPlan>();
  /** Mostly the next to ask has the same limits: then their name need not be made. */
  #latest: { readonly limits: Limits; readonly plan: LimitPlan } | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** The same limits, in one object for all who state them, which no caller can change. */
  shared(limits: Limits): Limits {
    const copy = copyOf(limits);
    return this.#named(canonical(copy), copy).limits;
  }

  of(limits: Limits): LimitPlan {
    if (limits === this.#latest?.limits) return this.#latest.plan;
    const plan = this.#named(canonical(limits), limits);
    this.#latest = { limits, plan };
    return plan;
  }

  #named(name: string, limits: Limits): LimitPlan {
    const known = this.#plans.get(name);
    if (known !== undefined) return known;
    const { provider, transitMs } = this.#settings;
    const { defaults: fallbacks, meteredLate } = provider;
    const plan = limitPlan({ limits, fallbacks, meteredLate, transitMs });
    // Whoever has one keeps it: these are for finding it again only.
    if (this.#plans.size >= PLANS_KEPT) this.#plans.clear();
    this.#plans.set(name, plan);
    return plan;
  }
}

/** A caller who changes what he passed in changes the limits of later keys, not of earlier ones. */
export function copyOf(limits: Limits): Limits {
  const copy: { -readonly [Name in keyof Limits]: Limits[Name] } = { ...limits };
  for (const dimension of DIMENSIONS) {
    const rate = limits[dimension];
    if (rate !== undefined) copy[dimension] = rateOf(rate);
  }
  return copy;
}

function rateOf({ limit, windowMs, kind }: Rate): Rate {
  return kind === undefined ? { limit, windowMs } : { limit, windowMs, kind };
}
