import { isKeyPoolError, KeyPoolError } from '../core/errors.js';
import type { KeyView } from '../key/key.js';
import type { Account, Answer } from './account.js';
import type { SpendSettings } from './options.js';
import type { SpendCheck } from './report.js';
import type { SpendRow } from './spend-history.js';
import type { OverBudgetReason } from './spend-pool.js';

/** Why a key may be parked that comes back when its money does. */
const FOR_MONEY: ReadonlySet<string | undefined> = new Set<OverBudgetReason>([
  'budget_exceeded',
  'proactive_threshold',
]);

/** What a check of an account found. */
export interface Finding {
  readonly account: Account;
  readonly answer: Answer;
  readonly reason: OverBudgetReason | undefined;
  /** What was recorded that the newest reading does not show yet. */
  readonly unseen: number;
  /** Money came back. */
  readonly isReset: boolean;
  readonly startedAt: number;
}

/** What was done about a key, for its report and its row. */
export type Action = Pick<SpendCheck, 'outcome' | 'newId' | 'error' | 'why'> &
  Pick<SpendRow, 'event' | 'generation'>;

/** Deals with each key after a check of its account: replaces it, or brings it back. */
export class KeyKeeper {
  readonly #settings: SpendSettings;

  constructor(settings: SpendSettings) {
    this.#settings = settings;
  }

  /**
   * At once, where no store has to be waited for. Neither throws nor rejects: what goes wrong with one
   * key keeps no other of its account from being dealt with.
   */
  act(id: string, finding: Finding): Action | Promise<Action> {
    try {
      const view = this.#settings.pool.key(id)?.view;
      const isGone = view === undefined || view.state === 'draining';
      if (isGone) return { outcome: 'skipped', why: 'it left the pool, or is being replaced' };
      return this.#act(view, finding);
    } catch (error) {
      return failed(error);
    }
  }

  #act(view: KeyView, finding: Finding): Action | Promise<Action> {
    const { account, answer } = finding;
    const { id, state } = view;
    noteParking(view, finding);
    const reason = reasonForKey(id, finding);
    const isNews = reason !== undefined && state !== 'exhausted';
    this.#show(id, finding, isNews ? reason : undefined);
    const failure = answer.kind === 'failed' ? { error: answer.error } : undefined;
    if (isNews && account.heirs.has(id)) return this.#rest(account, view, reason);
    if (isNews) return this.#replace(account, id, reason, failure);
    if (reason !== undefined) return { outcome: 'no-backup', ...failure };
    if (failure !== undefined) return { outcome: 'failed', ...failure };
    if (answer.kind !== 'reading') return { outcome: 'skipped', why: this.#whyUnasked(account) };
    return this.#keep(id, finding);
  }

  #show(
    id: string,
    { account: { name, reading }, answer, unseen }: Finding,
    overBudget: OverBudgetReason | undefined,
  ): void {
    const { pool } = this.#settings;
    if (answer.kind === 'reading' && reading !== undefined) {
      const spend = name === undefined ? reading : Object.freeze({ ...reading, account: name });
      pool.recordSpend(id, { spend });
    }
    if (overBudget !== undefined) pool.recordSpend(id, { overBudget, unseen });
  }

  /** It is within its budget: if it was parked for money, it serves again. */
  #keep(id: string, { account, isReset }: Finding): Action {
    const isBack = account.isRefunded(id);
    // Its purse has money: should it end again, the next backup may be paid from another.
    account.heirs.delete(id);
    if (!isBack) return { outcome: 'ok', ...(isReset ? { event: 'reset' } : {}) };
    account.parkings.delete(id);
    this.#settings.pool.enable(id);
    return { outcome: 'ok', event: 'recovered' };
  }

  async #replace(
    account: Account,
    id: string,
    reason: OverBudgetReason,
    failure: Pick<Action, 'error'> | undefined,
  ): Promise<Action> {
    const action = await this.#rotate(id, reason);
    const { outcome, newId } = action;
    if (newId !== undefined && account.name !== undefined) account.heirs.add(newId);
    // It may have left the pool meanwhile.
    const isParked = outcome === 'no-backup' || outcome === 'failed';
    if (isParked && account.keyIds.has(id)) {
      account.parkings.set(id, { isOwn: true, before: account.reading });
    }
    return { ...failure, ...action };
  }

  /** It took the place of a key that was paid from the same purse: so would the next backup. */
  #rest(account: Account, { id, state }: KeyView, reason: OverBudgetReason): Action {
    const { pool, schedule } = this.#settings;
    if (state !== 'cooling') pool.cooldown(id, { forMs: schedule.idleMs, reason });
    account.parkings.set(id, { isOwn: true, before: account.reading });
    return {
      outcome: 'skipped',
      why: 'its account is over budget, as that of the key before it: it rests',
    };
  }

  async #rotate(id: string, reason: OverBudgetReason): Promise<Action> {
    const { pool, logger } = this.#settings;
    try {
      const outcome = await pool.rotate(id, { reason });
      switch (outcome.outcome) {
        case 'rotated': {
          const { key, generation } = outcome;
          return { outcome: 'rotated', newId: key.id, event: 'rotated', generation };
        }
        case 'already-rotated':
          logger.info({ id, to: outcome.key.id, reason }, 'Another rotated the key already');
          return { outcome: 'already-rotated', newId: outcome.key.id };
        case 'no-backup':
          return { outcome: 'no-backup', event: 'exhausted' };
        case 'unknown-key':
          return { outcome: 'skipped', why: 'it left the pool' };
        default:
          throw new KeyPoolError(
            'STORE_FAILED',
            'The store does not say what it did about the key',
          );
      }
    } catch (error) {
      const action = failed(error);
      return action.outcome === 'failed' ? { ...action, event: 'exhausted' } : action;
    }
  }

  #whyUnasked(account: Account): string {
    const { clock, minIntervalMs } = this.#settings;
    const waitMs = account.askableAt(minIntervalMs) - clock.now();
    return waitMs > 0
      ? `the provider is not to be asked for another ${Math.ceil(waitMs / 1_000)} s`
      : 'no key of its account could be asked';
  }
}

/** A listener may take a key out of the pool while it is dealt with. */
function failed(error: unknown): Action {
  if (!isKeyPoolError(error, 'UNKNOWN_KEY')) return { outcome: 'failed', error };
  return { outcome: 'skipped', why: 'it left the pool' };
}

/** A reading of one key's own budget says nothing of the others of its account. */
function reasonForKey(
  id: string,
  { account: { keyIds }, answer, reason }: Finding,
): OverBudgetReason | undefined {
  const isOthers = answer.kind === 'reading' && answer.askedId !== id;
  return isOthers && answer.reading.scope === 'key' && keyIds.size > 1 ? undefined : reason;
}

/** Remembers since which reading a key is parked: money that came back is told by comparing. */
function noteParking(view: KeyView, { account, answer }: Finding): void {
  const { id, state, exhaustedFor } = view;
  if (state !== 'exhausted') {
    // An heir that rests is parked too, in a milder way.
    if (!account.heirs.has(id)) account.parkings.delete(id);
    return;
  }
  if (account.parkings.has(id)) return;
  const isRead = answer.kind === 'reading';
  // A store does not say why. That the key can still ask for its spend shows that it is not dead.
  const isAlive = isRead && answer.askedId === id && exhaustedFor === 'exhausted';
  if (!FOR_MONEY.has(exhaustedFor) && !isAlive) return;
  const isOwn = exhaustedFor === 'proactive_threshold';
  account.parkings.set(id, { isOwn, before: isRead ? account.previous : account.reading });
}
