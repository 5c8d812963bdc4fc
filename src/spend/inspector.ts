import type { Account } from './account.js';
import { Asker } from './asker.js';
import { type InspectionContext, inspect } from './inspection.js';
import { KeyKeeper } from './key-keeper.js';
import type { SpendSettings } from './options.js';
import type { Checks } from './report.js';
import { Reporter } from './reporter.js';

/** Has accounts inspected, each by one inspection at a time. */
export class Inspector {
  readonly #settings: SpendSettings;
  readonly #asker: Asker;
  readonly #reporter: Reporter;
  readonly #context: InspectionContext;
  readonly #onInspected: (account: Account) => void;
  readonly #running = new Set<Account>();

  constructor(settings: SpendSettings, onInspected: (account: Account) => void) {
    this.#settings = settings;
    this.#asker = new Asker(settings);
    this.#reporter = new Reporter(settings);
    this.#onInspected = onInspected;
    this.#context = {
      settings,
      asker: this.#asker,
      keeper: new KeyKeeper(settings),
      reporter: this.#reporter,
      onDone: (account) => this.#done(account),
    };
  }

  /** Checks the account's keys, or joins the check under way. Rejects only where the pool itself throws. */
  inspect(account: Account): Promise<Checks> {
    if (account.running !== undefined) return account.running;
    this.#running.add(account);
    account.mustLookAgain = false;
    const running = inspect(account, this.#context);
    // Where the pool threw at once it is over already, and another may have begun.
    if (this.isChecking(account)) account.running ??= running;
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
    this.#asker.stop(this.#running);
    // Of one that fails, whoever asked for it hears.
    await Promise.allSettled([...this.#running].map(({ running }) => running));
    await this.#reporter.stop();
  }

  #done(account: Account): void {
    const { rules, schedule } = this.#settings;
    account.running = undefined;
    this.#running.delete(account);
    // More may have been spent while backups came.
    account.aim(rules, schedule.share);
    if (account.mustLookAgain && !this.#asker.isStopped) this.look(account);
    else this.#onInspected(account);
  }
}
