import { isKeyPoolError } from '../core/errors.js';
import type { KeyView } from '../key/key.js';
import type { Account } from './account.js';
import type { Accounts } from './accounts.js';
import { Agenda } from './agenda.js';
import type { Inspector } from './inspector.js';
import type { SpendSettings } from './options.js';
import { nextWait } from './schedule.js';
import type { SpendPoolEvent, SpendPoolPayload } from './spend-pool.js';

/** Checks come at most this much earlier than computed, so that they do not march in step. */
const JITTER = 0.1;
const RETRY_MS = 5_000;

/** Checks every account when its turn comes, and earlier when something happens to a key. */
export class Patrol {
  readonly #settings: SpendSettings;
  readonly #accounts: Accounts;
  readonly #inspector: Inspector;
  readonly #agenda: Agenda<Account>;
  readonly #unsubscribes: readonly (() => void)[];
  /** Accounts of which something is to be seen, in use or not. */
  readonly #hastened = new Set<Account>();
  #retry: unknown;
  #isStopped = false;

  constructor(settings: SpendSettings, accounts: Accounts, inspector: Inspector) {
    this.#settings = settings;
    this.#accounts = accounts;
    this.#inspector = inspector;
    this.#agenda = new Agenda(settings.clock, (due) => void this.#visit(due));
    this.#unsubscribes = this.#subscribe();
    void this.#begin();
  }

  stop(): void {
    this.#isStopped = true;
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
    this.#settings.clock.clearTimer(this.#retry);
    this.#agenda.close();
  }

  /** Notes when the account is checked next. */
  plan(account: Account): void {
    if (this.#isStopped || account.keyIds.size === 0) return;
    this.#agenda.set(account, this.#settings.clock.now() + this.#waitFor(account));
  }

  /** Checks the account as soon as that is allowed. */
  hasten(account: Account): void {
    const { clock, schedule, minIntervalMs } = this.#settings;
    const minMs = Math.max(schedule.minMs, minIntervalMs);
    const at = Math.max(clock.now(), account.askedAt + minMs, account.retryAt);
    if (this.#isStopped) return;
    this.#hastened.add(account);
    if (at < account.dueAt) this.#agenda.set(account, at);
  }

  async #begin(): Promise<void> {
    const { pool, clock, logger } = this.#settings;
    try {
      await pool.ready();
      for (const view of pool.keys()) this.hasten(this.#accounts.of(view));
    } catch (error) {
      if (this.#isStopped || isKeyPoolError(error, 'POOL_CLOSED')) return;
      logger.warn({ error }, 'The pool is not ready for spend checks');
      this.#retry = clock.setTimer(() => void this.#begin(), RETRY_MS);
    }
  }

  #subscribe(): readonly (() => void)[] {
    const { pool } = this.#settings;
    const on = (event: SpendPoolEvent, listener: (payload: SpendPoolPayload) => void) =>
      pool.on(event, listener);
    const look = (id: string | undefined) => {
      const view = id === undefined ? undefined : pool.key(id)?.view;
      if (view !== undefined) this.hasten(this.#accounts.of(view));
    };
    const lookIfMoney = ({ id, reason }: SpendPoolPayload) => {
      if (reason === 'budget_exceeded') look(id);
    };
    return [
      on('keyAdded', ({ id }) => look(id)),
      on('rotated', ({ to }) => look(to)),
      on('alreadyRotated', ({ to }) => look(to)),
      on('cooled', lookIfMoney),
      on('exhausted', lookIfMoney),
      on('keyRemoved', ({ id }) => this.#forget(id)),
    ];
  }

  #forget(id: string): void {
    const account = this.#accounts.ofKey(id);
    this.#accounts.drop(id);
    if (account?.keyIds.size !== 0) return;
    this.#agenda.delete(account);
    this.#hastened.delete(account);
  }

  async #visit(due: readonly Account[]): Promise<void> {
    for (const account of due) account.dueAt = Infinity;
    try {
      await this.#settings.pool.ready();
    } catch (error) {
      if (isKeyPoolError(error, 'POOL_CLOSED')) this.#poolClosed();
      for (const account of due) this.plan(account);
      return;
    }
    if (this.#isStopped) return;
    for (const account of due) {
      if (this.#isWanted(account)) this.#inspector.look(account);
      else this.plan(account);
    }
  }

  #poolClosed(): void {
    this.#settings.logger.warn({}, 'The pool is closed, so its spend is checked no more');
    this.stop();
  }

  #isWanted(account: Account): boolean {
    const { clock, schedule, pool, shouldCheck } = this.#settings;
    const keys = [...account.keyIds].flatMap((id) => pool.key(id)?.view ?? []);
    const isHastened = this.#hastened.delete(account);
    const hasWaited = isHastened || clock.now() - account.askedAt >= schedule.idleMs * (1 - JITTER);
    return (hasWaited || this.#isInUse(account, keys)) && keys.some(shouldCheck);
  }

  /** Whether anything may have been spent since the provider was last asked. */
  #isInUse(account: Account, keys: readonly KeyView[]): boolean {
    const { clock, rules } = this.#settings;
    const { askedAt, recordedAt, failures, reading } = account;
    if (recordedAt >= askedAt || failures > 0) return true;
    const now = clock.now();
    const isSince = (at = Infinity) => askedAt < at && at <= now;
    if (isSince(reading?.resetsAt) || isSince(account.lapsesAt(rules))) return true;
    return keys.some(({ inFlight, usedAt = -Infinity }) => inFlight > 0 || usedAt >= askedAt);
  }

  #waitFor(account: Account): number {
    const { clock, schedule, rules, random, minIntervalMs } = this.#settings;
    const now = clock.now();
    const { burn, lagMs, failures, reading } = account;
    const rate = burn.peak;
    const room = account.room(rules).toThreshold;
    const pace = { rate, room, lagMs, isKnown: burn.samples > 0 || room === Infinity };
    const wanted = failures > 0 ? account.pauseMs : nextWait(pace, schedule);
    const until = (at = Infinity) => (at > now ? at - now : Infinity);
    const toNews = Math.min(until(reading?.resetsAt), until(account.lapsesAt(rules)));
    const leastMs = Math.max(schedule.minMs, minIntervalMs, account.retryAt - now);
    const wait = Math.min(wanted, toNews) * (1 - JITTER * random());
    return Math.max(leastMs, wait);
  }
}
