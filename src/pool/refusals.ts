import { type HeapItem, IndexedHeap, OUT } from '../core/heap.js';
import { isSameCost } from '../limiter/dimensions.js';
import type { Cost } from '../limiter/limiter.js';
import { type Call, PLAIN_CALL } from './call.js';
import { type Earliest, preferEarlier, type Withheld } from './earliest.js';
import type { PoolSeat } from './pool-seat.js';

/** Fewer seats are asked again as quickly. */
const WORTH_NOTING = 32;
/** Costs remembered at a time: each takes some 60 bytes for a ready seat. */
const MAX_NOTED = 8;

/**
 * Costs that no ready seat of a lane could serve. Such a seat is not parked, since smaller calls fit;
 * but to ask thousands of them again for each call as large would take milliseconds.
 */
export class Refusals {
  /** The latest noted comes last. */
  #noted: Refusal[] = [];

  /** What is known for such a cost: of the costs that are nowhere above it, the largest. */
  covering(cost: Cost): Refusal | undefined {
    let closest: Refusal | undefined;
    for (const refusal of this.#noted) {
      if (!isWithin(refusal.cost, cost)) continue;
      if (closest === undefined || isWithin(closest.cost, refusal.cost)) closest = refusal;
    }
    return closest;
  }

  /** What is known for that very cost. */
  of(cost: Cost): Refusal | undefined {
    return this.#noted.find((refusal) => isSameCost(refusal.cost, cost));
  }

  /** A call of that cost found no seat. `seats`: all that are ready. */
  note(cost: Cost, seats: readonly PoolSeat[], now: number): void {
    if (seats.length < WORTH_NOTING) return;
    const others = this.#noted.filter((refusal) => !isSameCost(refusal.cost, cost));
    this.#noted = [...others.slice(1 - MAX_NOTED), new Refusal(cost, seats, now)];
  }

  /** The seat became ready, or may have more room than before. */
  changed(seat: PoolSeat): void {
    if (this.#noted.length === 0) return;
    for (const refusal of this.#noted) refusal.wake(seat);
    if (this.#noted.some((refusal) => refusal.isStale)) {
      this.#noted = this.#noted.filter((refusal) => !refusal.isStale);
    }
  }

  /** The seat left the lane. */
  forget(seat: PoolSeat): void {
    for (const refusal of this.#noted) refusal.forget(seat);
  }
}

/** A cost that was refused, and when each seat could serve it. */
export class Refusal {
  readonly cost: Cost;
  readonly #call: Call;
  /** Seats that cannot serve it before a known instant, unless something changes about them. */
  readonly #asleep = new IndexedHeap<Sleeper>((a, b) => a.wakeAt < b.wakeAt);
  /** The same by the indexes of their seats. */
  readonly #sleepers: (Sleeper | undefined)[] = [];
  /** All others. */
  readonly #awake = new Set<PoolSeat>();

  constructor(cost: Cost, seats: readonly PoolSeat[], now: number) {
    this.cost = cost;
    this.#call = { ...PLAIN_CALL, cost };
    for (const seat of seats) this.#place(seat, now);
  }

  /** Whether it says too little by now. */
  get isStale(): boolean {
    return this.#awake.size > Math.max(WORTH_NOTING, this.#asleep.size);
  }

  /** Whether so many can serve this cost, and not that one, that it is worth noting too. */
  isVagueFor({ tokens, inputTokens, outputTokens }: Cost): boolean {
    if (this.#awake.size < WORTH_NOTING) return false;
    const { cost } = this;
    return (
      tokens > 2 * cost.tokens ||
      inputTokens > 2 * cost.inputTokens ||
      outputTokens > 2 * cost.outputTokens
    );
  }

  /** Of the ready seats that can serve a call of such a cost or more now: none, the only one, or two. */
  servable(call: Call, now: number, withheld: Withheld | undefined): readonly PoolSeat[] {
    for (let next = this.#asleep.peek(); next !== undefined; next = this.#asleep.peek()) {
      if (next.wakeAt > now) break;
      this.#rouse(next);
    }
    const found: PoolSeat[] = [];
    for (const seat of this.#awake) {
      // It says so when it is back.
      if (!seat.isReady) this.#awake.delete(seat);
      else if (withheld?.has(seat) === true) continue;
      else if (seat.readyAt(call, now) > now) this.#place(seat, now);
      else if (found.push(seat) === 2) break;
    }
    return found;
  }

  /** Looks for the ready seat that could serve a call of that very cost first. */
  search(earliest: Earliest, call: Call, now: number, withheld: Withheld | undefined): void {
    for (const seat of this.#awake) {
      if (seat.isReady) preferEarlier(earliest, seat, call, now, withheld);
    }
    this.#correctNext(now);
    this.#asleep.search(({ seat, wakeAt }) => {
      if (wakeAt >= earliest.readyAt) return false;
      if (seat.isReady) preferEarlier(earliest, seat, call, now, withheld);
      return true;
    });
  }

  wake(seat: PoolSeat): void {
    const sleeper = this.#sleepers[seat.index];
    if (sleeper === undefined) this.#awake.add(seat);
    else this.#rouse(sleeper);
  }

  forget(seat: PoolSeat): void {
    this.wake(seat);
    this.#awake.delete(seat);
  }

  /** Who was leased meanwhile sleeps longer: the next to wake is told its time anew. */
  #correctNext(now: number): void {
    for (let next = this.#asleep.peek(); next !== undefined; next = this.#asleep.peek()) {
      const wakeAt = next.seat.isReady ? next.seat.readyAt(this.#call, now) : Infinity;
      if (wakeAt <= next.wakeAt) return;
      next.wakeAt = wakeAt;
      this.#asleep.set(next);
    }
  }

  #rouse(sleeper: Sleeper): void {
    this.#asleep.delete(sleeper);
    this.#sleepers[sleeper.seat.index] = undefined;
    this.#awake.add(sleeper.seat);
  }

  /** Awake is who refused a larger call and could serve this cost. */
  #place(seat: PoolSeat, now: number): void {
    const wakeAt = seat.readyAt(this.#call, now);
    if (wakeAt <= now) {
      this.#awake.add(seat);
      return;
    }
    const sleeper = { seat, wakeAt, heapPlace: OUT };
    this.#awake.delete(seat);
    this.#sleepers[seat.index] = sleeper;
    this.#asleep.set(sleeper);
  }
}

interface Sleeper extends HeapItem {
  readonly seat: PoolSeat;
  wakeAt: number;
}

/** Whether `cost` takes no more of anything than `other` does. */
function isWithin(cost: Cost, other: Cost): boolean {
  return (
    cost.requests <= other.requests &&
    cost.tokens <= other.tokens &&
    cost.inputTokens <= other.inputTokens &&
    cost.outputTokens <= other.outputTokens
  );
}
