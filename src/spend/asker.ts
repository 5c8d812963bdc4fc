import type { KeyAccess } from '../key/key.js';
import type { Account, Answer } from './account.js';
import { Deadlines } from './deadlines.js';
import { Gate } from './gate.js';
import type { SpendSettings } from './options.js';
import { Question, type QuestionContext } from './question.js';

/** Asks the provider: in time or not at all, and whatever the probe does. */
export class Asker {
  readonly #context: QuestionContext;
  #isStopped = false;

  constructor(settings: SpendSettings) {
    const gate = new Gate(settings.concurrency);
    const deadlines = new Deadlines(settings.clock, settings.timeoutMs);
    this.#context = { settings, gate, deadlines };
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Ends every wait for a provider. */
  stop(accounts: Iterable<Account>): void {
    this.#isStopped = true;
    for (const { question } of accounts) question?.interrupt({ kind: 'stopped' });
  }

  /**
   * Calls `answered` once, later. Until then, while it waits for its turn too, `account.question` takes
   * another answer.
   */
  ask(
    account: Account,
    { view: { id, labels }, secret }: KeyAccess,
    answered: (answer: Answer) => void,
  ): void {
    const question = new Question(account, { id, secret, labels }, this.#context, answered);
    account.question = question;
    question.ask();
  }
}
