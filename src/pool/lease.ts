import { DIMENSIONS } from '../core/dimensions.js';
import { InvalidOptionError } from '../core/errors.js';
import { isRecord, nonNegative } from '../core/options.js';
import type { Linked } from '../core/recency-list.js';
import type { Secret } from '../core/secret.js';
import type { Failure, FailureClass } from '../failure/failure.js';
import type { KeyView } from '../key/key.js';
import type { Usage } from '../limiter/limiter.js';
import type { QuotaReservation } from '../limiter/quota-limiter.js';
import type { LimitUpdate, ResponseFacts } from '../limits/limit-update.js';
import { NO_TICKETS, type Ticket } from './cooldowns.js';
import type { KeyRecord } from './key-record.js';
import type { Lane } from './lane.js';
import type { PoolSeat, SeatLease } from './pool-seat.js';

/** What a response meant, and what the pool did about it. */
export interface Verdict {
  readonly failure: Failure;
  readonly limits: LimitUpdate;
  /** `cooled`: something rests. `rotating`: a backup replaces the key. `parked`: it leases no more. */
  readonly action: 'none' | 'cooled' | 'rotating' | 'parked';
}

/** The right to use a key until it is released. */
export interface Lease extends Disposable {
  /** The key's id. */
  readonly id: string;
  /** The key as it was when this was first read. */
  readonly key: KeyView;
  readonly secret: Secret;
  /** When the pool takes the lease back, in epoch milliseconds. */
  readonly expiresAt: number;
  /** Tells the pool how the provider answered: it learns limits, and rests what was refused. */
  observe(response: ResponseFacts): Verdict;
  /**
   * Replaces the reserved cost by the real one. Said again before the release, the last word
   * counts; after the release, only if nothing was said before. `undefined` says nothing, so that
   * what a preset's `readUsage` finds can be passed on; so does an object without fields.
   * @throws InvalidOptionError when a figure is not a finite number of 0 or above, or no field is known
   */
  settle(usage: Usage | undefined): void;
  /** Starts the time to live anew, for long streams. */
  renew(): void;
  /** Gives the lease back. Only the first call counts. */
  release(): void;
}

/** What a lease needs of its pool. */
export interface LeaseKeeper {
  observe(lease: PoolLease, response: ResponseFacts): Verdict;
  settle(lease: PoolLease, usage: Usage): void;
  renew(lease: PoolLease): number;
  release(lease: PoolLease): void;
  view(key: KeyRecord): KeyView;
}

const inspect = Symbol.for('nodejs.util.inspect.custom');

/** How a call was answered. */
interface Answer {
  readonly class: FailureClass;
  readonly status: number;
  readonly message: string | undefined;
  readonly action: Verdict['action'];
  /** Milliseconds from the lease to the answer. */
  readonly ms: number;
}

export class PoolLease implements Lease, Linked<PoolLease> {
  readonly lane: Lane;
  readonly waitedMs: number;
  /** Its neighbours among the leases that are out. */
  older: PoolLease | undefined = undefined;
  newer: PoolLease | undefined = undefined;
  readonly #taken: SeatLease;
  readonly #keeper: LeaseKeeper;
  #tickets: readonly Ticket[];
  #expiresAt: number;
  #key: KeyView | undefined;
  #usage: Usage | undefined;
  #answer: Answer | undefined;
  #isReleased = false;

  // No record of options: it would be garbage with every call.
  constructor(
    keeper: LeaseKeeper,
    lane: Lane,
    taken: SeatLease,
    waitedMs: number,
    expiresAt: number,
  ) {
    this.lane = lane;
    this.#taken = taken;
    this.#tickets = taken.tickets;
    this.waitedMs = waitedMs;
    this.#keeper = keeper;
    this.#expiresAt = expiresAt;
  }

  get id(): string {
    return this.record.id;
  }

  get record(): KeyRecord {
    return this.#taken.key;
  }

  get reservation(): QuotaReservation {
    return this.#taken.reservation;
  }

  get leasedAt(): number {
    return this.#taken.reservation.sentAt;
  }

  /** The key's seat, which is another than at first where its group turned out to be another's. */
  get seat(): PoolSeat | undefined {
    const { seat, key } = this.#taken;
    return seat.isIn && seat.group === key.group ? seat : this.lane.seatOf(key.group);
  }

  get key(): KeyView {
    // Built when somebody looks: most callers want the secret only.
    this.#key ??= this.#keeper.view(this.record);
    return this.#key;
  }

  get secret(): Secret {
    return this.record.secret;
  }

  get expiresAt(): number {
    return this.#expiresAt;
  }

  /** Whether the real cost was said. */
  get isSettled(): boolean {
    return this.#usage !== undefined;
  }

  get hasTickets(): boolean {
    return this.#tickets.length > 0;
  }

  /** Its part in rests that are ending, once: whoever takes them says how the call ended. */
  takeTickets(): readonly Ticket[] {
    const tickets = this.#tickets;
    this.#tickets = NO_TICKETS;
    return tickets;
  }

  /** How the call was answered first, for statistics; `undefined` while it was not. */
  get answer(): Answer | undefined {
    return this.#answer;
  }

  answered(failure: Failure, status: number, action: Verdict['action'], now: number): void {
    const { class: failureClass, message } = failure;
    this.#answer ??= { class: failureClass, status, message, action, ms: now - this.leasedAt };
  }

  observe(response: ResponseFacts): Verdict {
    if (!isRecord(response) || typeof response.status !== 'number') {
      throw new InvalidOptionError('response', 'a response with a status and headers', response);
    }
    return this.#keeper.observe(this, response);
  }

  settle(usage: Usage | undefined): void {
    if (usage === undefined) return;
    const checked = checkedUsage(usage);
    if (checked === undefined) return;
    if (this.#isReleased && this.#usage !== undefined) return;
    this.#usage = mergedUsage(this.#usage, checked);
    this.#keeper.settle(this, this.#usage);
  }

  renew(): void {
    if (!this.#isReleased) this.#expiresAt = this.#keeper.renew(this);
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#keeper.release(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** For logs: neither its pool nor its neighbours. */
  toJSON(): object {
    const { id, lane, leasedAt, expiresAt } = this;
    return { id, modelClass: lane.modelClass, leasedAt, expiresAt };
  }

  [inspect](): string {
    return `[Lease of ${this.id}]`;
  }
}

/** The later word, and what only the earlier one spoke of. */
function mergedUsage(earlier: Usage | undefined, later: Usage): Usage {
  if (earlier === undefined) return later;
  const saysHalves = later.inputTokens !== undefined || later.outputTokens !== undefined;
  if (!saysHalves) return { ...earlier, ...later };
  const { tokens: _outdated, ...halves } = earlier;
  return { ...halves, ...later };
}

/** `undefined` where it says nothing. */
function checkedUsage(usage: Usage): Usage | undefined {
  if (!isRecord(usage)) throw new InvalidOptionError('usage', 'an object', usage);
  const { requests, tokens, inputTokens, outputTokens } = usage;
  if (isAmount(requests) && isAmount(tokens) && isAmount(inputTokens) && isAmount(outputTokens)) {
    const isSilent = (requests ?? tokens ?? inputTokens ?? outputTokens) === undefined;
    return isSilent ? silence(usage) : usage;
  }
  for (const dimension of DIMENSIONS) {
    if (!isAmount(usage[dimension])) nonNegative(`usage.${dimension}`, usage[dimension]);
  }
  return usage;
}

/** Another library's words for it would otherwise be taken for silence. */
function silence(usage: Usage): undefined {
  const names = Object.keys(usage);
  // A preset's estimate may name the model alone.
  const isKnown = (name: string) => name === 'model' || DIMENSIONS.some((each) => each === name);
  if (names.length === 0 || names.some(isKnown)) return undefined;
  const expected = `one of ${DIMENSIONS.join(', ')}`;
  throw new InvalidOptionError('usage', expected, undefined, names.slice(0, 5).join(', '));
}

function isAmount(amount: unknown): boolean {
  return amount === undefined || (typeof amount === 'number' && amount >= 0 && amount < Infinity);
}
