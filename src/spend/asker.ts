import { eraseSecret } from '../core/erase-secret.js';
import { isKeyPoolError, SpendProbeError } from '../core/errors.js';
import { scrub } from '../failure/scrub.js';
import type { KeyAccess } from '../key/key.js';
import type { Account, Answer } from './account.js';
import { checkReading } from './check-reading.js';
import { Deadlines } from './deadlines.js';
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
    for (const account of accounts) account.interrupt?.({ kind: 'stopped' });
  }

  /** Never rejects. While it waits, for its turn too, `account.interrupt` gives another answer. */
  ask(account: Account, key: KeyAccess): Promise<Answer> {
    return new Promise((resolve) => {
      const controller = new AbortController();
      account.interrupt = (answer) => {
        account.interrupt = undefined;
        resolve(answer);
        controller.abort();
      };
      void this.#askInTurn(account, key, controller.signal, resolve);
    });
  }

  async #askInTurn(
    account: Account,
    key: KeyAccess,
    signal: AbortSignal,
    resolve: (answer: Answer) => void,
  ): Promise<void> {
    const turn = this.#gate.enter();
    if (turn !== undefined) await turn;
    if (signal.aborted) {
      this.#gate.leave();
      return;
    }
    const now = this.#settings.clock.now();
    account.askedAt = now;
    const met = this.#deadlines.set(() => account.interrupt?.(this.#tooLate()), now);
    // A probe that is interrupted may never end: it gives its place to the next at once.
    const leave = () => {
      met();
      this.#gate.leave();
    };
    signal.addEventListener('abort', leave);
    const answer = await this.#probe(key, signal, now);
    if (signal.aborted) return;
    account.interrupt = undefined;
    leave();
    resolve(answer);
  }

  #tooLate(): Answer {
    const message = `No answer within ${this.#settings.timeoutMs} ms`;
    return { kind: 'failed', error: new SpendProbeError('timeout', message) };
  }

  async #probe(
    { view: { id, labels }, secret }: KeyAccess,
    signal: AbortSignal,
    now: number,
  ): Promise<Answer> {
    const { probe, clock } = this.#settings;
    try {
      const value = await probe({ id, secret, labels }, { signal, now });
      return { kind: 'reading', reading: checkReading(value, clock.now()), askedId: id };
    } catch (error) {
      return { kind: 'failed', error: named(error, secret.reveal()) };
    }
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
