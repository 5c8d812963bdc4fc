/** Entries this many at most; beyond them the oldest two become one. */
const MAX_ENTRIES = 64;
const NARROWEST_MS = 250;

/** Costs of one stretch of time. They count as spent at its end. */
interface Entry {
  readonly from: number;
  to: number;
  cost: number;
}

/**
 * What was spent that the provider's counter may not show yet: costs since its newest reading, less
 * the lag of that counter, and what is reserved for calls under way. Bounded in memory.
 */
export class Ledger {
  readonly #lagMs: number;
  readonly #widthMs: number;
  #entries: Entry[] = [];
  #sum = 0;
  #reserved = 0;

  constructor(lagMs: number) {
    this.#lagMs = lagMs;
    this.#widthMs = Math.max(NARROWEST_MS, lagMs / MAX_ENTRIES);
  }

  get unseen(): number {
    return this.#sum + this.#reserved;
  }

  add(cost: number, now: number): void {
    this.#sum += cost;
    const last = this.#entries.at(-1);
    if (last !== undefined && now - last.from < this.#widthMs) {
      last.to = now;
      last.cost += cost;
      return;
    }
    this.#entries.push({ from: now, to: now, cost });
    if (this.#entries.length > MAX_ENTRIES) this.#merge();
  }

  /** Counts a cost that is not certain yet, until `settle`. */
  reserve(cost: number): void {
    this.#reserved += cost;
  }

  settle(reserved: number, actual: number, now: number): void {
    this.#reserved -= reserved;
    this.add(actual, now);
  }

  /** A reading of that instant shows all that was spent a lag before it. */
  seen(asOf: number): void {
    const until = asOf - this.#lagMs;
    const kept = this.#entries.filter(({ to }) => to > until);
    if (kept.length === this.#entries.length) return;
    this.#entries = kept;
    // Summed anew, so that rounding errors do not pile up.
    this.#sum = kept.reduce((sum, { cost }) => sum + cost, 0);
  }

  #merge(): void {
    const [first, second, ...rest] = this.#entries;
    if (first === undefined || second === undefined) return;
    const merged = { from: first.from, to: second.to, cost: first.cost + second.cost };
    this.#entries = [merged, ...rest];
  }
}
