import type { CooldownScope, Dimension } from '../key/key.js';
import type { Announcer } from './announcer.js';
import type { CooldownRecord } from './cooldowns.js';
import type { KeyRecord } from './key-record.js';
import type { PoolLease } from './lease.js';
import type { Roster } from './roster.js';

/** A rest that a further refusal prolongs by less is not worth a second event. */
const SAME_REST_MS = 1_000;

/** What rests, and why. */
export interface Rest {
  readonly rest: CooldownRecord;
  readonly scope: CooldownScope;
  readonly reason: string;
  readonly dimension?: Dimension | undefined;
  readonly statedMs?: number | undefined;
}

/** Begins and ends rests, and tells who waits for them and who listens. */
export class Rests {
  readonly #roster: Roster;
  readonly #announce: Announcer;

  constructor(roster: Roster, announce: Announcer) {
    this.#roster = roster;
    this.#announce = announce;
  }

  /** The call's answer lets something rest, or rest longer. */
  begin({ record, lane, leasedAt }: PoolLease, { rest, ...request }: Rest, now: number): void {
    const earlier = rest.current;
    const cooldown = rest.add({ ...request, sentAt: leasedAt }, now);
    if (cooldown === earlier) return;
    this.#changed(record, request.scope, now);
    const isNews = earlier === undefined || cooldown.until - earlier.until >= SAME_REST_MS;
    if (isNews) this.#announce.cooled(record, cooldown, lane.modelClass);
  }

  /** Good news of the key ended a rest. */
  ended(record: KeyRecord, scope: CooldownScope, now: number): void {
    this.#changed(record, scope, now);
    this.#announce.recovered(record, scope);
  }

  /** Ends the host's rest, if there is one, on good news of the key. */
  endOfHost(record: KeyRecord, now: number): void {
    const { host } = this.#roster;
    if (host.current === undefined) return;
    host.clear();
    this.ended(record, 'host', now);
  }

  #changed(record: KeyRecord, scope: CooldownScope, now: number): void {
    if (scope === 'host') this.#roster.hostChanged();
    else this.#roster.refresh(record.group, now);
  }
}
