import { InvalidOptionError } from '../core/errors.js';
import { SeatTable } from './seat-table.js';
import type { Seat, Selector, SelectorRequest } from './selector.js';

/**
 * The ready seats of the lowest tier first; within a tier, what `inner` chooses. The tier is read
 * when the seat is added.
 */
export function tiered(inner: Selector): Selector {
  return new Tiered(inner);
}

class Tiered implements Selector {
  readonly keepsAffinity: boolean;
  readonly neverDeclines: boolean;
  readonly #forkInner: () => Selector;
  readonly #table = new SeatTable<Row>();
  /** Lowest first. */
  readonly #tiers: Tier[] = [];

  constructor(inner: Selector) {
    const forkInner = inner?.fork?.bind(inner);
    if (forkInner === undefined) {
      throw new InvalidOptionError('tiered(inner)', 'a selector that has fork', inner);
    }
    this.#forkInner = forkInner;
    this.keepsAffinity = inner.keepsAffinity ?? false;
    this.neverDeclines = inner.neverDeclines ?? false;
  }

  add(seat: Seat): void {
    this.#tierFor(seat).selector.add(seat);
  }

  remove(seat: Seat): void {
    this.#table.get(seat)?.tier.selector.remove(seat);
  }

  update(seat: Seat): void {
    this.#table.get(seat)?.tier.selector.update(seat);
  }

  next(request: SelectorRequest): Seat | undefined {
    for (const tier of this.#tiers) {
      const seat = tier.selector.next(request);
      if (seat !== undefined) return seat;
    }
    return undefined;
  }

  leased(seat: Seat, request: SelectorRequest): void {
    this.#table.get(seat)?.tier.selector.leased?.(seat, request);
  }

  forget(seat: Seat): void {
    const row = this.#table.get(seat);
    if (row === undefined) return;
    this.#table.delete(seat);
    row.tier.selector.forget?.(seat);
    row.tier.size -= 1;
    if (row.tier.size === 0) this.#tiers.splice(this.#tiers.indexOf(row.tier), 1);
  }

  fork(): Selector {
    return new Tiered(this.#forkInner());
  }

  #tierFor(seat: Seat): Tier {
    const row = this.#table.get(seat);
    if (row?.tier.level === seat.tier) return row.tier;
    this.forget(seat);
    const tier = this.#tierAt(seat.tier);
    tier.size += 1;
    this.#table.set(seat, { seat, tier });
    return tier;
  }

  #tierAt(level: number): Tier {
    const place = this.#tiers.findIndex((tier) => tier.level >= level);
    const found = this.#tiers[place];
    if (found?.level === level) return found;
    const tier: Tier = { level, selector: this.#forkInner(), size: 0 };
    this.#tiers.splice(place === -1 ? this.#tiers.length : place, 0, tier);
    return tier;
  }
}

interface Tier {
  readonly level: number;
  readonly selector: Selector;
  /** Its seats, ready or not: a tier whose seats all rest keeps its turns. */
  size: number;
}

interface Row {
  readonly seat: Seat;
  readonly tier: Tier;
}
