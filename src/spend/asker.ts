import { eraseSecret } from '../core/erase-secret.js';
import { isKeyPoolError, SpendProbeError } from '../core/errors.js';
import { scrub } from '../failure/scrub.js';
import type { KeyAccess } from '../key/key.js';
import type { Account, Answer, OpenQuestion } from './account.js';
import { checkReading } from './check-reading.js';
import { Deadlines, type Due } from './deadlines.js';
import { Gate } from './gate.js';
import type { SpendSettings } from './options.js';
import type { SpendProbeContext, SpendProbeKey } from './spend-probe.js';

/** Asks the provider: in time or not at all, and whatever the probe does. */
export class Asker {
  readonly #context: AskingContext;
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
    const question = new Asking(account, { id, secret, labels }, this.#context, answered);
    account.question = question;
    question.ask();
  }
}

/** What all questions have in common. */
interface AskingContext {
  readonly settings: SpendSettings;
  readonly gate: Gate;
  readonly deadlines: Deadlines;
}

/** One question: its answer is the first that comes, from the provider or from whoever interrupts. */
class Asking implements OpenQuestion, Due {
  dueAt = Infinity;
  readonly #account: Account;
  readonly #key: SpendProbeKey;
  readonly #context: AskingContext;
  readonly #answered: (answer: Answer) => void;
  /** Once the provider is asked. */
  #controller: AbortController | undefined;
  #isOver = false;

  constructor(
    account: Account,
    key: SpendProbeKey,
    context: AskingContext,
    answered: (answer: Answer) => void,
  ) {
    this.#account = account;
    this.#key = key;
    this.#context = context;
    this.#answered = answered;
  }

  /** As soon as there is room. */
  ask(): void {
    const turn = this.#context.gate.enter();
    if (turn === undefined) this.#askNow();
    else void turn.then(() => this.#askInTurn());
  }

  #askInTurn(): void {
    if (this.#isOver) this.#context.gate.leave();
    else this.#askNow();
  }

  #askNow(): void {
    const { settings, deadlines } = this.#context;
    const now = settings.clock.now();
    this.#account.askedAt = now;
    this.#controller = new AbortController();
    deadlines.begin(this, now);
    const { signal } = this.#controller;
    this.#probe({ signal, now }).then(
      (value) => this.#end(this.#answerOf(value)),
      (error: unknown) => this.#end(this.#failure(error)),
    );
  }

  #probe(context: SpendProbeContext): Promise<unknown> {
    try {
      // In JavaScript it may return what is no promise.
      return Promise.resolve(this.#context.settings.probe(this.#key, context));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #answerOf(value: unknown): Answer {
    try {
      const reading = checkReading(value, this.#context.settings.clock.now());
      return { kind: 'reading', reading, askedId: this.#key.id };
    } catch (error) {
      return this.#failure(error);
    }
  }

  #failure(error: unknown): Answer {
    return { kind: 'failed', error: named(error, this.#key.secret.reveal()) };
  }

  /** A probe that is interrupted may never end: it gives its place to the next at once. */
  interrupt(answer: Answer): void {
    if (!this.#close()) return;
    // Whoever interrupts, as by recording a cost, goes on first.
    void Promise.resolve(answer).then(this.#answered);
    this.#controller?.abort();
  }

  late(): void {
    const message = `No answer within ${this.#context.settings.timeoutMs} ms`;
    this.interrupt({ kind: 'failed', error: new SpendProbeError('timeout', message) });
  }

  #end(answer: Answer): void {
    if (this.#close()) this.#answered(answer);
  }

  /** Whether there was no answer before. */
  #close(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#account.question = undefined;
    if (this.#controller !== undefined) {
      this.#context.deadlines.end(this);
      this.#context.gate.leave();
    }
    return true;
  }
}

/** What a probe threw, as an error of ours. Its words may hold the key, and so may its cause. */
function named(error: unknown, secret: string): SpendProbeError {
  const words = wordsIn(error);
  if (!isKeyPoolError(error, 'SPEND_PROBE_FAILED')) {
    return new SpendProbeError('probe', `The probe failed: ${eraseSecret(scrub(words), secret)}`);
  }
  const { kind, status, retryAfterMs } = error;
  return new SpendProbeError(kind, eraseSecret(words, secret), {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function wordsIn(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : 'what it threw is no error';
  } catch {
    return 'what it threw does not tell what it is';
  }
}
