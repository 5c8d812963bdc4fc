import { eraseSecret } from '../core/erase-secret.js';
import { isKeyPoolError, SpendProbeError } from '../core/errors.js';
import { scrub } from '../failure/scrub.js';
import type { KeyAccess } from '../key/key.js';
import type { Account, Answer, OpenQuestion } from './account.js';
import { checkReading } from './check-reading.js';
import { Deadlines, type Due } from './deadlines.js';
import { Gate } from './gate.js';
import type { SpendSettings } from './options.js';

/** Asks the provider: in time or not at all, and whatever the probe does. */
export class Asker {
  readonly #context: AskingContext;

  constructor(settings: SpendSettings) {
    const gate = new Gate(settings.concurrency);
    const deadlines = new Deadlines(settings.clock, settings.timeoutMs);
    this.#context = { settings, gate, deadlines };
  }

  /** Ends every wait for a provider. */
  stop(accounts: Iterable<Account>): void {
    for (const { question } of accounts) question?.interrupt({ kind: 'stopped' });
  }

  /** Never rejects. While it waits, for its turn too, `account.question` takes another answer. */
  ask(account: Account, key: KeyAccess): Promise<Answer> {
    return new Promise((resolve) => {
      const question = new Asking(account, this.#context, resolve);
      account.question = question;
      void question.ask(key);
    });
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
  readonly #context: AskingContext;
  readonly #resolve: (answer: Answer) => void;
  readonly #controller = new AbortController();
  #hasTurn = false;
  #isOver = false;

  constructor(account: Account, context: AskingContext, resolve: (answer: Answer) => void) {
    this.#account = account;
    this.#context = context;
    this.#resolve = resolve;
  }

  async ask(key: KeyAccess): Promise<void> {
    const { gate } = this.#context;
    const turn = gate.enter();
    if (turn !== undefined) await turn;
    if (this.#isOver) gate.leave();
    else this.#askNow(key);
  }

  #askNow({ view: { id, labels }, secret }: KeyAccess): void {
    const { settings, deadlines } = this.#context;
    const { clock, probe } = settings;
    const { signal } = this.#controller;
    const now = clock.now();
    this.#hasTurn = true;
    this.#account.askedAt = now;
    deadlines.begin(this, now);
    const failed = (error: unknown) =>
      this.#end({ kind: 'failed', error: named(error, secret.reveal()) });
    const read = (value: unknown) => {
      const reading = checkReading(value, clock.now());
      this.#end({ kind: 'reading', reading, askedId: id });
    };
    try {
      // In JavaScript it may return what is no promise.
      Promise.resolve(probe({ id, secret, labels }, { signal, now })).then(read).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** A probe that is interrupted may never end: it gives its place to the next at once. */
  interrupt(answer: Answer): void {
    this.#end(answer);
    this.#controller.abort();
  }

  late(): void {
    const message = `No answer within ${this.#context.settings.timeoutMs} ms`;
    this.interrupt({ kind: 'failed', error: new SpendProbeError('timeout', message) });
  }

  #end(answer: Answer): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#account.question = undefined;
    if (this.#hasTurn) {
      this.#context.deadlines.end(this);
      this.#context.gate.leave();
    }
    this.#resolve(answer);
  }
}

/** What a probe threw, as an error of ours. Its words may hold the key, and so may its cause. */
function named(error: unknown, secret: string): SpendProbeError {
  const words = error instanceof Error ? String(error.message) : 'what it threw is no error';
  if (!isKeyPoolError(error, 'SPEND_PROBE_FAILED')) {
    return new SpendProbeError('probe', `The probe failed: ${eraseSecret(scrub(words), secret)}`);
  }
  const { kind, status, retryAfterMs } = error;
  return new SpendProbeError(kind, eraseSecret(words, secret), {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
