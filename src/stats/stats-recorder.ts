import { type Clock, holdProcess } from '../core/clock.js';
import { type CallRecord, SoundCall } from './call-record.js';
import type { StatsSnapshot } from './call-stats.js';
import { resolveOptions, type StatsRecorderOptions, type StatsSettings } from './options.js';
import { Outbox } from './outbox.js';

/**
 * Counts calls per key and per host, and hands the counts to a sink in the background. Whatever the
 * sink does, a call is never delayed, memory stays bounded, and until `close` no count is lost.
 *
 * @throws InvalidOptionError from the constructor, which starts no timer and does no I/O
 */
export class StatsRecorder implements AsyncDisposable {
  readonly #settings: StatsSettings;
  readonly #outbox: Outbox;
  readonly #now: () => number;
  readonly #call = new SoundCall();
  #timer: unknown;
  #hasTimer = false;
  #closing: Promise<void> | undefined;

  constructor(options: StatsRecorderOptions = {}) {
    this.#settings = resolveOptions(options);
    this.#outbox = new Outbox(this.#settings);
    this.#now = () => this.#settings.clock.now();
  }

  /** Counts a call that is over. Never waits, never throws; after `close` it is counted only. */
  record(call: CallRecord): void {
    try {
      if (!this.#call.read(call, this.#now)) return;
      this.#outbox.add(this.#call);
      this.#schedule();
    } catch {
      // A call whose fields throw when they are read: its request matters more than its statistics.
    }
  }

  /** Everything counted so far, delivered or not: frozen copies. */
  snapshot(): StatsSnapshot {
    return this.#outbox.snapshot();
  }

  /**
   * Hands to the sink at once what was recorded before. Resolves when the sink took or refused it; never
   * rejects. A sink must not wait for this: it would wait for itself.
   */
  async flush(): Promise<void> {
    // What is on its way was taken before; what came since goes with the next delivery.
    await this.#outbox.delivery;
    await this.#deliver();
  }

  /**
   * Delivers what is left and ends the recorder; resolves after `closeTimeoutMs` at the latest. Nothing
   * runs afterwards. What the sink refuses now, or has not taken by then, is lost, and the log says so.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { closeTimeoutMs, clock, logger, sink } = this.#settings;
    await settlesWithin(closeTimeoutMs, this.flush(), clock);
    this.#outbox.end();
    this.#unschedule();
    const { undelivered: requests } = this.#outbox;
    if (sink === undefined || requests === 0) return;
    logger.warn({ requests }, 'Closed before the statistics sink took everything');
  }

  async #deliver(): Promise<void> {
    if (this.#settings.sink === undefined) return;
    this.#unschedule();
    await this.#outbox.deliver();
    this.#schedule();
  }

  /** Sets the timer if there is something to deliver. It keeps no process alive. */
  #schedule(): void {
    if (this.#hasTimer || this.#closing !== undefined || this.#settings.sink === undefined) return;
    if (this.#outbox.delivery !== undefined || !this.#outbox.hasPending) return;
    this.#timer = this.#settings.clock.setTimer(() => {
      this.#hasTimer = false;
      void this.#deliver();
    }, this.#settings.flushEveryMs);
    this.#hasTimer = true;
  }

  #unschedule(): void {
    if (this.#hasTimer) this.#settings.clock.clearTimer(this.#timer);
    this.#hasTimer = false;
  }
}

/** Resolves when the promise has settled, or after `ms`; somebody waits, so the process is held. */
async function settlesWithin(ms: number, promise: Promise<void>, clock: Clock): Promise<void> {
  let timer: unknown;
  const timeout = new Promise<void>((resolve) => {
    timer = clock.setTimer(resolve, ms);
    holdProcess(timer, true);
  });
  await Promise.race([promise, timeout]);
  clock.clearTimer(timer);
}
