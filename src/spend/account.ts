import type { SpendProbeError } from '../core/errors.js';
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
import type { SpendCheck } from './report.js';
import type { SpendReading } from './spend-probe.js';

/** The first pause after a failed probe; it doubles. */
const FIRST_PAUSE_MS = 5_000;

/** What came of asking a provider about an account. */
export type Answer =
  | { readonly kind: 'reading'; readonly reading: SpendReading }
  | { readonly kind: 'failed'; readonly error: SpendProbeError }
  /** The ledger alone has to tell: asking is not allowed now, or there is no time to wait. */
  | { readonly kind: 'unasked' }
  | { readonly kind: 'stopped' };

/** Keys that are paid from one purse, and what is known of it. A key that shares none has its own. */
export class Account {
  /** As the caller named it; `undefined` for a key's own. */
  readonly name: string | undefined;
  readonly keyIds = new Set<string>();
  readonly ledger: Ledger;
  readonly burn = new BurnRate();
  readonly lagMs: number;
  reading: SpendReading | undefined;
  /** When it is checked next, in epoch milliseconds. */
  dueAt = Infinity;
  /** When the provider was last asked. */
  askedAt = -Infinity;
  /** The provider is not asked before: it said so, or it failed. */
  retryAt = -Infinity;
  /** When a cost was last recorded. */
  recordedAt = -Infinity;
  /** Probes that failed in a row. */
  failures = 0;
  /** At so much unseen spend, the account is looked at before its turn. */
  mark = Infinity;
  /** The check under way, by key id. */
  running: Promise<ReadonlyMap<string, SpendCheck>> | undefined;
  /** Ends the wait for the provider with another answer. */
  interrupt: ((answer: Answer) => void) | undefined;

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
    const meter = meterOf(reading);
    if (meter !== undefined) this.burn.read(meter, reading.asOf);
    this.ledger.seen(reading.asOf);
    this.reading = reading;
    return before !== undefined && isReset(before, reading);
  }

  /** Says nothing of the keys: only when to ask again. */
  failed({ retryAfterMs = 0 }: SpendProbeError, now: number, longestMs: number): void {
    const pauseMs = Math.min(longestMs, FIRST_PAUSE_MS * 2 ** Math.min(this.failures, 20));
    this.failures += 1;
    this.retryAt = retryAfterMs > 0 ? now + retryAfterMs : -Infinity;
    this.pauseMs = Math.max(pauseMs, retryAfterMs);
  }

  /** How long the schedule waits after the newest failure. */
  pauseMs = 0;

  room(rules: BudgetRules): Room {
    const { reading } = this;
    if (reading === undefined) return { toThreshold: Infinity, toLimit: Infinity };
    return roomIn(reading, this.ledger.unseen, rules);
  }

  /** The next look before its turn: when `share` of the room is spent by the ledger. */
  aim(rules: BudgetRules, share: number): void {
    const { toThreshold } = this.room(rules);
    // What is over already was acted on.
    this.mark = toThreshold > 0 ? this.ledger.unseen + share * toThreshold : Infinity;
  }
}
