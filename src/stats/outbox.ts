import type { SoundCall } from './call-record.js';
import type { StatsBatch, StatsSnapshot } from './call-stats.js';
import { Ledger } from './ledger.js';
import type { StatsSettings } from './options.js';

/**
 * Counts, and hands to the sink what it has not taken yet, one batch at a time. Every call is in one
 * of three ledgers: delivered, on its way, pending. What the sink refuses is pending again.
 */
export class Outbox {
  readonly #settings: StatsSettings;
  readonly #delivered: Ledger;
  #travelling: Ledger | undefined;
  #pending: Ledger;
  #delivery: Promise<void> | undefined;
  /** Where the last batch that was taken ended. */
  #from: number;
  /** Batches refused since one was taken. */
  #refusals = 0;
  #hasEnded = false;

  constructor(settings: StatsSettings) {
    this.#settings = settings;
    this.#delivered = new Ledger(settings.maxKeys);
    this.#pending = new Ledger(settings.maxKeys);
    this.#from = settings.clock.now();
  }

  /** The delivery under way; never rejects. */
  get delivery(): Promise<void> | undefined {
    return this.#delivery;
  }

  get hasPending(): boolean {
    return this.#pending.requests > 0;
  }

  /** Calls that the sink has not taken. */
  get undelivered(): number {
    return this.#pending.requests + (this.#travelling?.requests ?? 0);
  }

  add(call: SoundCall): void {
    this.#pending.add(call);
  }

  snapshot(): StatsSnapshot {
    const all = new Ledger(this.#settings.maxKeys);
    all.absorb(this.#delivered);
    if (this.#travelling !== undefined) all.absorb(this.#travelling);
    all.absorb(this.#pending);
    return Object.freeze(all.stats());
  }

  /** Delivers what is pending, unless a delivery is under way: then it resolves with that. */
  deliver(): Promise<void> {
    if (this.#delivery !== undefined) return this.#delivery;
    if (!this.hasPending || this.#hasEnded) return Promise.resolve();
    this.#delivery = this.#send();
    return this.#delivery;
  }

  /** Whatever the sink answers from now on is ignored. */
  end(): void {
    this.#hasEnded = true;
    // Whoever flushes from now on waits for nothing.
    this.#delivery = undefined;
  }

  async #send(): Promise<void> {
    const { sink, clock, maxKeys } = this.#settings;
    const sent = this.#pending;
    const to = clock.now();
    const batch = Object.freeze({ from: this.#from, to, ...sent.stats() });
    this.#travelling = sent;
    this.#pending = new Ledger(maxKeys);
    try {
      // Called in a turn of its own: by then the delivery is on record, should the sink flush.
      await Promise.resolve<StatsBatch>(batch).then(sink);
    } catch (error) {
      if (!this.#hasEnded) this.#refused(sent, error);
      return;
    }
    if (!this.#hasEnded) this.#taken(sent, to);
  }

  #taken(sent: Ledger, to: number): void {
    this.#delivered.absorb(sent);
    this.#from = to;
    this.#settle();
    if (this.#refusals === 0) return;
    this.#settings.logger.info({ refusals: this.#refusals }, 'The statistics sink works again');
    this.#refusals = 0;
  }

  #refused(sent: Ledger, error: unknown): void {
    sent.absorb(this.#pending);
    this.#pending = sent;
    this.#settle();
    this.#refusals += 1;
    if (this.#refusals > 1) return;
    const { requests } = sent;
    this.#settings.logger.warn(
      { error, requests },
      'The statistics sink failed; it is asked again',
    );
  }

  #settle(): void {
    this.#travelling = undefined;
    this.#delivery = undefined;
  }
}
