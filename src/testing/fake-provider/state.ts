import { InvalidOptionError } from '../../core/errors.js';
import { Account } from './account.js';
import { Misbehaviours, type MisbehaviourTarget } from './misbehaviour.js';
import type { Settings } from './options.js';
import type { CapacityUse } from './quota.js';
import { Random } from './random.js';
import { SpendLedger } from './spend.js';
import { type CallCounts, Tally } from './tally.js';

export interface FakeProviderStats extends CallCounts {
  /** Milliseconds since the start or the last `resetStats()`. */
  readonly elapsedMs: number;
  readonly byOrganisation: Readonly<Record<string, CallCounts>>;
  /** By secret, which here is none. Calls with a wrong key are in the totals only. */
  readonly byKey: Readonly<Record<string, CallCounts>>;
  /** One entry for every limit of every organisation. */
  readonly capacity: readonly CapacityUse[];
}

/** Everything a fake provider remembers between two requests. */
export class State {
  readonly settings: Settings;
  readonly misbehaviours = new Misbehaviours();
  readonly spend = new SpendLedger();
  readonly random: Random;
  readonly tally = new Tally();
  readonly #accounts: readonly Account[];
  readonly #accountsByKey: ReadonlyMap<string, Account>;
  #countedSince: number;

  constructor(settings: Settings) {
    this.settings = settings;
    this.random = new Random(settings.seed);
    this.#countedSince = settings.clock.now();
    this.#accounts = settings.organisations.map((each) => new Account(each, this.#countedSince));
    this.#accountsByKey = new Map(
      this.#accounts.flatMap((account) => [...account.keys.keys()].map((key) => [key, account])),
    );
  }

  accountOf(key: string | undefined): Account | undefined {
    return key === undefined ? undefined : this.#accountsByKey.get(key);
  }

  stats(): FakeProviderStats {
    const now = this.settings.clock.now();
    const keys = this.#accounts.flatMap((account) => [...account.keys]);
    return {
      ...this.tally.counts(),
      elapsedMs: now - this.#countedSince,
      byOrganisation: Object.fromEntries(
        this.#accounts.map(({ id, tally }) => [id, tally.counts()]),
      ),
      byKey: Object.fromEntries(keys.map(([key, tally]) => [key, tally.counts()])),
      capacity: this.#accounts.flatMap(({ quotas }) =>
        quotas.flatMap((each) => each.capacity(now)),
      ),
    };
  }

  resetStats(): void {
    this.#countedSince = this.settings.clock.now();
    this.tally.reset();
    for (const { tally, keys, quotas } of this.#accounts) {
      tally.reset();
      for (const each of keys.values()) each.reset();
      for (const quota of quotas) quota.resetCapacity(this.#countedSince);
    }
  }

  checkKey(path: string, key: string): void {
    if (!this.#accountsByKey.has(key))
      throw new InvalidOptionError(path, 'a key of this provider', key);
  }

  checkTarget({ key, organisation }: MisbehaviourTarget): void {
    if (key !== undefined) this.checkKey('key', key);
    if (organisation === undefined || this.#accounts.some(({ id }) => id === organisation)) return;
    throw new InvalidOptionError('organisation', 'an organisation of this provider', organisation);
  }
}
