import { CostExceedsLimitError, InvalidOptionError } from '../core/errors.js';
import { IndexedHeap } from '../core/heap.js';
import type { Selector } from '../selector/selector.js';
import type { Call } from './call.js';
import { type Earliest, preferEarlier, type Withheld } from './earliest.js';
import type { Group } from './key-record.js';
import { PoolSeat, type SeatContext, type SeatLease } from './pool-seat.js';
import { Refusals } from './refusals.js';

export interface LaneOptions {
  readonly modelClass: string;
  readonly selector: Selector;
  /** What its seats share. */
  readonly context: SeatContext;
  readonly groupOf: (keyId: string) => Group | undefined;
}

/**
 * All groups' places for one model class. Ready seats are in the selector, which never sees the
 * others: these are parked, ordered by when it is worth looking at them again.
 */
export class Lane {
  readonly modelClass: string;
  /** Whether anything that its waiters look at changed since somebody last looked. */
  hasChanged = false;
  /** When a call last asked for it, in epoch milliseconds. */
  usedAt = 0;
  /** Callers that wait in it. */
  waiting = 0;
  readonly #selector: Selector;
  readonly #seats = new Map<Group, PoolSeat>();
  readonly #parked = new IndexedHeap<PoolSeat>((a, b) => a.wakeAt < b.wakeAt);
  readonly #context: SeatContext;
  readonly #groupOf: (keyId: string) => Group | undefined;
  readonly #byIndex: (PoolSeat | undefined)[] = [];
  readonly #freeIndexes: number[] = [];
  #readyCount = 0;
  /** Where a seat was last found that may serve: of thousands the first may all be dead. */
  #lastServing = 0;
  /** Seats that cannot serve the call at hand, kept out of the selector while it is asked. */
  readonly #aside: PoolSeat[] = [];
  /** What all ready seats refused lately. */
  readonly #refusals = new Refusals();

  constructor({ modelClass, selector, context, groupOf }: LaneOptions) {
    this.modelClass = modelClass;
    this.#selector = selector;
    this.#context = context;
    this.#groupOf = groupOf;
  }

  /** Whether nothing that it knows would be missed. */
  isForgettable(now: number): boolean {
    if (this.waiting > 0) return false;
    for (const seat of this.#seats.values()) if (!seat.isForgettable(now)) return false;
    return true;
  }

  seatOf(group: Group): PoolSeat | undefined {
    return this.#seats.get(group);
  }

  /** The seat of the one key that will do, for a call that is pinned to it. */
  pinnedSeat(keyId: string): PoolSeat | undefined {
    const group = this.#groupOf(keyId);
    return group === undefined ? undefined : this.#seats.get(group);
  }

  add(group: Group, now: number): PoolSeat {
    const index = this.#freeIndexes.pop() ?? this.#byIndex.length;
    const seat = new PoolSeat(index, group, this.#context);
    this.#seats.set(group, seat);
    this.#byIndex[seat.index] = seat;
    this.refresh(seat, now);
    return seat;
  }

  remove(seat: PoolSeat): void {
    this.#withdraw(seat);
    this.#parked.delete(seat);
    this.#selector.forget?.(seat);
    this.#refusals.forget(seat);
    seat.isIn = false;
    this.#seats.delete(seat.group);
    this.#byIndex[seat.index] = undefined;
    this.#freeIndexes.push(seat.index);
  }

  /** Something about the seat changed: puts it where it belongs now. */
  refresh(seat: PoolSeat, now: number): void {
    const openAt = seat.openAt(now);
    if (openAt > now) {
      this.#park(seat, openAt);
      return;
    }
    if (seat.isReady) this.#selector.update(seat);
    else this.#unpark(seat);
    this.#refusals.changed(seat);
  }

  /** Something was given back: a seat that is ready stays ready. */
  eased(seat: PoolSeat, now: number): void {
    if (!seat.isReady) {
      this.refresh(seat, now);
      return;
    }
    this.#selector.update(seat);
    this.#refusals.changed(seat);
  }

  /** Takes a seat out and puts it back, for what a selector reads only then: weight and tier. */
  reseat(seat: PoolSeat, now: number): void {
    this.#withdraw(seat);
    this.refresh(seat, now);
  }

  /**
   * Leases the best key that can serve the call now. No seat in `withheld` is touched: it saves up
   * for a call that came earlier.
   */
  take(call: Call, order: number, now: number, withheld?: Withheld): SeatLease | undefined {
    // While the host rests no seat serves: asked here, so that it costs the same for any number.
    if (this.#context.host.openAt(now) > now) return undefined;
    this.#wake(now);
    const { key } = call.request;
    const lease =
      key === undefined
        ? this.#takeAny(call, order, now, withheld)
        : this.#takePinned(call, key, order, now, withheld);
    if (lease === undefined) return undefined;
    try {
      if (key === undefined) this.#selector.leased?.(lease.seat, call.request);
      const { seat } = lease;
      if (seat.isReady && seat.hasMoreAfter(lease)) this.#selector.update(seat);
      else this.refresh(seat, now);
    } catch (error) {
      // A selector of the caller's own: what it was given must not be lost with it.
      lease.seat.takeBack(lease, now);
      throw error;
    }
    return lease;
  }

  /** The seat that could serve the call first, and when: `Infinity` when nothing known tells. */
  earliest(call: Call, now: number, withheld?: Withheld): Readonly<Earliest> {
    const earliest: Earliest = { seat: undefined, readyAt: Infinity };
    if (this.#readyCount > 0) this.#searchReady(earliest, call, now, withheld);
    // A parked seat wakes when it could serve the smallest call: no other call is served earlier.
    this.#parked.search((seat) => {
      if (seat.wakeAt >= earliest.readyAt) return false;
      preferEarlier(earliest, seat, call, now, withheld);
      return true;
    });
    earliest.readyAt = Math.max(earliest.readyAt, this.#context.host.openAt(now));
    return earliest;
  }

  /** Whether any key may serve the call, now or later. */
  canServe(call: Call): boolean {
    const count = this.#byIndex.length;
    for (let step = 0; step < count; step += 1) {
      const index = (this.#lastServing + step) % count;
      if (this.#byIndex[index]?.canServe(call) !== true) continue;
      this.#lastServing = index;
      return true;
    }
    return false;
  }

  /** The error for a cost above what any eligible seat could ever give; else `undefined`. */
  excessOf(call: Call): CostExceedsLimitError | undefined {
    const { cost } = call;
    let excess: { dimension: keyof typeof cost; limit: number } | undefined;
    const count = this.#byIndex.length;
    for (let step = 0; step < count; step += 1) {
      const index = (this.#lastServing + step) % count;
      const seat = this.#byIndex[index];
      if (seat === undefined || !seat.hasEligible(call)) continue;
      const exceeded = seat.limiter.exceeded(cost);
      if (exceeded === undefined) {
        this.#lastServing = index;
        return undefined;
      }
      if (excess === undefined || exceeded.limit > excess.limit) excess = exceeded;
    }
    if (excess === undefined) return undefined;
    return new CostExceedsLimitError(excess.dimension, cost[excess.dimension], excess.limit);
  }

  #takeAny(
    call: Call,
    order: number,
    now: number,
    withheld: Withheld | undefined,
  ): SeatLease | undefined {
    if (this.#readyCount === 0) return undefined;
    const refusal = this.#refusals.covering(call.cost);
    if (refusal !== undefined) {
      const [only, another] = refusal.servable(call, now, withheld);
      if (only === undefined) {
        if (refusal.isVagueFor(call.cost)) this.#refusals.note(call.cost, this.#readySeats(), now);
        return undefined;
      }
      // Nothing is left to be chosen.
      if (another === undefined && this.#selector.neverDeclines === true) {
        return only.take(call, order, now, this.#affinityOf(call));
      }
    }
    return this.#takeChosen(call, order, now, withheld);
  }

  #takeChosen(
    call: Call,
    order: number,
    now: number,
    withheld: Withheld | undefined,
  ): SeatLease | undefined {
    const affinity = this.#affinityOf(call);
    try {
      for (let seat = this.#next(call); seat !== undefined; seat = this.#next(call)) {
        const isWithheld = withheld?.has(seat) === true;
        const lease = isWithheld ? undefined : seat.take(call, order, now, affinity);
        if (lease !== undefined) return lease;
        this.#setAside(seat, now);
      }
      // Unless the selector declined, none is left that was not asked.
      if (this.#readyCount === 0) this.#refusals.note(call.cost, this.#aside, now);
      return undefined;
    } finally {
      // Also when a selector of the caller's own throws.
      if (this.#aside.length > 0) this.#restore();
    }
  }

  #searchReady(earliest: Earliest, call: Call, now: number, withheld: Withheld | undefined): void {
    const refusal = this.#refusals.of(call.cost);
    if (refusal !== undefined) {
      refusal.search(earliest, call, now, withheld);
      return;
    }
    for (const seat of this.#seats.values()) {
      if (seat.isReady) preferEarlier(earliest, seat, call, now, withheld);
      if (earliest.readyAt <= now) return;
    }
    // Whoever waits asks again and again.
    if (call.request.key === undefined) this.#refusals.note(call.cost, this.#readySeats(), now);
  }

  #affinityOf({ request }: Call): string | undefined {
    return this.#selector.keepsAffinity === true ? request.affinity : undefined;
  }

  #readySeats(): readonly PoolSeat[] {
    return [...this.#seats.values()].filter((seat) => seat.isReady);
  }

  #restore(): void {
    for (const seat of this.#aside.splice(0)) this.#offer(seat);
  }

  #next({ request }: Call): PoolSeat | undefined {
    const offered = this.#selector.next(request);
    if (offered === undefined) return undefined;
    const seat = this.#byIndex[offered.index];
    if (seat?.isReady === true) return seat;
    // Asking again would loop for ever.
    throw new InvalidOptionError(
      'selector.next()',
      'a seat that is in the selector',
      offered,
      offered.id,
    );
  }

  #takePinned(
    call: Call,
    keyId: string,
    order: number,
    now: number,
    withheld: Withheld | undefined,
  ): SeatLease | undefined {
    const seat = this.pinnedSeat(keyId);
    if (seat === undefined || withheld?.has(seat) === true) return undefined;
    return seat.take(call, order, now);
  }

  /** A seat that refused: parked when nothing fits it, else only out of the way of this call. */
  #setAside(seat: PoolSeat, now: number): void {
    const openAt = seat.openAt(now);
    if (openAt > now) {
      this.#park(seat, openAt);
      return;
    }
    this.#withdraw(seat);
    this.#aside.push(seat);
  }

  #wake(now: number): void {
    for (let seat = this.#parked.peek(); seat !== undefined; seat = this.#parked.peek()) {
      if (seat.wakeAt > now) return;
      this.refresh(seat, now);
    }
  }

  #park(seat: PoolSeat, wakeAt: number): void {
    this.#withdraw(seat);
    seat.wakeAt = wakeAt;
    this.#parked.set(seat);
  }

  #unpark(seat: PoolSeat): void {
    this.hasChanged = true;
    this.#parked.delete(seat);
    this.#offer(seat);
  }

  #offer(seat: PoolSeat): void {
    seat.isReady = true;
    this.#readyCount += 1;
    this.#selector.add(seat);
  }

  #withdraw(seat: PoolSeat): void {
    if (!seat.isReady) return;
    seat.isReady = false;
    this.#readyCount -= 1;
    this.#selector.remove(seat);
  }
}
