import type { SpendProbeError } from '../core/errors.js';
import { OUT } from '../core/heap.js';
import {
  type BudgetRules,
  hasFallen,
  isReset,
  isSameKind,
  meterOf,
  type Room,
  roomIn,
} from './budget.js';
import { BurnRate } from './burn-rate.js';
import { Ledger } from './ledger.js';
import type { Checks } from './report.js';
import type { SpendReading } from './spend-probe.js';

/** The first pause after a failed probe; it doubles. */
const FIRST_PAUSE_MS = 5_000;
/** A longer Retry-After is asked about hourly: a budget may be used up meanwhile. */
const LONGEST_PAUSE_MS = 3_600_000;

/** What came of asking a provider about an account. */
export type Answer =
  | { readonly kind: 'reading'; readonly reading: SpendReading; readonly askedId: string }
  | { readonly kind: 'failed'; readonly error: SpendProbeError }
  /** The ledger alone has to tell: asking is not allowed now, or there is no time to wait. */
  | { readonly kind: 'unasked' }
  | { readonly kind: 'stopped' };

/** The provider is being asked. */
export interface OpenQuestion {
  /** Ends the wait with another answer. */
  interrupt(answer: Answer): void;
}

/** Why a key of the account serves no longer, as far as money goes. */
export interface Parking {
  /** By this checker's word; else by the provider's, to a call. */
  readonly isOwn: boolean;
  /** The last reading from before; `undefined` where there was none. */
  readonly before: SpendReading | undefined;
}

/** Keys that are paid from one purse, and what is known of it. A key that shares none has its own. */
export class Account {
  /** As the caller named it; `undefined` for a key's own. */
  readonly name: string | undefined;
  readonly keyIds = new Set<string>();
  readonly ledger: Ledger;
  readonly burn = new BurnRate();
  readonly lagMs: number;
  reading: SpendReading | undefined;
  /** The reading before. */
  previous: SpendReading | undefined;
  /** Its keys that replaced others of its keys for want of money: another backup would not help. */
  readonly heirs = new Set<string>();
  /** Its keys that wait for money, by id. */
  readonly parkings = new Map<string, Parking>();
  /** When it is checked next, in epoch milliseconds. */
  dueAt = Infinity;
  /** Its place in the agenda. */
  heapPlace = OUT;
  /** When the provider was last asked. */
  askedAt = -Infinity;
  /** The provider is not asked before: it said so, or it failed. */
  retryAt = -Infinity;
  /** When a cost was last recorded. */
  recordedAt = -Infinity;
  /** Probes that failed in a row. */
  failures = 0;
  /** How long the schedule waits after the newest failure. */
  pauseMs = 0;
  /** At so much unseen spend, the account is looked at before its turn. */
  mark = Infinity;
  /** The check under way. */
  running: Promise<Checks> | undefined;
  /** The room was used up while a check could not be told so: another has to follow. */
  mustLookAgain = false;
  /** What the provider is being asked. */
  question: OpenQuestion | undefined;

  constructor(name: string | undefined, lagMs: number) {
    this.name = name;
    this.lagMs = lagMs;
    this.ledger = new Ledger(lagMs);
  }

  /** Takes a reading in. Returns whether money came back since the one before. */
  land(reading: SpendReading): boolean {
    const before = this.reading;
    this.failures = 0;
    // Answers may overtake each other; the older one says nothing new.
    if (before !== undefined && reading.asOf < before.asOf) return false;
    const isOther =
      before === undefined || !isSameKind(before, reading) || hasFallen(before, reading);
    if (isOther) this.burn.restart();
    if (before !== undefined && hasFallen(before, reading)) this.ledger.restart(before.asOf);
    const meter = meterOf(reading);
    if (meter !== undefined) this.burn.read(meter, reading.asOf);
    this.ledger.seen(reading.asOf);
    this.previous = before;
    this.reading = reading;
    return before !== undefined && isReset(before, reading);
  }

  /** Says nothing of the keys: only when to ask again. */
  failed({ retryAfterMs = 0 }: SpendProbeError, now: number, longestMs: number): void {
    const pauseMs = Math.min(longestMs, FIRST_PAUSE_MS * 2 ** Math.min(this.failures, 20));
    // Anybody's probe may have said it.
    const statedMs = retryAfterMs > 0 ? Math.min(retryAfterMs, LONGEST_PAUSE_MS) : 0;
    this.failures += 1;
    this.retryAt = statedMs > 0 ? now + statedMs : -Infinity;
    this.pauseMs = Math.max(pauseMs, statedMs);
  }

  /** From when on the provider may be asked, for all that it said before. */
  askableAt(minIntervalMs: number): number {
    return Math.max(this.retryAt, this.askedAt + minIntervalMs);
  }

  room(rules: BudgetRules): Room {
    const { reading } = this;
    if (reading === undefined) return { toThreshold: Infinity, toLimit: Infinity };
    return roomIn(reading, this.ledger.unseen, rules);
  }

  /**
   * When its keys are worth a look that were parked for what the ledger alone holds against them: all
   * that was recorded has lapsed by then. `undefined` where that is not why they are parked.
   */
  lapsesAt(rules: BudgetRules): number | undefined {
    const { reading, ledger, lagMs } = this;
    const isParked = [...this.parkings.values()].some(({ isOwn }) => isOwn);
    if (!isParked || reading === undefined || ledger.newestAt === undefined) return undefined;
    const isHeld = this.room(rules).toThreshold <= 0 && roomIn(reading, 0, rules).toThreshold > 0;
    return isHeld ? ledger.newestAt + lagMs : undefined;
  }

  /** The next look before its turn: when `share` of the room is spent by the ledger. */
  aim(rules: BudgetRules, share: number): void {
    const { toThreshold, toLimit } = this.room(rules);
    const room = toThreshold > 0 ? share * toThreshold : toLimit;
    // What is over the limit was acted on.
    this.mark = room > 0 ? this.ledger.unseen + room : Infinity;
  }

  /** Whether a key that was parked for money may serve again, by the newest reading. */
  isRefunded(id: string): boolean {
    const parking = this.parkings.get(id);
    if (parking === undefined || this.reading === undefined) return false;
    const { isOwn, before } = parking;
    return isOwn || before === undefined || isReset(before, this.reading);
  }
}
