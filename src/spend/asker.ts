import { eraseSecret } from '../core/erase-secret.js';
import { isKeyPoolError, SpendProbeError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import { scrub } from '../failure/scrub.js';
import type { KeyAccess } from '../key/key.js';
import type { Account, Answer, OpenQuestion } from './account.js';
import { checkReading } from './check-reading.js';
import { Deadlines, type Due } from './deadlines.js';
import { Gate } from './gate.js';
import type { SpendSettings } from './options.js';
import { SharedAborts } from './shared-aborts.js';

/** Asks the provider: in time or not at all, and whatever the probe does. */
export class Asker {
  readonly #context: AskingContext;

  constructor(settings: SpendSettings) {
    const gate = new Gate(settings.concurrency);
    const deadlines = new Deadlines(settings.clock, settings.timeoutMs);
    this.#context = { settings, gate, deadlines, aborts: new SharedAborts() };
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
      question.ask(key);
    });
  }
}

/** What all questions have in common. */
interface AskingContext {
  readonly settings: SpendSettings;
  readonly gate: Gate;
  readonly deadlines: Deadlines;
  readonly aborts: SharedAborts;
}

/** One question: its answer is the first that comes, from the provider or from whoever interrupts. */
class Asking implements OpenQuestion, Due {
  dueAt = Infinity;
  readonly #account: Account;
  readonly #context: AskingContext;
  readonly #resolve: (answer: Answer) => void;
  /** Once the provider is asked. */
  #abort: AbortController | undefined;
  #isOver = false;

  constructor(account: Account, context: AskingContext, resolve: (answer: Answer) => void) {
    this.#account = account;
    this.#context = context;
    this.#resolve = resolve;
  }

  /** As soon as there is room. */
  ask(key: KeyAccess): void {
    const turn = this.#context.gate.enter();
    if (turn === undefined) this.#askNow(key);
    else void turn.then(() => this.#askInTurn(key));
  }

  #askInTurn(key: KeyAccess): void {
    if (this.#isOver) this.#context.gate.leave();
    else this.#askNow(key);
  }

  #askNow({ view: { id, labels }, secret }: KeyAccess): void {
    const { settings, deadlines, aborts } = this.#context;
    const now = settings.clock.now();
    this.#account.askedAt = now;
    this.#abort = aborts.at(now);
    deadlines.begin(this, now);
    const { signal } = this.#abort;
    const read = (value: unknown) => this.#read(value, id, secret);
    const failed = (error: unknown) => this.#failed(error, secret);
    try {
      // In JavaScript it may return what is no promise.
      Promise.resolve(settings.probe({ id, secret, labels }, { signal, now })).then(read, failed);
    } catch (error) {
      failed(error);
    }
  }

  #read(value: unknown, askedId: string, secret: Secret): void {
    try {
      const reading = checkReading(value, this.#context.settings.clock.now());
      this.#answered({ kind: 'reading', reading, askedId });
    } catch (error) {
      this.#failed(error, secret);
    }
  }

  #failed(error: unknown, secret: Secret): void {
    this.#answered({ kind: 'failed', error: named(error, secret.reveal()) });
  }

  #answered(answer: Answer): void {
    this.#context.deadlines.end(this);
    this.#end(answer);
  }

  /** A probe that is interrupted may never end: it gives its place to the next at once. */
  interrupt(answer: Answer): void {
    this.#end(answer);
    // Else the probe has until its deadline: others may share its signal.
    if (answer.kind === 'stopped') this.#abandon();
  }

  late(): void {
    const message = `No answer within ${this.#context.settings.timeoutMs} ms`;
    this.#end({ kind: 'failed', error: new SpendProbeError('timeout', message) });
    this.#abandon();
  }

  #abandon(): void {
    this.#context.deadlines.end(this);
    this.#abort?.abort();
  }

  #end(answer: Answer): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#account.question = undefined;
    if (this.#abort !== undefined) this.#context.gate.leave();
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
