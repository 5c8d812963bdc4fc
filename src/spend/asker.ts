import { eraseSecret } from '../core/erase-secret.js';
import { SpendProbeError } from '../core/errors.js';
import { scrub } from '../failure/scrub.js';
import type { KeyAccess } from '../key/key.js';
import type { Account, Answer } from './account.js';
import { checkReading } from './check-reading.js';
import { Gate } from './gate.js';
import type { SpendSettings } from './options.js';

/** Asks the provider: in time or not at all, and whatever the probe does. */
export class Asker {
  readonly #settings: SpendSettings;
  readonly #gate: Gate;
  #isStopped = false;

  constructor(settings: SpendSettings) {
    this.#settings = settings;
    this.#gate = new Gate(settings.concurrency);
  }

  /** Ends every wait for a provider; nobody is asked any more. */
  stop(accounts: Iterable<Account>): void {
    this.#isStopped = true;
    for (const account of accounts) account.interrupt?.({ kind: 'stopped' });
  }

  /** Never rejects. */
  async ask(account: Account, key: KeyAccess): Promise<Answer> {
    const turn = this.#gate.enter();
    if (turn !== undefined) await turn;
    try {
      return this.#isStopped ? { kind: 'stopped' } : await this.#ask(account, key);
    } finally {
      this.#gate.leave();
    }
  }

  #ask(account: Account, { view: { id, labels }, secret }: KeyAccess): Promise<Answer> {
    const { clock, timeoutMs, probe } = this.#settings;
    const { promise, resolve } = deferred<Answer>();
    const controller = new AbortController();
    const now = clock.now();
    account.askedAt = now;
    const end = (answer: Answer) => {
      clock.clearTimer(timer);
      account.interrupt = undefined;
      resolve(answer);
    };
    account.interrupt = (answer) => {
      end(answer);
      controller.abort();
    };
    const timer = clock.setTimer(() => {
      const error = new SpendProbeError('timeout', `No answer within ${timeoutMs} ms`);
      account.interrupt?.({ kind: 'failed', error });
    }, timeoutMs);
    const call = async (): Promise<void> => {
      let answer: Answer;
      try {
        const value = await probe({ id, secret, labels }, { signal: controller.signal, now });
        answer = { kind: 'reading', reading: checkReading(value, clock.now()) };
      } catch (error) {
        answer = { kind: 'failed', error: named(error, secret.reveal()) };
      }
      // Who was interrupted has resolved already, and may have been asked again.
      if (!controller.signal.aborted) end(answer);
    };
    void call();
    return promise;
  }
}

/** What a probe threw, as an error of ours. Its words may hold the key, and so may its cause. */
function named(error: unknown, secret: string): SpendProbeError {
  if (error instanceof SpendProbeError) return error;
  const words = error instanceof Error ? error.message : 'what it threw is no error';
  return new SpendProbeError('probe', `The probe failed: ${eraseSecret(scrub(words), secret)}`);
}

function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
