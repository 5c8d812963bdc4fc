import type { Failure } from '../failure/failure.js';
import type { CooldownScope } from '../key/key.js';
import type { LimitUpdate } from '../limits/limit-update.js';
import type { Announcer } from './announcer.js';
import type { CooldownRecord } from './cooldowns.js';
import { giveBack } from './give-back.js';
import type { KeyRecord } from './key-record.js';
import type { PoolLease, Verdict } from './lease.js';
import { LostKeys } from './lost-keys.js';
import type { Settings } from './options.js';
import { Outages } from './outages.js';
import type { Replacer } from './replacer.js';
import { type Rest, Rests } from './rests.js';
import type { Roster } from './roster.js';

/** Failures of the host in a row, with no good answer between, before every key waits for it. */
const HOST_STRIKES = 3;
/** How long others go first, after a key asked in vain whether an outage is over. */
const ASKED_MS = 10_000;
/** Of a limit that is used up so far, a refusal is no surprise. */
const NEARLY_FULL = 0.9;

type Action = Verdict['action'];

/** What follows from an answer, for the key, its group and the host. */
export class Consequences {
  readonly #roster: Roster;
  readonly #rests: Rests;
  readonly #outages: Outages;
  readonly #lostKeys: LostKeys;
  #hostFailures = 0;

  /** @param replacer - absent where there is no store */
  constructor(
    settings: Settings,
    roster: Roster,
    announce: Announcer,
    replacer: Replacer | undefined,
  ) {
    this.#roster = roster;
    this.#rests = new Rests(roster, announce);
    this.#outages = new Outages(settings.provider, roster, announce, this.#rests, replacer);
    this.#lostKeys = new LostKeys(settings, roster, announce, replacer);
  }

  of(lease: PoolLease, failure: Failure, limits: LimitUpdate, now: number): Action {
    const statedMs = failure.retryAfterMs ?? limits.retryAfterMs;
    if (lease.record.isReplaced) return 'none';
    // By a rule of the caller's own.
    if (failure.class !== 'ok' && failure.scope === 'none') return 'none';
    if (failure.scope === 'host') return this.#hostFailed(lease, failure, statedMs, now);
    switch (failure.class) {
      case 'ok':
        this.#succeeded(lease, now);
        return this.#overdrawn(lease, limits, now);
      case 'rate_limited':
      case 'quota_exhausted':
        return this.#refused(lease, failure, limits, statedMs, now);
      case 'overloaded':
      case 'server_error':
        return this.#hostFailed(lease, failure, statedMs, now);
      case 'invalid_key':
      case 'budget_exceeded':
        return this.#condemned(lease, failure, now);
      case 'forbidden':
      case 'bad_request':
        return 'none';
    }
  }

  /** The caller says that the host is to be asked again. */
  trustHost(record: KeyRecord, now: number): void {
    this.#hostFailures = 0;
    this.#outages.reset();
    for (const key of this.#roster.keys()) this.#hearAgain(key, now);
    this.#rests.endOfHost(record, now);
  }

  /** The key asked in vain whether the host is back, and need not stand back any more. */
  #hearAgain(key: KeyRecord, now: number): void {
    if ((key.askAgainAt ?? now) <= now) return;
    key.askAgainAt = undefined;
    this.#roster.refresh(key.group, now);
  }

  #succeeded(lease: PoolLease, now: number): void {
    const { record, lane, reservation, leasedAt: sentAt } = lease;
    const { group } = record;
    const seat = lane.seatOf(group);
    reservation.limiter.answered(reservation, now);
    record.unconfirmed = 0;
    record.servedAt = now;
    group.servedAt = now;
    this.#hostFailures = 0;
    this.#outages.served(lease, now);
    const end = (rest: CooldownRecord | undefined, scope: CooldownScope): void => {
      if (rest?.succeeded(sentAt, now) === true) this.#rests.ended(record, scope, now);
    };
    end(record.rest, 'key');
    end(seat?.restOf(record), 'key-model');
    end(group.rest, 'group');
    end(seat?.rest, 'group-model');
    end(this.#roster.host, 'host');
    if (seat !== undefined) lane.refresh(seat, now);
  }

  /** A good answer may say that the next one would not be (Azure, as 200 with a debt). */
  #overdrawn(lease: PoolLease, { retryAfterMs: statedMs }: LimitUpdate, now: number): Action {
    const seat = lease.lane.seatOf(lease.record.group);
    if (statedMs === undefined || seat === undefined) return 'none';
    const rest = { rest: seat.ensureRest(), scope: 'group-model', reason: 'overdrawn' } as const;
    return this.#cool(lease, { ...rest, statedMs }, now);
  }

  #refused(
    lease: PoolLease,
    failure: Failure,
    limits: LimitUpdate,
    statedMs: number | undefined,
    now: number,
  ): Action {
    const { reservation, record } = lease;
    // A refusal that was due, or that says what is left or how long to wait, is the group's own.
    const isOwn =
      statedMs !== undefined ||
      failure.class === 'quota_exhausted' ||
      showsWhatIsLeft(limits) ||
      reservation.limiter.load(now) >= NEARLY_FULL;
    giveBack(reservation, now);
    const groups = () => this.#roster.groups();
    const isOfHost =
      !isOwn && this.#outages.isHostsFault(record.group, failure, groups, lease, now);
    if (isOfHost) return this.#outageGoesOn(lease, failure, now);
    reservation.limiter.refused(reservation, now);
    return this.#cool(lease, { ...restFor(lease, failure), statedMs }, now);
  }

  #hostFailed(
    lease: PoolLease,
    failure: Failure,
    statedMs: number | undefined,
    now: number,
  ): Action {
    this.#hostFailures += 1;
    if (statedMs === undefined && this.#hostFailures < HOST_STRIKES) return 'none';
    return this.#coolHost(lease, failure, statedMs, now);
  }

  #condemned(lease: PoolLease, failure: Failure, now: number): Action {
    const { record, reservation } = lease;
    giveBack(reservation, now);
    if (record.isRotating) return 'rotating';
    if (record.exhausted !== undefined) return 'parked';
    const keys = () => this.#roster.keys();
    const isOfHost = this.#outages.isHostsFault(record, failure, keys, lease, now);
    if (isOfHost && !this.#outages.isDoubted(now)) return this.#outageGoesOn(lease, failure, now);
    return (
      this.#lostKeys.giveUp(lease, failure, now) ??
      this.#cool(lease, { rest: record.ensureRest(), scope: 'key', reason: failure.class }, now)
    );
  }

  /** The host rests; the next to ask whether it is back is a key that did not ask yet. */
  #outageGoesOn(lease: PoolLease, failure: Failure, now: number): Action {
    lease.record.askAgainAt = now + ASKED_MS;
    this.#roster.refresh(lease.record.group, now);
    return this.#coolHost(lease, failure, undefined, now);
  }

  #coolHost(
    lease: PoolLease,
    { class: reason }: Failure,
    statedMs: number | undefined,
    now: number,
  ): Action {
    return this.#cool(lease, { rest: this.#roster.host, scope: 'host', reason, statedMs }, now);
  }

  #cool(lease: PoolLease, rest: Rest, now: number): Action {
    this.#rests.begin(lease, rest, now);
    return 'cooled';
  }
}

/** Whose rest a refusal is: the key's or its group's, for all models or for the one that was called. */
function restFor(
  { record, lane }: PoolLease,
  { class: reason, scope, allModels = false, dimension }: Failure,
): Rest {
  const seat = allModels ? undefined : lane.seatOf(record.group);
  if (scope === 'key') {
    return seat === undefined
      ? { rest: record.ensureRest(), scope: 'key', reason, dimension }
      : { rest: seat.ensureRestOf(record), scope: 'key-model', reason, dimension };
  }
  return seat === undefined
    ? { rest: record.group.ensureRest(), scope: 'group', reason, dimension }
    : { rest: seat.ensureRest(), scope: 'group-model', reason, dimension };
}

function showsWhatIsLeft({ requests, tokens, inputTokens, outputTokens }: LimitUpdate): boolean {
  return [requests, tokens, inputTokens, outputTokens].some(
    (reading) => reading?.remaining !== undefined,
  );
}
