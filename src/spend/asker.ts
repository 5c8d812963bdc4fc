import { eraseSecret } from '../core/erase-secret.js';
import { isKeyPoolError, SpendProbeError } from '../core/errors.js';
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

  /** Never rejects. While it waits, for its turn too, `account.interrupt` gives another answer. */
  async ask(account: Account, key: KeyAccess): Promise<Answer> {
    const controller = new AbortController();
    const interrupted = new Promise<Answer>((resolve) => {
      account.interrupt = (answer) => {
        resolve(answer);
        controller.abort();
      };
    });
    const asked = this.#askInTurn(account, key, controller.signal, interrupted);
    const answer = await Promise.race([interrupted, asked]);
    account.interrupt = undefined;
    return answer;
  }

  async #askInTurn(
    account: Account,
    key: KeyAccess,
    signal: AbortSignal,
    interrupted: Promise<Answer>,
  ): Promise<Answer> {
    const turn = this.#gate.enter();
    if (turn !== undefined) await turn;
    try {
      if (this.#isStopped || signal.aborted) return { kind: 'stopped' };
      return await this.#askNow(account, key, signal, interrupted);
    } finally {
      this.#gate.leave();
    }
  }

  async #askNow(
    account: Account,
    key: KeyAccess,
    signal: AbortSignal,
    interrupted: Promise<Answer>,
  ): Promise<Answer> {
    const { clock, timeoutMs } = this.#settings;
    account.askedAt = clock.now();
    const timer = clock.setTimer(() => {
      const error = new SpendProbeError('timeout', `No answer within ${timeoutMs} ms`);
      account.interrupt?.({ kind: 'failed', error });
    }, timeoutMs);
    const answer = await Promise.race([this.#probe(key, signal, account.askedAt), interrupted]);
    clock.clearTimer(timer);
    return answer;
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
