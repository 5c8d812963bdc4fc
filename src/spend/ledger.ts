/** Entries this many at most; beyond them the oldest two become one. */
const MAX_ENTRIES = 64;
const NARROWEST_MS = 250;

/** A reservation that nobody settled by then is taken for lost: readings show what it cost. */
const RESERVATION_TTL_MS = 600_000;

/** What a call under way may cost. */
export interface Reservation {
  readonly cost: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

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
  /** Oldest first. */
  readonly #reservations = new Set<Reservation>();
  #reserved = 0;

  constructor(lagMs: number) {
    this.#lagMs = lagMs;
    this.#widthMs = Math.max(NARROWEST_MS, lagMs / MAX_ENTRIES);
  }

  get unseen(): number {
    return this.#sum + this.#reserved;
  }

  /** When the newest cost was recorded that counts still. */
  get newestAt(): number | undefined {
    return this.#entries.at(-1)?.to;
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
  reserve(cost: number, now: number): Reservation {
    const reservation = { cost, at: now };
    this.#reservations.add(reservation);
    this.#reserved += cost;
    return reservation;
  }

  settle(reservation: Reservation, actual: number, now: number): void {
    this.#forget(reservation);
    this.add(actual, now);
  }

  /** A reading of that instant shows all that was spent a lag before it. */
  seen(asOf: number): void {
    for (const reservation of this.#reservations) {
      if (reservation.at > asOf - RESERVATION_TTL_MS) break;
      this.#forget(reservation);
    }
    this.#keep(({ to }) => to > asOf - this.#lagMs);
  }

  /** The budget began anew after that instant: what was spent before is no part of it. */
  restart(lastSeenAt: number): void {
    this.#keep(({ to }) => to > lastSeenAt);
  }

  #forget(reservation: Reservation): void {
    if (!this.#reservations.delete(reservation)) return;
    // Rounding errors do not pile up where nothing is under way.
    this.#reserved = this.#reservations.size === 0 ? 0 : this.#reserved - reservation.cost;
  }

  #keep(isKept: (entry: Entry) => boolean): void {
    if (this.#entries.length === 0) return;
    const kept = this.#entries.filter(isKept);
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
