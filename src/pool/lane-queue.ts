import { isSameCost } from '../limiter/dimensions.js';
import type { Cost } from '../limiter/limiter.js';
import { type Call, isPlain } from './call.js';
import type { Lane, Withheld } from './lane.js';
import type { PoolSeat } from './pool-seat.js';
import { type Waiter, WaitQueue } from './wait-queue.js';

/** When to ask again a selector that declined although a seat could serve. */
const DECLINED_MS = 100;
/** Shared, since it is where every dispatch begins. */
const NONE_REFUSED: readonly Cost[] = [];

/** Who waits in one lane, and what the latest dispatch found out. */
export class LaneQueue {
  readonly waiters = new WaitQueue();
  /** When the next dispatch is due. */
  wakeAt = -Infinity;
  /** How many ask for the smallest call, of any key. */
  #plain = 0;
  readonly #withheld = new Map<PoolSeat, number>();
  /** Costs that no seat could serve: larger ones need not be tried. */
  #refused = NONE_REFUSED;

  get withheld(): Withheld {
    return this.#withheld;
  }

  add(waiter: Waiter): void {
    this.waiters.add(waiter);
    if (isPlain(waiter.call)) this.#plain += 1;
  }

  delete(waiter: Waiter): void {
    this.waiters.delete(waiter);
    if (isPlain(waiter.call)) this.#plain -= 1;
  }

  /** A dispatch begins: what the one before found out holds no longer. */
  begin(): void {
    this.wakeAt = Infinity;
    this.#withheld.clear();
    this.#refused = NONE_REFUSED;
  }

  /** Nobody can serve the call now: notes when that changes, and who is not to be asked meanwhile. */
  note(call: Call, lane: Lane, now: number): void {
    const { seat, readyAt } = lane.earliest(call, now, this.#withheld);
    const isDeclined = readyAt <= now;
    this.wakeAt = Math.min(this.wakeAt, isDeclined ? now + DECLINED_MS : readyAt);
    if (isDeclined) return;
    const isPinned = call.request.key !== undefined;
    if (seat !== undefined && (isPinned || this.#withheld.size === 0)) {
      this.#withheld.set(seat, readyAt);
    }
    if (isPinned || call.excluded !== undefined) return;
    this.#refused = this.#refused === NONE_REFUSED ? [call.cost] : [...this.#refused, call.cost];
  }

  /** Whether the one key that will do saves up for somebody who came first. */
  isWithheldFrom({ call, lane }: Waiter): boolean {
    const { key } = call.request;
    if (key === undefined || this.#withheld.size === 0) return false;
    const seat = lane.pinnedSeat(key);
    return seat !== undefined && this.#withheld.has(seat);
  }

  /** Whether no seat could serve as small a call. */
  isRefused({ cost, request, excluded }: Call): boolean {
    // What was refused to others says nothing of a call that has keys of its own choosing.
    if (request.key !== undefined || excluded !== undefined) return false;
    return this.#refused.some(
      (least) =>
        cost.tokens >= least.tokens &&
        cost.inputTokens >= least.inputTokens &&
        cost.outputTokens >= least.outputTokens,
    );
  }

  /** Whether a call of just this cost was refused. */
  isRefusedExactly({ cost }: Call): boolean {
    return this.#refused.some((refused) => isSameCost(refused, cost));
  }

  /** Whether all are alike: what no seat could serve of the first, none can of the others. */
  get isRefusedToAll(): boolean {
    return this.#refused.length > 0 && this.#plain === this.waiters.size;
  }
}
