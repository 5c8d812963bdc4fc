import { isRecord } from '../core/options.js';
import { classify } from '../failure/classify.js';
import type { Failure } from '../failure/failure.js';
import type { CooldownScope, Dimension } from '../key/key.js';
import type { Usage } from '../limiter/limiter.js';
import type { LimitUpdate, ResponseFacts } from '../limits/limit-update.js';
import type { Announcer } from './announcer.js';
import type { CooldownRecord } from './cooldowns.js';
import type { KeyRecord } from './key-record.js';
import type { PoolLease, Verdict } from './lease.js';
import { LossCap } from './loss-cap.js';
import type { Settings } from './options.js';
import { Outages } from './outages.js';
import type { Replacer } from './replacer.js';
import type { Roster } from './roster.js';
import { withoutSecret } from './without-secret.js';

/** Failures of the host in a row, with no good answer between, before every key waits for it. */
const HOST_STRIKES = 3;
/** How long others go first, after a key asked in vain whether an outage is over. */
const ASKED_MS = 10_000;
/** Of a limit that is used up so far, a refusal is no surprise. */
const NEARLY_FULL = 0.9;
/** A rest that a further refusal prolongs by less is not worth a second event. */
const SAME_REST_MS = 1_000;

const NOTHING: Usage = { requests: 0, tokens: 0, inputTokens: 0, outputTokens: 0 };

/** What a response means for the key, its group and the host, and what follows from it. */
export class Judge {
  readonly #settings: Settings;
  readonly #roster: Roster;
  readonly #announce: Announcer;
  readonly #outages: Outages;
  readonly #losses: LossCap;
  readonly #replacer: Replacer | undefined;
  /** Which group first reported an organisation, to notice when a second one does. */
  readonly #reportedBy = new Map<string, string>();
  readonly #suspected = new Set<string>();
  #hostFailures = 0;

  /** @param replacer - absent where there is no store */
  constructor(
    settings: Settings,
    roster: Roster,
    announce: Announcer,
    replacer: Replacer | undefined,
  ) {
    this.#replacer = replacer;
    this.#settings = settings;
    this.#roster = roster;
    this.#announce = announce;
    this.#losses = new LossCap(settings.lossCap);
    this.#outages = new Outages(settings.provider, roster, announce, replacer);
  }

  observe(lease: PoolLease, response: ResponseFacts, now: number): Verdict {
    const { provider, failureRules: rules } = this.#settings;
    const { status, headers } = response;
    const body = isStream(response.body) ? undefined : response.body;
    const answered = { status, headers, body, now };
    const facts = { provider: provider.name, ...answered, rules, secret: lease.secret };
    const limits = this.#ask('readLimits', () => provider.readLimits(answered)) ?? {};
    const said = this.#ask('classify', () => provider.classify(facts)) ?? classify(facts);
    const failure = withoutSecret(said, lease.secret);
    this.#learn(lease, limits, now);
    const { answer } = lease;
    // Observed twice, it is one answer still: nothing is counted twice.
    const action =
      answer?.class === failure.class ? answer.action : this.#act(lease, failure, limits, now);
    this.leave(lease, failure.class === 'ok', now);
    lease.answered(failure, status, action, now);
    return { failure, limits, action };
  }

  /** The caller says that the host is to be asked again. */
  trustHost(record: KeyRecord, now: number): void {
    const { host } = this.#roster;
    this.#hostFailures = 0;
    this.#outages.reset();
    for (const key of this.#roster.keys()) this.#hearAgain(key, now);
    if (host.current === undefined) return;
    host.clear();
    this.#recovered(record, 'host', now);
  }

  /** The key asked in vain whether the host is back, and need not stand back any more. */
  #hearAgain(key: KeyRecord, now: number): void {
    if ((key.askAgainAt ?? now) <= now) return;
    key.askAgainAt = undefined;
    this.#roster.refresh(key.group, now);
  }

  /** The call is answered, or over: what it asked about, or was let out for, is open to others. */
  leave(lease: PoolLease, isGood: boolean, now: number): void {
    const tickets = lease.takeTickets();
    if (tickets.length === 0) return;
    for (const ticket of tickets) ticket.rest.leave(ticket, isGood, now);
    this.#roster.refresh(lease.record.group, now);
    if (tickets.some(({ rest }) => rest === this.#roster.host)) this.#roster.hostChanged();
  }

  /** A provider may be the caller's own: what it throws costs nobody the response. */
  #ask<Answer>(what: string, ask: () => Answer): Answer | undefined {
    try {
      return ask();
    } catch (error) {
      this.#settings.logger.error({ what, error }, 'A provider could not read a response');
      return undefined;
    }
  }

  #learn(lease: PoolLease, limits: LimitUpdate, now: number): void {
    const { record, lane, reservation } = lease;
    if (limits.group !== undefined) this.#discover(record, limits.group, now);
    const limiter = lane.seatOf(record.group)?.limiter ?? reservation.limiter;
    const hasChanged = limiter.learn(limits, now, reservation);
    if (hasChanged) this.#announce.limitsLearned(record, lane.modelClass, () => limiter.view(now));
  }

  #discover(record: KeyRecord, organisation: string, now: number): void {
    // Names of groups are shown, and an answer may say anything.
    if (organisation.includes(record.secret.reveal())) return;
    if (!record.isGroupDeclared) this.#roster.join(record, organisation, now);
    const group = record.group.name;
    const earlier = this.#reportedBy.get(organisation);
    if (earlier === undefined) this.#reportedBy.set(organisation, group);
    else if (earlier !== group) this.#suspect(earlier, group, organisation);
  }

  #suspect(earlier: string, group: string, organisation: string): void {
    const pair = JSON.stringify([earlier, group, organisation]);
    if (this.#suspected.has(pair)) return;
    this.#suspected.add(pair);
    this.#announce.groupSuspected([earlier, group], organisation);
  }

  #act(lease: PoolLease, failure: Failure, limits: LimitUpdate, now: number): Verdict['action'] {
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
    const { host } = this.#roster;
    const ended = (rest: CooldownRecord | undefined, scope: CooldownScope): void => {
      if (rest?.succeeded(sentAt, now) === true) this.#recovered(record, scope, now);
    };
    ended(record.rest, 'key');
    ended(seat?.ownRestOf(record), 'key-model');
    ended(group.rest, 'group');
    ended(seat?.rest, 'group-model');
    ended(host, 'host');
    if (seat !== undefined) lane.refresh(seat, now);
  }

  #recovered(record: KeyRecord, scope: CooldownScope, now: number): void {
    if (scope === 'host') this.#roster.hostChanged();
    else this.#roster.refresh(record.group, now);
    this.#announce.recovered(record, scope);
  }

  /** A good answer may say that the next one would not be (Azure, as 200 with a debt). */
  #overdrawn(lease: PoolLease, limits: LimitUpdate, now: number): Verdict['action'] {
    const seat = lease.lane.seatOf(lease.record.group);
    if (limits.retryAfterMs === undefined || seat === undefined) return 'none';
    const rest = { rest: seat.cooldown, scope: 'group-model', reason: 'overdrawn' } as const;
    this.#cool(lease, { ...rest, statedMs: limits.retryAfterMs }, now);
    return 'cooled';
  }

  #refused(
    lease: PoolLease,
    failure: Failure,
    limits: LimitUpdate,
    statedMs: number | undefined,
    now: number,
  ): Verdict['action'] {
    const { reservation, record } = lease;
    // A refusal that was due, or that says what is left or how long to wait, is the group's own.
    const isOwn =
      statedMs !== undefined ||
      failure.class === 'quota_exhausted' ||
      showsWhatIsLeft(limits) ||
      reservation.limiter.load(now) >= NEARLY_FULL;
    giveBack(lease, now);
    const groups = () => this.#roster.groups();
    const isOfHost = !isOwn && this.#outages.isOne(record.group, failure, groups, lease, now);
    if (isOfHost) return this.#outageGoesOn(lease, failure, now);
    reservation.limiter.refused(reservation, now);
    this.#cool(lease, { ...restFor(lease, failure), reason: failure.class, statedMs }, now);
    return 'cooled';
  }

  #hostFailed(
    lease: PoolLease,
    failure: Failure,
    statedMs: number | undefined,
    now: number,
  ): Verdict['action'] {
    this.#hostFailures += 1;
    if (statedMs === undefined && this.#hostFailures < HOST_STRIKES) return 'none';
    return this.#hostRests(lease, failure, statedMs, now);
  }

  #hostRests(
    lease: PoolLease,
    failure: Failure,
    statedMs: number | undefined,
    now: number,
  ): Verdict['action'] {
    const rest = { rest: this.#roster.host, scope: 'host', reason: failure.class } as const;
    this.#cool(lease, { ...rest, statedMs }, now);
    return 'cooled';
  }

  /** The host rests; the next to ask whether it is back is a key that did not ask yet. */
  #outageGoesOn(lease: PoolLease, failure: Failure, now: number): Verdict['action'] {
    lease.record.askAgainAt = now + ASKED_MS;
    this.#roster.refresh(lease.record.group, now);
    return this.#hostRests(lease, failure, undefined, now);
  }

  #condemned(lease: PoolLease, failure: Failure, now: number): Verdict['action'] {
    const { record } = lease;
    const reason = failure.class;
    giveBack(lease, now);
    if (record.isRotating) return 'rotating';
    if (record.exhausted !== undefined) return 'parked';
    const keys = () => this.#roster.keys();
    const isOfHost = this.#outages.isOne(record, failure, keys, lease, now);
    if (isOfHost && !this.#outages.isDoubted(now)) return this.#outageGoesOn(lease, failure, now);
    // Words alone are often wrong: a call that is sent later confirms them.
    if (record.unconfirmed === 0 || lease.leasedAt > (record.unconfirmedAt ?? 0)) {
      record.unconfirmed += 1;
      record.unconfirmedAt = now;
    }
    const isConfirmed = failure.confidence === 'structured' || record.unconfirmed >= 2;
    if (!isConfirmed || !this.#mayLose(record, now)) {
      this.#cool(lease, { rest: record.cooldown, scope: 'key', reason }, now);
      return 'cooled';
    }
    if (this.#replacer !== undefined) {
      this.#replacer.replace(record, reason);
      return 'rotating';
    }
    record.exhausted = reason;
    record.exhaustedAt = now;
    this.#roster.refresh(record.group, now);
    this.#announce.exhausted(record, reason);
    return 'parked';
  }

  #mayLose(record: KeyRecord, now: number): boolean {
    // A parked key can be enabled again, a backup that is used is gone: so a store's keys all count.
    const isForGood = this.#replacer !== undefined;
    if (!isForGood && record.servedAt === undefined) return true;
    let serving = 0;
    for (const key of this.#roster.keys()) {
      if (key.isServing && (isForGood || key.servedAt !== undefined)) serving += 1;
    }
    const mayLose = this.#losses.take(serving, now, isForGood);
    if (!mayLose) {
      const message = 'Rests instead of being given up: lossCap allows no more in its window';
      this.#settings.logger.warn({ id: record.id, serving }, message);
    }
    return mayLose;
  }

  #cool(lease: PoolLease, { rest, statedMs, ...why }: Rest, now: number): void {
    const { record, lane, leasedAt } = lease;
    const earlier = rest.current;
    const cooldown = rest.add({ ...why, sentAt: leasedAt, statedMs }, now);
    if (cooldown === earlier) return;
    if (why.scope === 'host') this.#roster.hostChanged();
    else this.#roster.refresh(record.group, now);
    const isNews = earlier === undefined || cooldown.until - earlier.until >= SAME_REST_MS;
    if (isNews) this.#announce.cooled(record, cooldown, lane.modelClass);
  }
}

/** What rests, and why. */
interface Rest {
  readonly rest: CooldownRecord;
  readonly scope: CooldownScope;
  readonly reason: string;
  readonly dimension?: Dimension | undefined;
  readonly statedMs?: number | undefined;
}

/** Whose rest a refusal is: the key's or its group's, for all models or for the one that was called. */
function restFor(
  { record, lane }: PoolLease,
  { scope, allModels = false, dimension }: Failure,
): Pick<Rest, 'rest' | 'scope' | 'dimension'> {
  const seat = lane.seatOf(record.group);
  if (scope === 'key') {
    return allModels || seat === undefined
      ? { rest: record.cooldown, scope: 'key', dimension }
      : { rest: seat.restOf(record), scope: 'key-model', dimension };
  }
  return allModels || seat === undefined
    ? { rest: record.group.cooldown, scope: 'group', dimension }
    : { rest: seat.cooldown, scope: 'group-model', dimension };
}

function showsWhatIsLeft({ requests, tokens, inputTokens, outputTokens }: LimitUpdate): boolean {
  return [requests, tokens, inputTokens, outputTokens].some(
    (reading) => reading?.remaining !== undefined,
  );
}

/** A call that was not admitted took nothing. */
function giveBack({ reservation }: PoolLease, now: number): void {
  reservation.limiter.settle(reservation, NOTHING, now);
}

/** A body that was not read yet says nothing, and must not be read here. */
function isStream(body: unknown): boolean {
  return (
    isRecord(body) &&
    (typeof body['getReader'] === 'function' || typeof body['pipe'] === 'function')
  );
}
