import { isKeyPoolError, KeyPoolError } from '../core/errors.js';
import type { KeyView } from '../key/key.js';
import type { Account, Answer } from './account.js';
import type { SpendSettings } from './options.js';
import type { SpendCheck } from './report.js';
import { RowWriter } from './row-writer.js';
import type { SpendRow } from './spend-history.js';
import type { OverBudgetReason } from './spend-pool.js';

/** Why a key may be parked that comes back when its money does. */
const FOR_MONEY: ReadonlySet<string | undefined> = new Set<OverBudgetReason>([
  'budget_exceeded',
  'proactive_threshold',
]);
const HOUR_MS = 3_600_000;

/** What a check of an account found. */
export interface Finding {
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

/** Deals with each key after a check of its account: replaces it, brings it back, writes it down. */
export class KeyKeeper {
  readonly #settings: SpendSettings;
  readonly #rows: RowWriter;

  constructor(settings: SpendSettings) {
    this.#settings = settings;
    this.#rows = new RowWriter(settings);
  }

  stop(): Promise<void> {
    return this.#rows.stop();
  }

  /**
   * At once, where no store has to be waited for. Neither throws nor rejects: what goes wrong with one
   * key keeps no other of its account from being dealt with.
   */
  act(account: Account, id: string, finding: Finding): Action | Promise<Action> {
    try {
      const view = this.#settings.pool.key(id)?.view;
      const isGone = view === undefined || view.state === 'draining';
      if (isGone) return { outcome: 'skipped', why: 'it left the pool, or is being replaced' };
      return this.#act(account, view, finding);
    } catch (error) {
      return failed(error);
    }
  }

  /** Tells what was done, and writes it down: the promise waits for that. Never rejects. */
  report(
    account: Account,
    id: string,
    finding: Finding,
    action: Action,
  ): SpendCheck | Promise<SpendCheck> {
    const ms = this.#settings.clock.now() - finding.startedAt;
    const check = checkOf(id, action, finding.answer, ms);
    if (action.outcome === 'skipped' || this.#settings.history === undefined) return check;
    return this.#write(account, id, finding, action, ms).then(() => check);
  }

  #act(account: Account, view: KeyView, finding: Finding): Action | Promise<Action> {
    const { answer } = finding;
    const { id } = view;
    noteParking(account, view, finding);
    const reason = reasonForKey(account, id, finding);
    const isParked = view.state === 'exhausted';
    const isNews = reason !== undefined && !isParked;
    this.#show(account, id, finding, isNews ? reason : undefined);
    const failure = answer.kind === 'failed' ? { error: answer.error } : undefined;
    if (isNews && account.heirs.has(id)) return this.#rest(account, view, reason);
    if (isNews) return this.#replace(account, id, reason, failure);
    if (reason !== undefined) return { outcome: 'no-backup', ...failure };
    if (answer.kind === 'failed') return { outcome: 'failed', error: answer.error };
    if (answer.kind !== 'reading') return { outcome: 'skipped', why: this.#whyUnasked(account) };
    const isBack = account.isRefunded(id);
    // Its purse has money: should it end again, the next backup may be paid from another.
    account.heirs.delete(id);
    if (!isBack) return { outcome: 'ok', ...(finding.isReset ? { event: 'reset' } : {}) };
    account.parkings.delete(id);
    this.#settings.pool.enable(id);
    return { outcome: 'ok', event: 'recovered' };
  }

  #show(
    account: Account,
    id: string,
    { answer, unseen }: Finding,
    overBudget: OverBudgetReason | undefined,
  ): void {
    const { name, reading } = account;
    const { pool } = this.#settings;
    if (answer.kind === 'reading' && reading !== undefined) {
      const spend = name === undefined ? reading : Object.freeze({ ...reading, account: name });
      pool.recordSpend(id, { spend });
    }
    if (overBudget === undefined) return;
    pool.recordSpend(id, { overBudget, unseen });
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

  async #write(
    account: Account,
    keyId: string,
    { answer, reason, unseen }: Finding,
    { event, generation, newId, outcome }: Action,
    ms: number,
  ): Promise<void> {
    const { reading } = account;
    const isRead = answer.kind === 'reading';
    const { spent, limit, remaining, asOf } = (isRead ? answer.reading : undefined) ?? {};
    const rotationFailed = outcome === 'failed' && event === 'exhausted';
    const error =
      answer.kind === 'failed' ? answer.error.kind : rotationFailed ? 'rotation' : undefined;
    const status = answer.kind === 'failed' ? answer.error.status : undefined;
    await this.#rows.save({
      keyId,
      at: this.#settings.clock.now(),
      ...(asOf === undefined ? {} : { asOf }),
      ...(spent === undefined ? {} : { spent }),
      ...(limit === undefined ? {} : { limit }),
      ...(remaining === undefined ? {} : { remaining }),
      ...(reading === undefined ? {} : { unit: reading.unit }),
      ...(isRead ? { burnPerHour: account.burn.mean * HOUR_MS } : {}),
      ok: isRead,
      ...(error === undefined ? {} : { error }),
      ...(status === undefined ? {} : { status }),
      ...(event === undefined ? {} : { event }),
      ...(reason === undefined || event === undefined ? {} : { reason, unseen }),
      ...(event === 'rotated' && newId !== undefined ? { replacedBy: newId } : {}),
      ...(generation === undefined ? {} : { generation }),
      ms,
    });
  }
}

/** A listener may take a key out of the pool while it is dealt with. */
function failed(error: unknown): Action {
  if (!isKeyPoolError(error, 'UNKNOWN_KEY')) return { outcome: 'failed', error };
  return { outcome: 'skipped', why: 'it left the pool' };
}

/** The report of a key. Field by field: of thousands of keys, spreading costs as much as asking. */
function checkOf(id: string, action: Action, answer: Answer, ms: number): SpendCheck {
  const { outcome, newId, error, why } = action;
  const check: { -readonly [Field in keyof SpendCheck]: SpendCheck[Field] } = { id, outcome, ms };
  if (answer.kind === 'reading') check.reading = answer.reading;
  if (newId !== undefined) check.newId = newId;
  if (error !== undefined) check.error = error;
  if (why !== undefined) check.why = why;
  return Object.freeze(check);
}

/** A reading of one key's own budget says nothing of the others of its account. */
function reasonForKey(
  { keyIds }: Account,
  id: string,
  { answer, reason }: Finding,
): OverBudgetReason | undefined {
  const isOthers = answer.kind === 'reading' && answer.askedId !== id;
  return isOthers && answer.reading.scope === 'key' && keyIds.size > 1 ? undefined : reason;
}

/** Remembers since which reading a key is parked: money that came back is told by comparing. */
function noteParking(account: Account, view: KeyView, { answer }: Finding): void {
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
