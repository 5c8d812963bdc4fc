import type { KeyView } from '../key/key.js';
import { Account } from './account.js';
import type { SpendSettings } from './options.js';

/** How long an account without keys is remembered after it was last asked about. */
const EMPTY_MS = 3_600_000;

/** Which key is paid from which purse. */
export class Accounts {
  readonly #settings: SpendSettings;
  readonly #ofKey = new Map<string, Account>();
  readonly #named = new Map<string, Account>();

  constructor(settings: SpendSettings) {
    this.#settings = settings;
  }

  /** The account of a key that is known already. */
  ofKey(id: string): Account | undefined {
    return this.#ofKey.get(id);
  }

  /** The key's account, made where there is none. */
  of(key: KeyView): Account {
    const known = this.#ofKey.get(key.id);
    if (known !== undefined) return known;
    const account = this.#byName(this.#settings.account(key));
    account.keyIds.add(key.id);
    this.#ofKey.set(key.id, account);
    return account;
  }

  /** Each once. */
  all(): Set<Account> {
    return new Set(this.#ofKey.values());
  }

  drop(id: string): void {
    const account = this.#ofKey.get(id);
    if (account === undefined) return;
    this.#ofKey.delete(id);
    account.keyIds.delete(id);
    account.parkings.delete(id);
    account.heirs.delete(id);
    this.#forgetEmpty();
  }

  /** An account outlives its last key for a while: what replaces that may be paid from the same purse. */
  #forgetEmpty(): void {
    const since = this.#settings.clock.now() - EMPTY_MS;
    for (const [name, { keyIds, askedAt, running }] of this.#named) {
      if (keyIds.size === 0 && askedAt < since && running === undefined) this.#named.delete(name);
    }
  }

  /** Forgets the keys that left the pool. */
  retain(keys: readonly KeyView[]): void {
    if (this.#ofKey.size === 0) return;
    const present = new Set(keys.map(({ id }) => id));
    for (const id of this.#ofKey.keys()) if (!present.has(id)) this.drop(id);
  }

  #byName(name: string | undefined): Account {
    const found = name === undefined ? undefined : this.#named.get(name);
    if (found !== undefined) return found;
    const account = new Account(name, this.#settings.lagMs);
    if (name !== undefined) this.#named.set(name, account);
    return account;
  }
}
