import { SpendProbeError } from '../core/errors.js';
import type { Account, Answer, OpenQuestion } from './account.js';
import { checkReading } from './check-reading.js';
import type { Deadlines, Due } from './deadlines.js';
import type { Gate } from './gate.js';
import type { SpendSettings } from './options.js';
import { probeFailure } from './probe-failure.js';
import type { SpendProbeContext, SpendProbeKey } from './spend-probe.js';

/** What all questions have in common. */
export interface QuestionContext {
  readonly settings: SpendSettings;
  readonly gate: Gate;
  readonly deadlines: Deadlines;
}

/** One question: its answer is the first that comes, from the provider or from whoever interrupts. */
export class Question implements OpenQuestion, Due {
  dueAt = Infinity;
  readonly #account: Account;
  readonly #key: SpendProbeKey;
  readonly #context: QuestionContext;
  readonly #answered: (answer: Answer) => void;
  /** Once the provider is asked. */
  #controller: AbortController | undefined;
  #isOver = false;

  constructor(
    account: Account,
    key: SpendProbeKey,
    context: QuestionContext,
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
    return { kind: 'failed', error: probeFailure(error, this.#key.secret.reveal()) };
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
