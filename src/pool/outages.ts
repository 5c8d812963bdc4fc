import type { Failure } from '../failure/failure.js';
import type { Provider } from '../provider/provider.js';
import type { Announcer } from './announcer.js';
import type { Cooldown } from './cooldowns.js';
import type { KeyRecord } from './key-record.js';
import type { PoolLease } from './lease.js';
import { OutageGuard, type Servant, type Suspicion } from './outage-guard.js';
import type { Replacer } from './replacer.js';
import type { Rests } from './rests.js';
import type { Roster } from './roster.js';

/** After this long it is the keys, not the host: a probe's key is given up. */
const DOUBTED_AFTER_MS = 600_000;

/** Tells an outage of the host from failures of keys, and lets go what was held against keys for one. */
export class Outages {
  readonly #provider: Provider;
  readonly #roster: Roster;
  readonly #announce: Announcer;
  readonly #rests: Rests;
  readonly #replacer: Replacer | undefined;
  readonly #guard = new OutageGuard();

  constructor(
    provider: Provider,
    roster: Roster,
    announce: Announcer,
    rests: Rests,
    replacer: Replacer | undefined,
  ) {
    this.#provider = provider;
    this.#roster = roster;
    this.#announce = announce;
    this.#rests = rests;
    this.#replacer = replacer;
  }

  /**
   * Takes note of a failure, and says whether it is the host's; when that first comes to light, its
   * victims are let go. `all`: those who might fail alike, such as `servant`.
   */
  isHostsFault(
    servant: Servant,
    failure: Failure,
    all: () => Iterable<Servant>,
    lease: PoolLease,
    now: number,
  ): boolean {
    const { modelClass } = lease.lane;
    const evidence = { servant, class: failure.class, modelClass, all };
    const suspicion = this.#guard.failed(evidence, now);
    if (suspicion !== undefined) {
      this.#announce.outageSuspected(lease.record, this.#provider, suspicion);
      this.#acquit(suspicion, now);
    }
    return this.#guard.isSuspected(failure.class);
  }

  /** Whether the outage lasts so long that it may be the keys after all. */
  isDoubted(now: number): boolean {
    return now - this.#guard.suspectedSince > DOUBTED_AFTER_MS;
  }

  /** A call came back well: the outage is over, if there was one. */
  served({ record, lane, leasedAt: sentAt }: PoolLease, now: number): void {
    const suspicion = this.#guard.served(sentAt, lane.modelClass, now);
    if (suspicion !== undefined) this.#ended(suspicion, record, now);
  }

  reset(): void {
    this.#guard.reset();
  }

  #ended(suspicion: Suspicion, record: KeyRecord, now: number): void {
    this.#acquit(suspicion, now);
    // The good answer may be older than the host's rest, which was put there for nothing else.
    const isRestForIt = this.#roster.host.current?.reason === suspicion.class;
    if (isRestForIt) this.#rests.endOfHost(record, now);
  }

  /** What was held against keys and groups since the outage began was the host's doing. */
  #acquit({ class: failure, since, failed }: Suspicion, now: number): void {
    const isMeant = (rest: Cooldown): boolean =>
      !rest.isFirm && rest.reason === failure && rest.since >= since;
    for (const key of this.#roster.keys()) {
      if (!failed.has(key) && !failed.has(key.group)) continue;
      key.askAgainAt = undefined;
      this.#roster.liftRests(key, isMeant);
      this.#roster.refresh(key.group, now);
      if (key.exhausted !== failure || (key.exhaustedAt ?? -Infinity) < since) continue;
      this.#replacer?.forgive(key);
      key.trust();
      this.#roster.refresh(key.group, now);
      this.#announce.recovered(key, 'key');
    }
  }
}
