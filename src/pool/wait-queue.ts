import type { Attempt } from '../core/errors.js';
import type { HeapItem } from '../core/heap.js';
import type { Call } from './call.js';
import type { Lane } from './lane.js';
import type { PoolLease } from './lease.js';

/** A caller that waits for a lease. */
export interface Waiter extends HeapItem {
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
  readonly stopListening: () => void;
}

/** Waiters of one lane: by priority, higher first; within one priority, first come, first served. */
export class WaitQueue {
  /** Highest priority first. A set keeps the order of arrival and gives up any member at once. */
  readonly #ranks: { readonly priority: number; readonly waiters: Set<Waiter> }[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(waiter: Waiter): void {
    this.#rankOf(waiter.priority).add(waiter);
    this.#size += 1;
  }

  delete(waiter: Waiter): void {
    const index = this.#ranks.findIndex(({ priority }) => priority === waiter.priority);
    const waiters = this.#ranks[index]?.waiters;
    if (waiters === undefined || !waiters.delete(waiter)) return;
    this.#size -= 1;
    if (waiters.size === 0) this.#ranks.splice(index, 1);
  }

  /** In the order of service. A waiter may be deleted while this goes on. */
  *[Symbol.iterator](): Generator<Waiter> {
    for (const { waiters } of [...this.#ranks]) yield* waiters;
  }

  #rankOf(priority: number): Set<Waiter> {
    const index = this.#ranks.findIndex((rank) => rank.priority <= priority);
    const found = this.#ranks[index];
    if (found?.priority === priority) return found.waiters;
    const waiters = new Set<Waiter>();
    this.#ranks.splice(index < 0 ? this.#ranks.length : index, 0, { priority, waiters });
    return waiters;
  }
}
