import {
  AcquireTimeoutError,
  type Attempt,
  NoKeyAvailableError,
  QueueFullError,
} from '../core/errors.js';
import type { Explanation } from '../core/explanation.js';
import { IndexedHeap, OUT } from '../core/heap.js';
import { isSameCost } from '../limiter/dimensions.js';
import type { Cost } from '../limiter/limiter.js';
import { AbortWatch } from './abort-watch.js';
import { type Call, isPlain } from './call.js';
import type { Withheld } from './earliest.js';
import type { Lane } from './lane.js';
import type { PoolLease } from './lease.js';
import type { PoolSeat } from './pool-seat.js';
import { type Waiter, WaitQueue } from './wait-queue.js';

/** Waiters looked at behind the first that cannot be served, before a dispatch gives up. */
const LOOK_AHEAD = 256;
/** When to ask again a selector that declined although a seat could serve. */
const DECLINED_MS = 100;

export interface WaitingRoomOptions {
  readonly maxQueue: number;
  readonly now: () => number;
  /** Leases for a waiter, if any seat that is not withheld can serve it now. */
  readonly lease: (
    call: Call,
    lane: Lane,
    now: number,
    since: number,
    withheld: Withheld,
  ) => PoolLease | undefined;
  readonly explain: (call: Call, lane: Lane, now: number, withheld?: Withheld) => Explanation;
  /** A waiter has its lease. */
  readonly onServed: (lease: PoolLease) => void;
  /** Somebody waits, or waits no longer: the alarm may have to ring at another time. */
  readonly onWaitersChanged: () => void;
}

/**
 * Where callers wait: first come, first served within a priority. The first who cannot be served
 * has the seat that will serve it soonest kept free until then; those behind may use the others.
 * So a large call is not starved by small ones, and no key idles while it waits.
 */
export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  readonly #deadlines = new IndexedHeap<Waiter>((a, b) => a.deadline < b.deadline);
  /** Only lanes in which somebody waits. */
  readonly #queues = new Map<Lane, LaneQueue>();
  readonly #aborts = new AbortWatch();
  #size = 0;

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** When somebody may be served or has waited long enough; `Infinity` when nobody waits. */
  get nextAt(): number {
    let nextAt = this.#deadlines.peek()?.deadline ?? Infinity;
    for (const { wakeAt } of this.#queues.values()) nextAt = Math.min(nextAt, wakeAt);
    return nextAt;
  }

  isWaitedIn(lane: Lane): boolean {
    return this.#size > 0 && this.#queues.has(lane);
  }

  /** The lanes in which somebody waits. */
  lanes(): IterableIterator<Lane> {
    return this.#queues.keys();
  }

  /** Seats that newcomers must leave alone: they save up for somebody who came first. */
  withheld(lane: Lane): Withheld | undefined {
    return this.#size > 0 ? this.#queues.get(lane)?.withheld : undefined;
  }

  /** The same for a call that would come now: who ranks ahead of all that wait is kept from none. */
  withheldFrom({ request }: Call, lane: Lane): Withheld | undefined {
    const queue = this.#size > 0 ? this.#queues.get(lane) : undefined;
    const first = queue?.waiters.after(undefined);
    const isAhead = first !== undefined && (request.priority ?? 0) > first.priority;
    return isAhead ? undefined : queue?.withheld;
  }

  wait(call: Call, lane: Lane, now: number, trail: readonly Attempt[]): Promise<PoolLease> {
    const { maxQueue } = this.#options;
    const { signal, priority = 0, maxWaitMs = Infinity } = call.request;
    if (this.#size >= maxQueue) return Promise.reject(new QueueFullError(maxQueue));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        call,
        lane,
        trail,
        priority,
        since: now,
        deadline: now + maxWaitMs,
        resolve,
        reject,
        heapPlace: OUT,
        older: undefined,
        newer: undefined,
        isQueued: false,
        stopListening: undefined,
      };
      if (signal !== undefined) this.#listen(waiter, signal);
      this.#enter(waiter, now);
    });
  }

  /** Serves whoever can be served, in order. */
  dispatch(lane: Lane, now: number): void {
    const queue = this.#queues.get(lane);
    if (queue === undefined) return;
    queue.wakeAt = Infinity;
    queue.withheld.clear();
    queue.refused = NONE_REFUSED;
    lane.hasChanged = false;
    const { waiters } = queue;
    let leftWaiting = 0;
    /** The latest that was left waiting: who comes next is known from there. */
    let left: Waiter | undefined;
    for (let each = waiters.after(left); each !== undefined; each = waiters.after(left)) {
      if (leftWaiting > LOOK_AHEAD) return;
      if (isWithheldFrom(each, queue)) {
        left = each;
        continue;
      }
      if (isRefused(each.call, queue)) this.#rejectExcess(each, queue);
      else if (this.#serve(each, queue, now)) continue;
      if (each.isQueued) left = each;
      leftWaiting += 1;
      // All alike: what no seat could serve of the first, none can of the others.
      if (queue.refused.length > 0 && queue.plain === waiters.size) return;
    }
  }

  /** Ends the waits whose time is over and serves whom time has made servable. */
  tick(now: number): void {
    for (;;) {
      const waiter = this.#deadlines.peek();
      if (waiter === undefined || waiter.deadline > now) break;
      // What was ready at the deadline was ready in time.
      const wakeAt = this.#queues.get(waiter.lane)?.wakeAt ?? Infinity;
      if (wakeAt <= waiter.deadline) this.dispatch(waiter.lane, now);
      if (waiter.isQueued) this.#timeOut(waiter, now);
    }
    for (const [lane, { wakeAt }] of [...this.#queues]) {
      if (wakeAt <= now) this.dispatch(lane, now);
    }
  }

  rejectAll(error: Error): void {
    for (const { waiters } of [...this.#queues.values()]) {
      for (let each = waiters.after(undefined); each !== undefined; ) {
        this.#reject(each, error);
        each = waiters.after(undefined);
      }
    }
  }

  /** The error that ends a wait which no time would end; `undefined` while there is hope. */
  hopeless(call: Call, lane: Lane, now: number, trail: readonly Attempt[]): Error | undefined {
    if (lane.canServe(call)) return lane.excessOf(call);
    const explanation = this.#options.explain(call, lane, now);
    const { retryAt } = explanation;
    const retryAfterMs = retryAt === undefined ? undefined : Math.max(0, retryAt - now);
    const details = { retryAfterMs, explanation, trail };
    return new NoKeyAvailableError('No key can serve this call', details);
  }

  #listen(waiter: Waiter, signal: AbortSignal): void {
    const onAbort = () => {
      this.#leave(waiter);
      this.#recheck(waiter.lane, this.#options.now());
      waiter.reject(signal.reason);
      this.#options.onWaitersChanged();
    };
    this.#aborts.add(signal, onAbort);
    waiter.stopListening = () => this.#aborts.delete(signal, onAbort);
  }

  #enter(waiter: Waiter, now: number): void {
    const { lane, call } = waiter;
    const queue = this.#queues.get(lane) ?? newQueue();
    this.#queues.set(lane, queue);
    queue.waiters.add(waiter);
    if (isPlain(call)) queue.plain += 1;
    lane.waiting += 1;
    this.#size += 1;
    if (waiter.deadline < Infinity) this.#deadlines.set(waiter);
    // Nothing has changed since as small a call was refused: asking again would be in vain. But a seat
    // that is kept for those behind is none for who comes before them.
    const isAhead = queue.withheld.size > 0 && queue.waiters.after(waiter) !== undefined;
    if (isAhead || now >= queue.wakeAt || !isRefused(call, queue)) this.dispatch(lane, now);
    this.#options.onWaitersChanged();
  }

  /** Returns whether the wait is over, one way or the other. */
  #serve(waiter: Waiter, queue: LaneQueue, now: number): boolean {
    const { call, lane, since, trail } = waiter;
    let lease: PoolLease | undefined;
    try {
      lease = this.#options.lease(call, lane, now, since, queue.withheld);
    } catch (error) {
      // A selector of the caller's own: this waiter asked it, nobody else is to suffer.
      this.#reject(waiter, error);
      return true;
    }
    if (lease !== undefined) {
      this.#leave(waiter);
      waiter.resolve(lease);
      this.#options.onServed(lease);
      return true;
    }
    const hopeless = this.hopeless(call, lane, now, trail);
    if (hopeless === undefined) this.#note(call, lane, queue, now);
    else this.#reject(waiter, hopeless);
    return hopeless !== undefined;
  }

  /** Nobody can serve the call now: notes when that changes, and who is not to be asked meanwhile. */
  #note(call: Call, lane: Lane, queue: LaneQueue, now: number): void {
    const { seat, readyAt } = lane.earliest(call, now, queue.withheld);
    const isDeclined = readyAt <= now;
    queue.wakeAt = Math.min(queue.wakeAt, isDeclined ? now + DECLINED_MS : readyAt);
    if (isDeclined) return;
    const isPinned = call.request.key !== undefined;
    if (seat !== undefined && (isPinned || queue.withheld.size === 0)) {
      queue.withheld.set(seat, readyAt);
    }
    if (isPinned || call.excluded !== undefined) return;
    queue.refused = queue.refused === NONE_REFUSED ? [call.cost] : [...queue.refused, call.cost];
  }

  /** A cost that became hopeless while it waited behind a smaller one. */
  #rejectExcess(waiter: Waiter, { refused }: LaneQueue): void {
    // The one that was refused was not hopeless, so nobody is who asks for the same.
    if (refused.some((cost) => isSameCost(cost, waiter.call.cost))) return;
    const excess = waiter.lane.excessOf(waiter.call);
    if (excess !== undefined) this.#reject(waiter, excess);
  }

  #timeOut(waiter: Waiter, now: number): void {
    const { call, lane, trail } = waiter;
    const queue = this.#queues.get(lane);
    const isFirst = queue?.waiters.after(undefined) === waiter;
    const withheld = isFirst ? undefined : queue?.withheld;
    const explanation = this.#options.explain(call, lane, now, withheld);
    const readyAt = earliest(call, lane, now, withheld);
    const retryAfterMs = readyAt === Infinity ? undefined : Math.max(0, readyAt - now);
    const waitedMs = waiter.deadline - waiter.since;
    const error = new AcquireTimeoutError(waitedMs, { retryAfterMs, explanation, trail });
    this.#reject(waiter, error);
    // What this frees was free at the deadline: whose own is later was in time for it.
    this.#recheck(lane, waiter.deadline);
  }

  #reject(waiter: Waiter, error: unknown): void {
    this.#leave(waiter);
    waiter.reject(error);
  }

  #leave(waiter: Waiter): void {
    waiter.stopListening?.();
    this.#deadlines.delete(waiter);
    this.#size -= 1;
    waiter.lane.waiting -= 1;
    const queue = this.#queues.get(waiter.lane);
    if (queue === undefined) return;
    queue.waiters.delete(waiter);
    if (isPlain(waiter.call)) queue.plain -= 1;
    if (queue.waiters.size === 0) this.#queues.delete(waiter.lane);
  }

  /** Somebody gave up: the seat that was withheld for them is free for whoever is first now. */
  #recheck(lane: Lane, now: number): void {
    const queue = this.#queues.get(lane);
    if (queue !== undefined) queue.wakeAt = now;
  }
}

/** When the call could be served: by a seat that saves up for another, not before that one. */
export function earliest(
  call: Call,
  lane: Lane,
  now: number,
  withheld: Withheld = NONE_WITHHELD,
): number {
  const { seat, readyAt } = lane.earliest(call, now);
  const keptUntil = seat === undefined ? undefined : withheld.get(seat);
  if (keptUntil === undefined) return readyAt;
  return Math.min(lane.earliest(call, now, withheld).readyAt, Math.max(readyAt, keptUntil));
}

const NONE_WITHHELD: Withheld = new Map();

/** Who waits in one lane, and how the latest dispatch ended. */
interface LaneQueue {
  readonly waiters: WaitQueue;
  /** How many of them ask for the smallest call, of any key. */
  plain: number;
  /** When the next dispatch is due. */
  wakeAt: number;
  readonly withheld: Map<PoolSeat, number>;
  /** Costs that no seat could serve: larger ones need not be tried. */
  refused: readonly Cost[];
}

/** Shared, since it is where every dispatch begins. */
const NONE_REFUSED: readonly Cost[] = [];

function newQueue(): LaneQueue {
  const waiters = new WaitQueue();
  return { waiters, plain: 0, wakeAt: -Infinity, withheld: new Map(), refused: NONE_REFUSED };
}

/** Whether the one key that will do saves up for somebody who came first. */
function isWithheldFrom({ call, lane }: Waiter, { withheld }: LaneQueue): boolean {
  const { key } = call.request;
  if (key === undefined || withheld.size === 0) return false;
  const seat = lane.pinnedSeat(key);
  return seat !== undefined && withheld.has(seat);
}

function isRefused({ cost, request, excluded }: Call, { refused }: LaneQueue): boolean {
  // What was refused to others says nothing of a call that has keys of its own choosing.
  if (request.key !== undefined || excluded !== undefined) return false;
  return refused.some(
    (least) =>
      cost.tokens >= least.tokens &&
      cost.inputTokens >= least.inputTokens &&
      cost.outputTokens >= least.outputTokens,
  );
}
