import type { Needs, Quota } from '../../src/testing/fake-provider/quota.js';

const ONE_REQUEST: Needs = { requests: 1, inputTokens: 0, outputTokens: 0, tokens: 0 };
const STEP_MS = 50;

/**
 * Takes every request as soon as all policies allow it, which is the most that they allow together:
 * of two windows neither may be used up, though nobody could have sent more.
 */
export class GreedyCaller {
  readonly #quotas: readonly Quota[];
  #now: number;
  #calls = 0;

  constructor(quotas: readonly Quota[], now: number) {
    this.#quotas = quotas;
    this.#now = now;
  }

  callsUntil(now: number): number {
    for (; this.#now <= now; this.#now += STEP_MS) {
      while (this.#quotas.every((quota) => quota.shortages(ONE_REQUEST, this.#now).length === 0)) {
        for (const quota of this.#quotas) quota.charge(ONE_REQUEST, this.#now);
        this.#calls += 1;
      }
    }
    return this.#calls;
  }
}
