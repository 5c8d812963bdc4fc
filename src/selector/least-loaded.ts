import { type HeapItem, IndexedHeap, OUT } from '../core/heap.js';
import { type Linked, RecencyList } from '../core/recency-list.js';
import { SeatTable } from './seat-table.js';
import type { Seat, Selector } from './selector.js';

/**
 * The seat with the lowest load, told apart in 256 steps; among equals the one with the fewest leases
 * out, then the one leased least recently. The pool's default.
 */
export function leastLoaded(): Selector {
  return new LeastLoaded();
}

/** Finer differences say nothing, and a seat that is hardly used needs no looking at again. */
const STEPS = 256;
/** How many stale ranks each lease refreshes: every ready seat is looked at once in n/2 leases. */
const REFRESHED_PER_LEASE = 2;

class LeastLoaded implements Selector {
  readonly neverDeclines = true;
  readonly #table = new SeatTable<Rank>();
  readonly #ranks = new IndexedHeap<Rank>(isBefore);
  /**
   * Load falls as time passes, but a rank holds the load of the moment it was made. It can only be
   * too high, which would starve a seat that nothing updates: so the oldest ranks are made anew. Those
   * without load cannot be too high, and are not in here.
   */
  readonly #byAge = new RecencyList<Rank>();
  #leases = 0;

  add(seat: Seat): void {
    let rank = this.#table.get(seat);
    if (rank === undefined) {
      rank = new Rank(seat);
      this.#table.set(seat, rank);
    }
    rank.read();
    this.#place(rank);
  }

  remove(seat: Seat): void {
    const rank = this.#table.get(seat);
    if (rank === undefined) return;
    this.#ranks.delete(rank);
    this.#byAge.delete(rank);
  }

  update(seat: Seat): void {
    const rank = this.#table.get(seat);
    if (rank?.read() === true) this.#place(rank);
  }

  next(): Seat | undefined {
    return this.#ranks.peek()?.seat;
  }

  leased(seat: Seat): void {
    const rank = this.#table.get(seat);
    if (rank === undefined) return;
    this.#leases += 1;
    rank.leasedAt = this.#leases;
    if (!this.#ranks.has(rank)) return;
    rank.read();
    this.#place(rank);
    for (let count = 0; count < REFRESHED_PER_LEASE; count += 1) {
      const stalest = this.#byAge.oldest;
      if (stalest !== undefined) this.#refresh(stalest);
    }
  }

  forget(seat: Seat): void {
    this.#table.delete(seat);
  }

  fork(): Selector {
    return new LeastLoaded();
  }

  #refresh(rank: Rank): void {
    if (rank.read()) this.#ranks.set(rank);
    this.#age(rank);
  }

  #place(rank: Rank): void {
    this.#ranks.set(rank);
    this.#age(rank);
  }

  #age(rank: Rank): void {
    if (rank.load > 0) this.#byAge.touch(rank);
    else this.#byAge.delete(rank);
  }
}

/** A seat's place in the order, as of the last look at it. */
class Rank implements HeapItem, Linked<Rank> {
  readonly seat: Seat;
  heapPlace = OUT;
  load = 0;
  inFlight = 0;
  /** Number of the seat's latest lease, counted over all seats; 0 before the first. */
  leasedAt = 0;
  older: Rank | undefined = undefined;
  newer: Rank | undefined = undefined;

  constructor(seat: Seat) {
    this.seat = seat;
  }

  /** Looks at the seat again; whether anything changed. */
  read(): boolean {
    const { inFlight } = this.seat;
    const load = Math.floor(this.seat.load * STEPS);
    if (load === this.load && inFlight === this.inFlight) return false;
    this.load = load;
    this.inFlight = inFlight;
    return true;
  }
}

function isBefore(a: Rank, b: Rank): boolean {
  if (a.load !== b.load) return a.load < b.load;
  if (a.inFlight !== b.inFlight) return a.inFlight < b.inFlight;
  if (a.leasedAt !== b.leasedAt) return a.leasedAt < b.leasedAt;
  return a.seat.index < b.seat.index;
}
