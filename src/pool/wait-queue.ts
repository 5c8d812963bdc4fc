import type { Attempt } from '../core/errors.js';
import type { HeapItem } from '../core/heap.js';
import { type Linked, RecencyList } from '../core/recency-list.js';
import type { Call } from './call.js';
import type { Lane } from './lane.js';
import type { PoolLease } from './lease.js';

/** A caller that waits for a lease. */
export interface Waiter extends HeapItem, Linked<Waiter> {
  readonly call: Call;
  readonly lane: Lane;
  /** What `run` tried before this wait. */
  readonly trail: readonly Attempt[];
  readonly priority: number;
  readonly since: number;
  /** Epoch milliseconds; `Infinity` without a deadline. */
  readonly deadline: number;
  readonly resolve: (lease: PoolLease) => void;
  readonly reject: (error: unknown) => void;
  stopListening: (() => void) | undefined;
  isQueued: boolean;
}

/** Waiters of one lane: by priority, higher first; within one priority, first come, first served. */
export class WaitQueue {
  /** Highest priority first. */
  readonly #ranks: Rank[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(waiter: Waiter): void {
    waiter.isQueued = true;
    this.#rankOf(waiter.priority).waiters.touch(waiter);
    this.#size += 1;
  }

  delete(waiter: Waiter): void {
    if (!waiter.isQueued) return;
    waiter.isQueued = false;
    this.#size -= 1;
    const index = this.#placeOf(waiter.priority);
    const waiters = this.#ranks[index]?.waiters;
    waiters?.delete(waiter);
    if (waiters?.oldest === undefined) this.#ranks.splice(index, 1);
  }

  /** Who comes after the waiter in the order of service; the first of all after one that has left. */
  after(waiter: Waiter | undefined): Waiter | undefined {
    if (waiter?.isQueued !== true) return this.#ranks[0]?.waiters.oldest;
    return waiter.newer ?? this.#ranks[this.#placeOf(waiter.priority) + 1]?.waiters.oldest;
  }

  /** The place of the first rank that is not above the priority. */
  #placeOf(priority: number): number {
    const place = this.#ranks.findIndex((rank) => rank.priority <= priority);
    return place < 0 ? this.#ranks.length : place;
  }

  #rankOf(priority: number): Rank {
    const place = this.#placeOf(priority);
    const found = this.#ranks[place];
    if (found?.priority === priority) return found;
    const rank = { priority, waiters: new RecencyList<Waiter>() };
    this.#ranks.splice(place, 0, rank);
    return rank;
  }
}

interface Rank {
  readonly priority: number;
  /** In the order of arrival. A list gives up any member at once, and its first without a search. */
  readonly waiters: RecencyList<Waiter>;
}
