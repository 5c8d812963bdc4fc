import { isRecord } from '../core/options.js';
import type { Secret } from '../core/secret.js';
import type { Failure } from '../failure/failure.js';
import type { CooldownScope } from '../key/key.js';
import type { Usage } from '../limiter/limiter.js';
import type { LimitUpdate, ResponseFacts } from '../limits/limit-update.js';
import type { Announcer } from './announcer.js';
import type { CooldownRecord } from './cooldowns.js';
import type { KeyRecord } from './key-record.js';
import type { PoolLease, Verdict } from './lease.js';
import type { Settings } from './options.js';
import type { Roster } from './roster.js';

/** Failures of the host in a row, with no good answer between, before every key waits for it. */
const HOST_STRIKES = 3;

const NOTHING: Usage = { requests: 0, tokens: 0, inputTokens: 0, outputTokens: 0 };

/** What a response means for the key, its group and the host, and what follows from it. */
export class Judge {
  readonly #settings: Settings;
  readonly #roster: Roster;
  readonly #announce: Announcer;
  /** Which group first reported an organisation, to notice when a second one does. */
  readonly #reportedBy = new Map<string, string>();
  readonly #suspected = new Set<string>();
  #hostFailures = 0;

  constructor(settings: Settings, roster: Roster, announce: Announcer) {
    this.#settings = settings;
    this.#roster = roster;
    this.#announce = announce;
  }

  observe(lease: PoolLease, response: ResponseFacts, now: number): Verdict {
    const { provider } = this.#settings;
    const { status, headers } = response;
    const body = isStream(response.body) ? undefined : response.body;
    const limits = provider.readLimits({ status, headers, body, now });
    const failure = withoutSecret(
      provider.classify({ provider: provider.name, status, headers, body, now }),
      lease.secret,
    );
    this.#learn(lease, limits, now);
    const action = this.#act(lease, failure, limits, now);
    this.endProbes(lease, now);
    return { failure, limits, action };
  }

  /** A call that asked whether a rest still holds is over, answered or not: another may ask. */
  endProbes(lease: PoolLease, now: number): void {
    const probes = lease.takeProbes();
    if (probes.length === 0) return;
    for (const rest of probes) rest.probe(false);
    if (probes.includes(this.#roster.host)) this.#roster.refreshAll(now);
    else this.#roster.refresh(lease.record.group, now);
  }

  #learn(lease: PoolLease, limits: LimitUpdate, now: number): void {
    const { record, lane, reservation } = lease;
    if (limits.group !== undefined) this.#discover(record, limits.group, now);
    const limiter = lane.seatOf(record.group)?.limiter ?? reservation.limiter;
    const hasChanged = limiter.learn(limits, now, reservation);
    if (hasChanged) this.#announce.limitsLearned(record, lane.modelClass, () => limiter.view(now));
  }

  #discover(record: KeyRecord, organisation: string, now: number): void {
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
    switch (failure.class) {
      case 'ok':
        this.#succeeded(lease, now);
        return 'none';
      case 'rate_limited':
      case 'quota_exhausted':
        return this.#refused(lease, failure, statedMs, now);
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
    const { record, lane, reservation } = lease;
    const sentAt = lease.leasedAt;
    const seat = lane.seatOf(record.group);
    reservation.limiter.answered(reservation, now);
    record.unconfirmed = 0;
    this.#hostFailures = 0;
    if (record.cooldown.succeeded(sentAt)) this.#recovered(record, 'key', now);
    if (seat?.cooldown.succeeded(sentAt) === true) this.#recovered(record, 'model', now);
    if (this.#roster.host.succeeded(sentAt)) this.#recovered(record, 'host', now);
    if (seat !== undefined) lane.refresh(seat, now);
  }

  #recovered(record: KeyRecord, scope: CooldownScope, now: number): void {
    if (scope === 'host') this.#roster.refreshAll(now);
    else this.#roster.refresh(record.group, now);
    this.#announce.recovered(record, scope);
  }

  #refused(
    lease: PoolLease,
    failure: Failure,
    statedMs: number | undefined,
    now: number,
  ): Verdict['action'] {
    const { record, lane, reservation } = lease;
    const seat = lane.seatOf(record.group);
    reservation.limiter.refused(reservation, now);
    giveBack(lease, now);
    if (failure.scope === 'key' || seat === undefined) {
      this.#cool(lease, record.cooldown, 'key', failure, statedMs, now);
    } else {
      this.#cool(lease, seat.cooldown, 'model', failure, statedMs, now);
    }
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
    this.#cool(lease, this.#roster.host, 'host', failure, statedMs, now);
    return 'cooled';
  }

  #condemned(lease: PoolLease, failure: Failure, now: number): Verdict['action'] {
    const { record } = lease;
    const reason = failure.class;
    giveBack(lease, now);
    if (record.exhausted !== undefined) return 'parked';
    record.unconfirmed += 1;
    // Words alone are often wrong: the next call confirms them.
    if (failure.confidence !== 'structured' && record.unconfirmed < 2) {
      this.#cool(lease, record.cooldown, 'key', failure, undefined, now);
      return 'cooled';
    }
    record.exhausted = reason;
    this.#roster.refresh(record.group, now);
    this.#announce.exhausted(record, reason);
    return 'parked';
  }

  #cool(
    lease: PoolLease,
    rest: CooldownRecord,
    scope: CooldownScope,
    failure: Failure,
    statedMs: number | undefined,
    now: number,
  ): void {
    const { record, lane, leasedAt } = lease;
    const earlier = rest.current;
    const cooldown = rest.add({ scope, reason: failure.class, sentAt: leasedAt, statedMs }, now);
    if (cooldown === earlier) return;
    if (scope === 'host') this.#roster.refreshAll(now);
    else this.#roster.refresh(record.group, now);
    this.#announce.cooled(record, cooldown, scope === 'model' ? lane.modelClass : undefined);
  }
}

/** Some providers echo the key. Its pattern may be unknown; the key itself is not. */
function withoutSecret(failure: Failure, secret: Secret): Failure {
  const { message } = failure;
  const text = secret.reveal();
  if (message === undefined || !message.includes(text)) return failure;
  return { ...failure, message: message.replaceAll(text, '[secret]') };
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
