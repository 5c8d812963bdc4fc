import type { Limits } from '../key/key.js';
import { type LimitPlan, limitPlan } from '../limiter/limit-plan.js';
import { canonical } from './key-record.js';
import type { Settings } from './options.js';

/** Keys have a few sets of limits between them, or else sharing is not worth much. */
const PLANS_KEPT = 1_000;

/** What follows from limits: one plan for all groups that state the same. */
export class LimitPlans {
  readonly #settings: Settings;
  readonly #plans = new Map<string, LimitPlan>();
  /** Mostly the pool's own, which need no name then. */
  #latest: { readonly limits: Limits; readonly plan: LimitPlan } | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
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
    const plan = limitPlan({ limits: { ...limits }, fallbacks, meteredLate, transitMs });
    // Whoever has one keeps it: these are for finding it again only.
    if (this.#plans.size >= PLANS_KEPT) this.#plans.clear();
    this.#plans.set(name, plan);
    return plan;
  }
}
