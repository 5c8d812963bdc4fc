import type { KeyAccess, KeyView } from '../key/key.js';
import type { Account, Answer } from './account.js';
import { Asker } from './asker.js';
import { reasonFor } from './budget.js';
import { type Action, type Finding, KeyKeeper } from './key-keeper.js';
import type { SpendSettings } from './options.js';
import type { SpendCheck } from './report.js';
import type { OverBudgetReason } from './spend-pool.js';

/** Checks accounts: asks, judges, and has each key dealt with. Checks of one account never overlap. */
export class Inspector {
  readonly #settings: SpendSettings;
  readonly #asker: Asker;
  readonly #keeper: KeyKeeper;
  readonly #onInspected: (account: Account) => void;
  readonly #running = new Set<Account>();
  #isStopped = false;

  constructor(settings: SpendSettings, onInspected: (account: Account) => void) {
    this.#settings = settings;
    this.#asker = new Asker(settings);
    this.#keeper = new KeyKeeper(settings);
    this.#onInspected = onInspected;
  }

  /** Checks the account's keys, or joins the check under way. Rejects only where the pool itself throws. */
  inspect(account: Account): Promise<ReadonlyMap<string, SpendCheck>> {
    if (account.running !== undefined) return account.running;
    // The check is about to begin, and somebody whom it calls asks for it: a turn later it can be joined.
    if (this.isChecking(account)) return Promise.resolve().then(() => this.inspect(account));
    this.#running.add(account);
    account.mustLookAgain = false;
    const running = this.#inspect(account);
    // It is over already where the pool threw at once.
    if (this.isChecking(account)) account.running = running;
    return running;
  }

  isChecking(account: Account): boolean {
    return this.#running.has(account);
  }

  /** The same as `inspect`, where nobody waits for it. */
  look(account: Account): void {
    this.inspect(account).catch((error: unknown) => {
      const [id] = account.keyIds;
      const details = { account: account.name, id, error };
      this.#settings.logger.error(details, 'The pool failed while its spend was checked');
    });
  }

  /** Ends every probe, and waits for what had its answer already. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#asker.stop(this.#running);
    await Promise.all([...this.#running].map(({ running }) => running));
    await this.#keeper.stop();
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

  #ended(account: Account): void {
    const { rules, schedule } = this.#settings;
    account.running = undefined;
    this.#running.delete(account);
    // More may have been spent while backups came.
    account.aim(rules, schedule.share);
    if (account.mustLookAgain && !this.#isStopped) this.look(account);
    else this.#onInspected(account);
  }

  async #inspect(account: Account): Promise<ReadonlyMap<string, SpendCheck>> {
    const startedAt = this.#settings.clock.now();
    let dealings: readonly Dealing[];
    try {
      const { ids, answer } = this.#ask(account);
      dealings = this.#conclude(account, ids, await answer, startedAt);
      const mustWait = dealings.some(({ acting }) => acting !== undefined);
      if (mustWait) await Promise.all(dealings.map(({ acting }) => acting));
    } finally {
      this.#ended(account);
    }
    // Rows may take long: what is spent meanwhile does not wait for them.
    const checks = dealings.map(({ check }) => check);
    return byId(checks.every(isSettled) ? checks : await Promise.all(checks));
  }

  #conclude(
    account: Account,
    ids: readonly string[],
    answer: Answer,
    startedAt: number,
  ): readonly Dealing[] {
    const { clock, rules, schedule } = this.#settings;
    if (answer.kind === 'stopped') return skippedAll(ids, clock.now() - startedAt);
    const isReset = answer.kind === 'reading' && account.land(answer.reading);
    if (answer.kind === 'failed') account.failed(answer.error, clock.now(), schedule.maxMs);
    const { unseen } = account.ledger;
    const finding = { answer, reason: this.#reason(account, answer), unseen, isReset, startedAt };
    account.aim(rules, schedule.share);
    return ids.map((id) => this.#deal(account, id, finding));
  }

  #deal(account: Account, id: string, finding: Finding): Dealing {
    const action = this.#keeper.act(account, id, finding);
    if (!(action instanceof Promise)) {
      return { acting: undefined, check: this.#keeper.report(account, id, finding, action) };
    }
    const check = action.then((done) => this.#keeper.report(account, id, finding, done));
    return { acting: action, check };
  }

  /** At the threshold the provider decides; at the limit, if need be, the ledger alone. */
  #reason(account: Account, { kind }: Answer): OverBudgetReason | undefined {
    const room = account.room(this.#settings.rules);
    if (kind === 'reading') return reasonFor(room);
    return room.toLimit <= 0 ? 'budget_exceeded' : undefined;
  }

  // Nothing of these views is kept while the provider answers: of thousands of keys it is felt.
  #ask(account: Account): { ids: readonly string[]; answer: Promise<Answer> | Answer } {
    const keys = this.#activeKeys(account);
    return { ids: keys.map(({ view }) => view.id), answer: this.#answer(account, keys) };
  }

  #answer(account: Account, keys: readonly KeyAccess[]): Promise<Answer> | Answer {
    // Another key may be luckier than the one that failed.
    const sound = keys.filter(({ view }) => view.state !== 'exhausted');
    const candidates = sound.length > 0 ? sound : keys;
    const key = candidates[account.failures % candidates.length];
    const { clock, minIntervalMs } = this.#settings;
    if (key === undefined || clock.now() < account.askableAt(minIntervalMs))
      return { kind: 'unasked' };
    return this.#asker.ask(account, key);
  }

  #activeKeys(account: Account): KeyAccess[] {
    const { pool } = this.#settings;
    const keys: KeyAccess[] = [];
    for (const id of account.keyIds) {
      const key = pool.key(id);
      if (key !== undefined && this.isActive(key.view)) keys.push(key);
    }
    return keys;
  }
}

/** What is done about one key. */
interface Dealing {
  /** `undefined` where it was done at once. */
  readonly acting: Promise<Action> | undefined;
  /** Waits for the key's row too. */
  readonly check: SpendCheck | Promise<SpendCheck>;
}

function isSettled(check: SpendCheck | Promise<SpendCheck>): check is SpendCheck {
  return !(check instanceof Promise);
}

function byId(checks: readonly SpendCheck[]): ReadonlyMap<string, SpendCheck> {
  const found = new Map<string, SpendCheck>();
  for (const check of checks) found.set(check.id, check);
  return found;
}

function skippedAll(ids: readonly string[], ms: number): readonly Dealing[] {
  return ids.map((id) => ({
    acting: undefined,
    check: Object.freeze({ id, outcome: 'skipped', why: 'stopped', ms }),
  }));
}
