import type { KeyAccess } from '../key/key.js';
import type { Account, Answer } from './account.js';
import type { Asker } from './asker.js';
import { type ConclusionContext, conclude, type Dealing, type Inspected } from './conclusion.js';
import type { Checks, SpendCheck } from './report.js';

/** What all inspections have in common. */
export interface InspectionContext extends ConclusionContext {
  readonly asker: Asker;
  /** All is done about its keys; what is written of it may take longer. */
  readonly onDone: (account: Account) => void;
}

/**
 * One check of an account: asks, judges, and has each key dealt with. Rejects only where the pool itself
 * throws.
 */
export function inspect(account: Account, context: InspectionContext): Promise<Checks> {
  return new Promise((resolve, reject) => {
    new Inspection(account, context, resolve, reject).begin();
  });
}

// No `async` functions, which would read better: of a thousand keys at once each that waits is felt.
class Inspection implements Inspected {
  readonly account: Account;
  startedAt = 0;
  ids: readonly string[] = [];
  readonly #context: InspectionContext;
  readonly #resolve: (checks: Checks | Promise<Checks>) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    account: Account,
    context: InspectionContext,
    resolve: (checks: Checks | Promise<Checks>) => void,
    reject: (error: unknown) => void,
  ) {
    this.account = account;
    this.#context = context;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    try {
      this.startedAt = this.#context.settings.clock.now();
      // Nothing of these views is kept while the provider answers.
      const keys = this.#activeKeys();
      this.ids = keys.map(({ view }) => view.id);
      this.#ask(this.#chosen(keys));
    } catch (error) {
      this.#fail(error);
    }
  }

  #activeKeys(): KeyAccess[] {
    const { pool, isActive } = this.#context.settings;
    const keys: KeyAccess[] = [];
    for (const id of this.account.keyIds) {
      const key = pool.key(id);
      if (key !== undefined && isActive(key.view)) keys.push(key);
    }
    return keys;
  }

  /** Which key is to ask. After a failure it is the next, which may be luckier. */
  #chosen(keys: readonly KeyAccess[]): KeyAccess | undefined {
    const sound = keys.filter(({ view }) => view.state !== 'exhausted');
    const candidates = sound.length > 0 ? sound : keys;
    return candidates[this.account.failures % candidates.length];
  }

  #ask(key: KeyAccess | undefined): void {
    const { settings, asker } = this.#context;
    const { clock, minIntervalMs } = settings;
    const answered = (answer: Answer) => this.#answered(answer);
    const isAskable = clock.now() >= this.account.askableAt(minIntervalMs);
    if (key !== undefined && isAskable && !asker.isStopped) {
      asker.ask(this.account, key, answered);
      return;
    }
    const kind = asker.isStopped ? 'stopped' : 'unasked';
    void Promise.resolve({ kind } as const).then(answered);
  }

  #answered(answer: Answer): void {
    try {
      const dealings = conclude(this, answer, this.#context);
      const acting = dealings.flatMap((dealing) => dealing.acting ?? []);
      if (acting.length === 0) this.#done(dealings);
      else void Promise.all(acting).then(() => this.#done(dealings));
    } catch (error) {
      this.#fail(error);
    }
  }

  #done(dealings: readonly Dealing[]): void {
    try {
      this.#context.onDone(this.account);
      // Rows may take long: what is spent meanwhile does not wait for them.
      const checks = dealings.map(({ check }) => check);
      this.#resolve(checks.every(isSettled) ? byId(checks) : Promise.all(checks).then(byId));
    } catch (error) {
      this.#reject(error);
    }
  }

  #fail(error: unknown): void {
    this.#reject(error);
    try {
      this.#context.onDone(this.account);
    } catch {
      // A clock that fails, fails twice: the first error is told.
    }
  }
}

function byId(checks: readonly SpendCheck[]): Checks {
  const found = new Map<string, SpendCheck>();
  for (const check of checks) found.set(check.id, check);
  return found;
}

function isSettled(check: SpendCheck | Promise<SpendCheck>): check is SpendCheck {
  return !(check instanceof Promise);
}
