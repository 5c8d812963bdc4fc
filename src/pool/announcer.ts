import { Emitter } from '../core/emitter.js';
import { type Logger, silentLogger } from '../core/logger.js';
import type { CooldownScope, Dimension, LimitView } from '../key/key.js';
import type { Provider } from '../provider/provider.js';
import type { OverBudgetReason } from '../spend/spend-pool.js';
import type { SpendView } from '../spend/spend-probe.js';
import type { Cooldown } from './cooldowns.js';
import type { PoolEvents } from './events.js';
import { hostOf } from './host.js';
import type { KeyRecord } from './key-record.js';
import type { PoolLease } from './lease.js';
import type { Suspicion } from './outage-guard.js';

/** Says what happened: as an event for who listens, and in the log. Never a secret. */
export class Announcer {
  readonly events: Emitter<PoolEvents>;
  readonly #logger: Logger;
  /** Whether anybody reads what is said at every call. */
  readonly #isLogged: boolean;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#isLogged = logger !== silentLogger;
    this.events = new Emitter((error, event) => {
      logger.error({ event, error }, 'A listener failed');
    });
  }

  /** Runs what is not the pool's own: what it throws is logged and harms no call. */
  guard(what: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#logger.error({ what, error }, 'Something that is not the pool’s own failed');
    }
  }

  leased({ record, lane, waitedMs }: PoolLease): void {
    if (!this.#isLogged && !this.events.has('leased')) return;
    const details = { ...named(record), modelClass: lane.modelClass, waitedMs };
    this.#logger.debug(details, 'Leased a key');
    this.events.emit('leased', details);
  }

  released({ record, lane, leasedAt, isSettled }: PoolLease, now: number): void {
    if (!this.events.has('released')) return;
    const heldMs = now - leasedAt;
    const { modelClass } = lane;
    this.events.emit('released', { ...named(record), modelClass, heldMs, isEstimated: !isSettled });
  }

  leaseExpired({ record, lane, leasedAt }: PoolLease, now: number): void {
    const details = { ...named(record), modelClass: lane.modelClass, heldMs: now - leasedAt };
    this.#logger.warn(details, 'A lease expired: it was never released');
    this.events.emit('leaseExpired', details);
  }

  cooled(record: KeyRecord, cooldown: Cooldown, modelClass: string): void {
    const { scope, until, reason, source, dimension } = cooldown;
    const isOfModel = scope === 'key-model' || scope === 'group-model';
    const details = {
      ...named(record),
      scope,
      until,
      reason,
      source,
      ...(dimension === undefined ? {} : { dimension }),
      ...(isOfModel ? { modelClass } : {}),
    };
    this.#logger.info(details, 'Cooled down');
    this.events.emit('cooled', details);
  }

  recovered(record: KeyRecord, scope: CooldownScope): void {
    this.events.emit('recovered', { ...named(record), scope });
  }

  exhausted(record: KeyRecord, reason: string): void {
    this.#logger.warn({ ...named(record), reason }, 'A key is exhausted and serves no longer');
    this.events.emit('exhausted', { ...named(record), reason });
  }

  limitsLearned(
    record: KeyRecord,
    modelClass: string,
    view: () => Partial<Record<Dimension, LimitView>>,
  ): void {
    if (!this.events.has('limitsLearned')) return;
    this.events.emit('limitsLearned', { ...named(record), modelClass, limits: view() });
  }

  groupSuspected(groups: readonly string[], organisation: string): void {
    this.#logger.warn({ groups, organisation }, 'Two groups report one organisation');
    this.events.emit('groupSuspected', { groups, organisation });
  }

  rotated(rotation: PoolEvents['rotated']): void {
    this.#logger.info({ ...rotation }, 'A key was replaced by a backup');
    this.events.emit('rotated', rotation);
  }

  alreadyRotated(rotation: PoolEvents['alreadyRotated']): void {
    this.#logger.info({ ...rotation }, 'A key was replaced already');
    this.events.emit('alreadyRotated', rotation);
  }

  rotationFailed(record: KeyRecord, reason: string, error: unknown): void {
    const details = { ...named(record), reason, error };
    this.#logger.error(details, 'A rotation failed and is tried again');
    this.events.emit('rotationFailed', details);
  }

  outageSuspected({ id }: KeyRecord, provider: Provider, suspicion: Suspicion): void {
    const { class: failureClass, since, failed, active } = suspicion;
    const host = hostOf(provider);
    const details = { id, host, class: failureClass, since, failed: failed.size, active };
    this.#logger.warn(details, 'Most keys fail alike: no key is punished, the host rests');
    this.events.emit('outageSuspected', details);
  }

  spendChecked(record: KeyRecord, spend: SpendView): void {
    if (!this.events.has('spendChecked')) return;
    this.events.emit('spendChecked', { ...spend, ...named(record) });
  }

  overBudget(record: KeyRecord, reason: OverBudgetReason, unseen: number): void {
    const { spend } = record;
    const shown = spend === undefined ? {} : { spend };
    const details = { ...named(record), reason, unseen, ...shown };
    this.#logger.info(details, 'A key is over its budget');
    this.events.emit('overBudget', details);
  }

  keyAdded(record: KeyRecord): void {
    this.events.emit('keyAdded', named(record));
  }

  keyRemoved(record: KeyRecord): void {
    this.events.emit('keyRemoved', named(record));
  }
}

function named(record: KeyRecord): { id: string; group: string } {
  return { id: record.id, group: record.group.name };
}
