import { type Clock, holdProcess } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { RotationRecord, RotationStore } from '../rotation/rotation-store.js';
import type { Announcer } from './announcer.js';
import type { RotationDetails } from './events.js';
import { ALL_KEYS_MS, inTime } from './in-time.js';
import type { KeyRecord } from './key-record.js';
import type { Roster } from './roster.js';

/** How often keys that wait for a backup are looked after. */
const RECOVER_EVERY_MS = 1_000;
/** A store that fails is asked again after so long, doubling. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

export interface AftercareOptions {
  readonly store: RotationStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly roster: Roster;
  readonly announce: Announcer;
  readonly now: () => number;
  /** Tries a rotation again, and announces what comes of it. */
  readonly rotate: (id: string, reason: string) => Promise<unknown>;
  /** Takes over what the store says of all keys. */
  readonly reload: () => Promise<void>;
  /** Whether any key waits for a backup. */
  readonly hasExhausted: () => boolean;
}

/** Looks after keys that wait for a backup, or whose rotation failed, until each has a successor. */
export class Aftercare {
  readonly #options: AftercareOptions;
  /** Keys whose rotation failed, and when each is tried again. */
  readonly #retries = new Map<KeyRecord, { readonly reason: string; at: number; waitMs: number }>();
  /** While `recover` runs, by key: only its report tells whether it was this pool that replaced it. */
  #heldNews: Map<string, RotationDetails> | undefined;
  #timer: unknown;
  #recovering: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: AftercareOptions) {
    this.#options = options;
  }

  /** While a key waits for a backup, the store is asked to give it one. */
  start(): void {
    if (this.#timer !== undefined || this.#recovering !== undefined || this.#isClosed) return;
    this.#timer = this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      this.#recovering = this.#recover().finally(() => {
        this.#recovering = undefined;
        if (this.#retries.size > 0 || this.#options.hasExhausted()) this.start();
      });
    }, RECOVER_EVERY_MS);
    holdProcess(this.#timer, false);
  }

  retryLater(record: KeyRecord, reason: string): void {
    const earlier = this.#retries.get(record);
    const waitMs = Math.min(LONGEST_RETRY_MS, 2 * (earlier?.waitMs ?? FIRST_RETRY_MS / 2));
    this.#retries.set(record, { reason, waitMs, at: this.#options.now() + waitMs });
    this.start();
  }

  /** The key's rotation is not to be tried again. */
  settled(record: KeyRecord): void {
    this.#retries.delete(record);
  }

  /** Tells that a key was replaced which this pool did not ask the store to replace. */
  replaced(news: RotationDetails): void {
    if (this.#heldNews === undefined) this.#options.announce.alreadyRotated(news);
    else this.#heldNews.set(news.id, news);
  }

  /** Ends it, and waits for what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#options.clock.clearTimer(this.#timer);
    await this.#recovering;
  }

  async #recover(): Promise<void> {
    const { now, roster, rotate, announce } = this.#options;
    for (const [record, { reason, at }] of this.#retries) {
      if (this.#isClosed) return;
      if (roster.get(record.id) !== record) this.#retries.delete(record);
      else if (at <= now()) await rotate(record.id, reason).catch(() => undefined);
    }
    this.#heldNews = new Map();
    const rotated = await this.#askStore();
    for (const [id, news] of this.#heldNews) {
      if (rotated.has(id)) announce.rotated(news);
      else announce.alreadyRotated(news);
    }
    this.#heldNews = undefined;
  }

  /** Ids of the keys that the store replaced for this call. */
  async #askStore(): Promise<ReadonlySet<string>> {
    const { store, clock, logger, reload } = this.#options;
    let rotated: readonly RotationRecord[] = [];
    try {
      ({ rotated } = await inTime(clock, ALL_KEYS_MS, store.recover()));
    } catch (error) {
      logger.warn({ error }, 'The store could not be asked for backups');
    }
    try {
      // Another process may have replaced one: without a watch nobody tells.
      if (rotated.length > 0 || store.watch === undefined) await reload();
    } catch (error) {
      logger.warn({ error }, 'The store could not be loaded anew');
    }
    return new Set(rotated.map(({ from }) => from));
  }
}
