import { isKeyPoolError } from '../core/errors.js';
import type { KeyAccess, KeyView } from '../key/key.js';
import type { Account, Answer } from './account.js';
import { Asker } from './asker.js';
import { reasonFor } from './budget.js';
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

/** What a check of an account means for one of its keys. */
interface Finding {
  readonly answer: Answer;
  readonly reason: OverBudgetReason | undefined;
  /** Money came back. */
  readonly isReset: boolean;
  readonly startedAt: number;
}

/** What is done about a key, for its report and its row. */
type Action = Pick<SpendCheck, 'outcome' | 'newId' | 'error' | 'why'> &
  Pick<SpendRow, 'event' | 'generation'>;

/** Checks accounts: asks, judges, rotates, writes down. Checks of one account never overlap. */
export class Inspector {
  readonly #settings: SpendSettings;
  readonly #asker: Asker;
  readonly #rows: RowWriter;
  readonly #onInspected: (account: Account) => void;
  readonly #running = new Set<Account>();

  constructor(settings: SpendSettings, onInspected: (account: Account) => void) {
    this.#settings = settings;
    this.#asker = new Asker(settings);
    this.#rows = new RowWriter(settings);
    this.#onInspected = onInspected;
  }

  /** Checks the account's keys, or joins the check under way. Never rejects. */
  inspect(account: Account): Promise<ReadonlyMap<string, SpendCheck>> {
    if (account.running !== undefined) return account.running;
    this.#running.add(account);
    account.running = this.#inspect(account).finally(() => {
      account.running = undefined;
      this.#running.delete(account);
      this.#onInspected(account);
    });
    return account.running;
  }

  /** Whether the provider may be asked now, for all that it said before. */
  isAskable({ retryAt, askedAt }: Account): boolean {
    const { clock, probe } = this.#settings;
    return clock.now() >= Math.max(retryAt, askedAt + (probe.minIntervalMs ?? 0));
  }

  /** Ends every probe, and waits for what had its answer already. */
  async stop(): Promise<void> {
    this.#asker.stop(this.#running);
    await Promise.all([...this.#running].map(({ running }) => running));
    await this.#rows.flush();
  }

  async #inspect(account: Account): Promise<ReadonlyMap<string, SpendCheck>> {
    const { clock, rules, schedule } = this.#settings;
    const startedAt = clock.now();
    const keys = this.#activeKeys(account);
    const answer = await this.#answer(account, keys);
    if (answer.kind === 'stopped') return skippedAll(keys, 'stopped', clock.now() - startedAt);
    const isReset = answer.kind === 'reading' && account.land(answer.reading);
    if (answer.kind === 'failed') account.failed(answer.error, clock.now(), schedule.maxMs);
    const reason = reasonFor(account.room(rules));
    account.aim(rules, schedule.share);
    const finding = { answer, reason, isReset, startedAt };
    const checks = keys.map(({ view }) => this.#conclude(account, view.id, finding));
    return new Map((await Promise.all(checks)).map((check) => [check.id, check]));
  }

  async #answer(account: Account, keys: readonly KeyAccess[]): Promise<Answer> {
    // Another key may be luckier than the one that failed.
    const sound = keys.filter(({ view }) => view.state !== 'exhausted');
    const candidates = sound.length > 0 ? sound : keys;
    const key = candidates[account.failures % candidates.length];
    if (key === undefined || !this.isAskable(account)) return { kind: 'unasked' };
    return this.#asker.ask(account, key);
  }

  #activeKeys(account: Account): KeyAccess[] {
    const { pool } = this.#settings;
    const keys = [...account.keyIds].flatMap((id) => pool.key(id) ?? []);
    return keys.filter(({ view }) => this.isActive(view));
  }

  isActive(key: KeyView): boolean {
    const { isActive, logger } = this.#settings;
    try {
      return isActive(key);
    } catch (error) {
      logger.error({ id: key.id, error }, 'Whether a key is active could not be told');
      return true;
    }
  }

  async #conclude(account: Account, id: string, finding: Finding): Promise<SpendCheck> {
    const { clock } = this.#settings;
    const { answer, startedAt } = finding;
    const view = this.#settings.pool.key(id)?.view;
    const isGone = view === undefined || view.state === 'draining';
    const action: Action = isGone
      ? { outcome: 'skipped', why: 'it left the pool' }
      : await this.#act(account, view, finding);
    const ms = clock.now() - startedAt;
    if (action.outcome !== 'skipped') await this.#write(account, id, finding, action, ms);
    const { event, generation, ...outcome } = action;
    const reading = answer.kind === 'reading' ? { reading: answer.reading } : {};
    return Object.freeze({ id, ...outcome, ...reading, ms });
  }

  async #act(account: Account, view: KeyView, finding: Finding): Promise<Action> {
    const { pool } = this.#settings;
    const { answer, reason, isReset } = finding;
    const { id } = view;
    const isParked = view.state === 'exhausted';
    const failure = answer.kind === 'failed' ? { error: answer.error } : {};
    const isNews = reason !== undefined && !isParked;
    pool.recordSpend(id, {
      ...(answer.kind === 'reading' ? { spend: spendOf(account, answer.reading) } : {}),
      ...(isNews ? { overBudget: reason } : {}),
    });
    if (isNews) return { ...failure, ...(await this.#rotate(id, reason)) };
    if (reason !== undefined) return { outcome: 'no-backup', ...failure };
    if (answer.kind === 'failed') return { outcome: 'failed', error: answer.error };
    if (answer.kind === 'unasked') return { outcome: 'skipped', why: this.whyUnasked(account) };
    if (!isReset) return { outcome: 'ok' };
    if (!isParked || !FOR_MONEY.has(view.exhaustedFor)) return { outcome: 'ok', event: 'reset' };
    pool.enable(id);
    return { outcome: 'ok', event: 'recovered' };
  }

  whyUnasked({ retryAt, askedAt }: Account): string {
    const { clock, probe } = this.#settings;
    const waitMs = Math.max(retryAt, askedAt + (probe.minIntervalMs ?? 0)) - clock.now();
    return waitMs > 0
      ? `the provider is not to be asked for another ${Math.ceil(waitMs / 1_000)} s`
      : 'no key of its account could be asked';
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
      }
    } catch (error) {
      if (isKeyPoolError(error, 'UNKNOWN_KEY')) {
        return { outcome: 'skipped', why: 'it left the pool' };
      }
      return { outcome: 'failed', error };
    }
  }

  async #write(
    account: Account,
    keyId: string,
    { answer, reason }: Finding,
    { event, generation, newId }: Action,
    ms: number,
  ): Promise<void> {
    const { clock, history } = this.#settings;
    if (history === undefined) return;
    const { reading } = account;
    const isRead = answer.kind === 'reading';
    const { spent, limit, remaining, asOf } = (isRead ? answer.reading : undefined) ?? {};
    await this.#rows.save({
      keyId,
      at: clock.now(),
      ...(asOf === undefined ? {} : { asOf }),
      ...(spent === undefined ? {} : { spent }),
      ...(limit === undefined ? {} : { limit }),
      ...(remaining === undefined ? {} : { remaining }),
      ...(reading === undefined ? {} : { unit: reading.unit }),
      ...(isRead ? { burnPerHour: account.burn.mean * HOUR_MS } : {}),
      ok: isRead,
      ...(answer.kind === 'failed' ? { error: answer.error.kind } : {}),
      ...(event === undefined ? {} : { event }),
      ...(reason === undefined || event === undefined ? {} : { reason }),
      ...(event === 'rotated' && newId !== undefined ? { replacedBy: newId } : {}),
      ...(generation === undefined ? {} : { generation }),
      ms,
    });
  }
}

function skippedAll(keys: readonly KeyAccess[], why: string, ms: number) {
  return new Map(
    keys.map(({ view: { id } }): [string, SpendCheck] => [
      id,
      Object.freeze({ id, outcome: 'skipped', why, ms }),
    ]),
  );
}

function spendOf({ name }: Account, reading: SpendCheck['reading'] & object) {
  return name === undefined ? reading : Object.freeze({ ...reading, account: name });
}

const HOUR_MS = 3_600_000;
