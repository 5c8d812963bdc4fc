import { eraseSecret } from '../core/erase-secret.js';
import { isKeyPoolError, SpendProbeError } from '../core/errors.js';
import { scrub } from '../failure/scrub.js';
import type { KeyAccess } from '../key/key.js';
import type { Account, Answer, Question } from './account.js';
import { checkReading } from './check-reading.js';
import { Deadlines, type Due } from './deadlines.js';
import { Gate } from './gate.js';
import type { SpendSettings } from './options.js';

/** Asks the provider: in time or not at all, and whatever the probe does. */
export class Asker {
  readonly #settings: SpendSettings;
  readonly #gate: Gate;
  readonly #deadlines: Deadlines;

  constructor(settings: SpendSettings) {
    this.#settings = settings;
    this.#gate = new Gate(settings.concurrency);
    this.#deadlines = new Deadlines(settings.clock, settings.timeoutMs);
  }

  /** Ends every wait for a provider. */
  stop(accounts: Iterable<Account>): void {
    for (const { question } of accounts) question?.interrupt({ kind: 'stopped' });
  }

  /** Never rejects. While it waits, for its turn too, `account.question` takes another answer. */
  ask(account: Account, key: KeyAccess): Promise<Answer> {
    return new Promise((resolve) => {
      const question = new Asking(account, this.#settings, this.#gate, this.#deadlines, resolve);
      account.question = question;
      void question.ask(key);
    });
  }
}

/** One question: its answer is the first that comes, from the provider or from whoever interrupts. */
class Asking implements Question, Due {
  dueAt = Infinity;
  readonly #account: Account;
  readonly #settings: SpendSettings;
  readonly #gate: Gate;
  readonly #deadlines: Deadlines;
  readonly #resolve: (answer: Answer) => void;
  readonly #controller = new AbortController();
  #hasTurn = false;
  #isOver = false;

  // No record of options: a pool has thousands of keys, and they are asked about at once.
  constructor(
    account: Account,
    settings: SpendSettings,
    gate: Gate,
    deadlines: Deadlines,
    resolve: (answer: Answer) => void,
  ) {
    this.#account = account;
    this.#settings = settings;
    this.#gate = gate;
    this.#deadlines = deadlines;
    this.#resolve = resolve;
  }

  async ask(key: KeyAccess): Promise<void> {
    const turn = this.#gate.enter();
    if (turn !== undefined) await turn;
    if (!this.#isOver) this.#askNow(key);
    else this.#gate.leave();
  }

  #askNow({ view: { id, labels }, secret }: KeyAccess): void {
    const { clock, probe } = this.#settings;
    const { signal } = this.#controller;
    const now = clock.now();
    this.#hasTurn = true;
    this.#account.askedAt = now;
    this.#deadlines.begin(this, now);
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
    const message = `No answer within ${this.#settings.timeoutMs} ms`;
    this.interrupt({ kind: 'failed', error: new SpendProbeError('timeout', message) });
  }

  #end(answer: Answer): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#account.question = undefined;
    if (this.#hasTurn) {
      this.#deadlines.end(this);
      this.#gate.leave();
    }
    this.#resolve(answer);
  }
}

/** What a probe threw, as an error of ours. Its words may hold the key, and so may its cause. */
function named(error: unknown, secret: string): SpendProbeError {
  const words = error instanceof Error ? error.message : 'what it threw is no error';
  if (!isKeyPoolError(error, 'SPEND_PROBE_FAILED')) {
    return new SpendProbeError('probe', `The probe failed: ${eraseSecret(scrub(words), secret)}`);
  }
  const { kind, status, retryAfterMs } = error;
  return new SpendProbeError(kind, eraseSecret(words, secret), {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
