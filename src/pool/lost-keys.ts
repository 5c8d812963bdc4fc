import type { Failure } from '../failure/failure.js';
import type { Announcer } from './announcer.js';
import type { KeyRecord } from './key-record.js';
import type { PoolLease } from './lease.js';
import { LossCap } from './loss-cap.js';
import type { Settings } from './options.js';
import type { Replacer } from './replacer.js';
import type { Roster } from './roster.js';

/** Gives keys up that the provider will not have any more: to a backup, or parks them. */
export class LostKeys {
  readonly #settings: Settings;
  readonly #roster: Roster;
  readonly #announce: Announcer;
  readonly #replacer: Replacer | undefined;
  readonly #cap: LossCap;

  /** @param replacer - absent where there is no store */
  constructor(
    settings: Settings,
    roster: Roster,
    announce: Announcer,
    replacer: Replacer | undefined,
  ) {
    this.#settings = settings;
    this.#roster = roster;
    this.#announce = announce;
    this.#replacer = replacer;
    this.#cap = new LossCap(settings.lossCap);
  }

  /** What became of the key; `undefined` where it is not given up, or not yet. */
  giveUp(lease: PoolLease, failure: Failure, now: number): 'rotating' | 'parked' | undefined {
    const { record } = lease;
    const { class: reason } = failure;
    if (!isConfirmed(lease, failure, now) || !this.#mayLose(record, now)) return undefined;
    if (this.#replacer !== undefined) {
      this.#replacer.replace(record, reason);
      return 'rotating';
    }
    record.exhaust(reason, now);
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
    const mayLose = this.#cap.take(serving, now, isForGood);
    if (!mayLose) {
      const message = 'Rests instead of being given up: lossCap allows no more in its window';
      this.#settings.logger.warn({ id: record.id, serving }, message);
    }
    return mayLose;
  }
}

/** Words alone are often wrong: a call that is sent later confirms them. */
function isConfirmed({ record, leasedAt }: PoolLease, failure: Failure, now: number): boolean {
  if (record.unconfirmed === 0 || leasedAt > (record.unconfirmedAt ?? 0)) {
    record.unconfirmed += 1;
    record.unconfirmedAt = now;
  }
  return failure.confidence === 'structured' || record.unconfirmed >= 2;
}
