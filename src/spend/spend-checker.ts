import { holdProcess } from '../core/clock.js';
import { InvalidOptionError, KeyPoolError, UnknownKeyError } from '../core/errors.js';
import * as check from '../core/options.js';
import type { KeyView } from '../key/key.js';
import type { Account } from './account.js';
import { Accounts } from './accounts.js';
import { type Checking, checkOf, skipped, tellProgress } from './checking.js';
import { forecastAll, forecastOf, type SpendForecast } from './forecast.js';
import { Inspector } from './inspector.js';
import { resolveOptions, type SpendCheckerOptions, type SpendSettings } from './options.js';
import { Patrol } from './patrol.js';
import type { SpendCheck, SpendProgress, SpendReport } from './report.js';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Watches what the keys of a pool spend, and has a key replaced before its budget is overrun. All keys
 * are asked about at once; a probe that is slow or fails harms nobody. Between checks a ledger of the
 * costs that you record carries the estimate on.
 *
 * @throws InvalidOptionError from the constructor, which starts no timer and does no I/O
 */
export class SpendChecker implements AsyncDisposable {
  readonly #settings: SpendSettings;
  readonly #accounts: Accounts;
  readonly #inspector: Inspector;
  #patrol: Patrol | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: SpendCheckerOptions) {
    this.#settings = resolveOptions(options);
    this.#accounts = new Accounts(this.#settings);
    this.#inspector = new Inspector(this.#settings, (account) => this.#patrol?.plan(account));
  }

  /**
   * Checks every key that `isActive` and `shouldCheck` let through, whatever the schedule says.
   * Rejects only where the pool cannot be asked for its keys; what fails for a key is in the report.
   * @param onProgress called after each key
   */
  async checkAll({
    onProgress,
  }: {
    readonly onProgress?: (progress: SpendProgress) => void;
  } = {}): Promise<SpendReport> {
    this.#assertRunning();
    const { pool, logger } = this.#settings;
    if (onProgress !== undefined && typeof onProgress !== 'function') {
      throw new InvalidOptionError('onProgress', 'a function', onProgress);
    }
    await pool.ready();
    const { ids, checking } = this.#checkEach(pool.keys());
    if (onProgress !== undefined) tellProgress(ids, checking, onProgress, logger);
    const found = await this.#awaited(Promise.all(checking));
    const checks = ids.map((id, place) => checkOf(id, found[place]));
    return Object.freeze({ checks: Object.freeze(checks) });
  }

  /**
   * Checks one key now, or joins the check of it that is under way. Does not reject for what fails.
   * @throws UnknownKeyError
   */
  async check(id: string): Promise<SpendCheck> {
    this.#assertRunning();
    const { pool } = this.#settings;
    await pool.ready();
    const view = pool.key(id)?.view;
    if (view === undefined) throw this.#unknown(id);
    return checkOf(id, await this.#awaited(Promise.resolve(this.#check(view))));
  }

  /**
   * Notes what a call cost, in the unit of the probe, between checks. Near the threshold it brings
   * about a check, and past it a rotation. Of a key that is not in the pool, nothing is noted.
   * @throws InvalidOptionError for a cost that is not finite, or below 0
   */
  record(id: string, cost: number): void {
    check.nonNegative('cost', cost);
    const account = this.#accountOf(id);
    if (account === undefined) return;
    const now = this.#now();
    account.ledger.add(cost, now);
    this.#recorded(account, now);
  }

  /**
   * Notes what a call may cost, before it is sent. Call what is returned once, with the real cost, when
   * the call is over; without one the estimate stands.
   */
  reserve(id: string, cost: number): (actual?: number) => void {
    check.nonNegative('cost', cost);
    const account = this.#accountOf(id);
    if (account === undefined) return () => undefined;
    const reservation = account.ledger.reserve(cost, this.#now());
    this.#recorded(account, this.#now());
    let isSettled = false;
    return (actual = cost) => {
      check.nonNegative('actual', actual);
      if (isSettled) return;
      isSettled = true;
      const now = this.#now();
      account.ledger.settle(reservation, actual, now);
      this.#recorded(account, now);
    };
  }

  /** When the budget of a key's account ends; without an id, of all accounts together, by unit. */
  forecast(id: string): SpendForecast | undefined;
  forecast(): readonly SpendForecast[];
  forecast(id?: string): SpendForecast | undefined | readonly SpendForecast[] {
    const { rules } = this.#settings;
    if (id === undefined) return forecastAll(this.#accounts.all(), rules);
    const account = this.#accounts.ofKey(id);
    return account === undefined ? undefined : forecastOf(account, rules);
  }

  /** Checks by the schedule from now on: every key not asked lately at once, then each as its budget asks. */
  start(): void {
    this.#assertRunning();
    this.#patrol ??= new Patrol(this.#settings, this.#accounts, this.#inspector);
  }

  /**
   * Ends the checker for good: probes are aborted, and the promise resolves when what had its answer
   * already is done. Nothing is asked, rotated or written afterwards. Stop it before you close the pool.
   */
  stop(): Promise<void> {
    this.#patrol?.stop();
    this.#stopping ??= this.#inspector.stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Begins with all keys at once. */
  #checkEach(views: readonly KeyView[]) {
    const { shouldCheck } = this.#settings;
    const ids = views.map(({ id }) => id);
    this.#accounts.retain(views);
    // All of them first: whose account is checked has to be known when the first check begins.
    for (const view of views) this.#accounts.of(view);
    return {
      ids,
      checking: views.map((view) => {
        return shouldCheck(view) ? this.#check(view) : skipped(view.id, 'not its turn');
      }),
    };
  }

  /** Somebody waits for it: the process must not end meanwhile, as it may beside `start()`. */
  async #awaited<Value>(work: Promise<Value>): Promise<Value> {
    const { clock } = this.#settings;
    const timer = clock.setTimer(() => undefined, LONGEST_TIMER_MS);
    holdProcess(timer, true);
    try {
      return await work;
    } finally {
      clock.clearTimer(timer);
    }
  }

  #unknown(id: string): Error {
    const { pool } = this.#settings;
    const isSecret = pool.keys().some((view) => pool.key(view.id)?.secret.reveal() === id);
    return new UnknownKeyError(id, isSecret);
  }

  /** Not `async`: of a thousand keys at once each function that waits is felt. */
  #check(view: KeyView): Checking {
    const { id } = view;
    if (this.#stopping !== undefined) return skipped(id, 'stopped');
    if (!this.#settings.isActive(view)) return skipped(id, `not active; it is ${view.state}`);
    return this.#inspector.inspect(this.#accounts.of(view));
  }

  #accountOf(id: string): Account | undefined {
    const known = this.#accounts.ofKey(id);
    if (known !== undefined || this.#stopping !== undefined) return known;
    const view = this.#settings.pool.key(id)?.view;
    return view === undefined ? undefined : this.#accounts.of(view);
  }

  #recorded(account: Account, now: number): void {
    account.recordedAt = now;
    if (account.ledger.unseen >= account.mark) this.#lookEarly(account);
  }

  /** The ledger says that it is time: to look, to decide, or not to wait for the provider any more. */
  #lookEarly(account: Account): void {
    if (this.#stopping !== undefined) return;
    const { rules, schedule } = this.#settings;
    const { toThreshold, toLimit } = account.room(rules);
    const { unseen } = account.ledger;
    if (this.#inspector.isChecking(account)) {
      account.mark = toLimit > 0 ? unseen + toLimit : Infinity;
      if (toLimit > 0) return;
      account.mustLookAgain = account.question === undefined;
      account.question?.interrupt({ kind: 'unasked' });
      return;
    }
    if (toThreshold <= 0 || this.#now() >= account.askedAt + schedule.minMs) {
      this.#inspector.look(account);
      return;
    }
    account.mark = unseen + toThreshold;
    this.#patrol?.hasten(account);
  }

  #now(): number {
    return this.#settings.clock.now();
  }

  #assertRunning(): void {
    if (this.#stopping === undefined) return;
    throw new KeyPoolError('CHECKER_STOPPED', 'The spend checker is stopped');
  }
}
