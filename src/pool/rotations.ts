import { type Clock, holdProcess } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { Secret } from '../core/secret.js';
import type { KeyOptions } from '../key/key.js';
import type {
  RotationOutcome,
  RotationRecord,
  RotationStore,
  StoredKey,
} from '../rotation/rotation-store.js';
import type { Announcer } from './announcer.js';
import type { RotationDetails } from './events.js';
import { ALL_KEYS_MS, inTime, ONE_KEY_MS } from './in-time.js';
import type { KeyRecord } from './key-record.js';
import { Occupants } from './occupants.js';
import type { Roster } from './roster.js';

/** How often keys that wait for a backup are looked after. */
const RECOVER_EVERY_MS = 1_000;
/** A store that fails is asked again after so long, doubling. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

export interface RotationsOptions {
  readonly store: RotationStore;
  /** Added to the store before it is loaded; those it knows already stay as they are. */
  readonly keys: readonly KeyOptions[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly roster: Roster;
  readonly announce: Announcer;
  readonly now: () => number;
  /** Keys came, went or changed: who waits may be served, or need not wait. */
  readonly onChange: () => void;
  /** Takes a replaced key out, once its last lease is back. */
  readonly retire: (record: KeyRecord) => void;
}

/** Keeps the pool's keys in step with a store, whichever process replaces one. */
export class Rotations {
  readonly #options: RotationsOptions;
  readonly #occupants: Occupants;
  readonly #running = new Map<string, Promise<RotationOutcome>>();
  /** Keys that the caller calls good while they are rotated: without a backup, each stays as it was. */
  readonly #forgiven = new Set<string>();
  /** Keys whose rotation failed, and when each is tried again. */
  readonly #retries = new Map<KeyRecord, { readonly reason: string; at: number; waitMs: number }>();
  /** While `recover` runs, by key: only its report tells whether it was this pool that replaced it. */
  #heldNews: Map<string, RotationDetails> | undefined;
  readonly #closed = new AbortController();
  #loading: Promise<void> | undefined;
  #watching: Promise<void> | undefined;
  #isLoaded = false;
  #timer: unknown;
  #recovering: Promise<void> | undefined;

  constructor(options: RotationsOptions) {
    const { logger, roster, announce, now, onChange } = options;
    this.#options = options;
    this.#occupants = new Occupants({
      logger,
      roster,
      announce,
      now,
      onChange,
      onReplaced: (record, successor) => this.#replaced(record, successor),
    });
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Loads the store once; after a failure, the next call tries again. */
  ready(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /**
   * Replaces the key by a backup; one that this pool does not have, or has no more, too. One caller
   * hears `rotated`; who asks meanwhile, what came of it.
   */
  rotate(id: string, reason: string): Promise<RotationOutcome> {
    const earlier = this.#running.get(id);
    if (earlier !== undefined) return earlier.then(heardByAnother);
    const record = this.#options.roster.get(id);
    if (record !== undefined) this.#setRotating(record, true);
    const rotation = this.#rotate(id, record, reason).finally(() => {
      this.#running.delete(id);
      this.#forgiven.delete(id);
      if (record !== undefined) this.#setRotating(record, false);
      this.#options.onChange();
    });
    this.#running.set(id, rotation);
    return rotation;
  }

  /** The key is good after all: it is not rotated for what was held against it. */
  forgive(record: KeyRecord): void {
    this.#retries.delete(record);
    if (this.#running.has(record.id)) this.#forgiven.add(record.id);
    // The mark may be another pool's, which this one has not heard of.
    if (record.slot !== undefined) this.#reinstate(record.id);
  }

  /** Ends the watch, and waits for rotations under way. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#options.clock.clearTimer(this.#timer);
    await Promise.allSettled([...this.#running.values(), this.#recovering]);
  }

  async #load(): Promise<void> {
    const { store, keys } = this.#options;
    if (keys.length > 0) await store.addKeys(keys);
    this.#closed.signal.throwIfAborted();
    this.#watching ??= Promise.resolve(
      store.watch?.((key) => this.#adopt(key), { signal: this.#closed.signal }),
    ).catch((error: unknown) => {
      this.#watching = undefined;
      throw error;
    });
    await this.#watching;
    this.#closed.signal.throwIfAborted();
    await this.#reload();
    this.#compareSecrets();
    this.#isLoaded = true;
    this.#options.onChange();
  }

  /** A store keeps the secret it has: whoever changed one in his configuration should hear of it. */
  #compareSecrets(): void {
    const { keys, roster, logger } = this.#options;
    for (const { id = '', secret } of keys) {
      const record = roster.get(id);
      const stated = Secret.from(secret).reveal();
      if (record === undefined || record.secret.reveal() === stated) continue;
      logger.warn({ id }, 'The store has another secret for this key, and keeps it');
    }
  }

  async #reload(): Promise<void> {
    const { store, clock } = this.#options;
    for (const key of await inTime(clock, ALL_KEYS_MS, store.load())) this.#adopt(key);
  }

  #adopt(stored: StoredKey): void {
    if (this.#closed.signal.aborted) return;
    this.#occupants.adopt(stored);
    if (stored.exhausted === true) this.#lookAfter();
  }

  /** A successor that this pool did not ask for is somebody else's rotation. */
  #replaced(record: KeyRecord, { id: to, slot, generation }: StoredKey): void {
    this.#retries.delete(record);
    record.isReplaced = true;
    this.#options.retire(record);
    // Who asked for it tells of it.
    if (this.#running.has(record.id)) return;
    const reason = record.exhausted ?? 'by another process';
    const group = record.group.name;
    const news = { id: record.id, group, to, slot, generation, reason };
    if (this.#heldNews === undefined) this.#options.announce.alreadyRotated(news);
    else this.#heldNews.set(record.id, news);
  }

  async #rotate(
    id: string,
    record: KeyRecord | undefined,
    reason: string,
  ): Promise<RotationOutcome> {
    // Only after this call is known as running: a watch may tell of its success at once.
    await undefined;
    try {
      const { store, clock } = this.#options;
      const outcome = await inTime(clock, ONE_KEY_MS, store.rotate(id, { reason }));
      if ('key' in outcome) return this.#succeeded(id, record, outcome, reason);
      return this.#successOfAnother(record, reason) ?? this.#notNow(record, outcome, reason);
    } catch (error) {
      const success = this.#successOfAnother(record, reason);
      if (success !== undefined) return success;
      if (record !== undefined && !this.#forgiven.has(id)) {
        this.#exhaust(record, reason);
        this.#retryLater(record, reason);
        this.#options.announce.rotationFailed(record, reason, error);
      }
      throw error;
    }
  }

  #succeeded(
    id: string,
    record: KeyRecord | undefined,
    outcome: Extract<RotationOutcome, { readonly key: StoredKey }>,
    reason: string,
  ): RotationOutcome {
    const { announce, roster } = this.#options;
    const { slot, id: to } = outcome.key;
    this.#adopt(outcome.key);
    // The successor could not be taken over.
    if (record !== undefined && !record.isReplaced) this.#exhaust(record, reason);
    if (record !== undefined) this.#retries.delete(record);
    const group = (record ?? roster.get(to))?.group.name ?? to;
    const news = { id, group, to, slot, generation: outcome.generation, reason };
    if (outcome.outcome === 'rotated') announce.rotated(news);
    else announce.alreadyRotated(news);
    return outcome;
  }

  /** The reply was lost, or came too late, but the watch told of a successor. */
  #successOfAnother(record: KeyRecord | undefined, reason: string): RotationOutcome | undefined {
    if (record?.slot === undefined || !record.isReplaced) return undefined;
    const key = this.#occupants.in(record.slot);
    if (key === undefined) return undefined;
    const { generation } = key;
    return this.#succeeded(
      record.id,
      record,
      { outcome: 'already-rotated', key, generation },
      reason,
    );
  }

  #notNow(
    record: KeyRecord | undefined,
    outcome: RotationOutcome,
    reason: string,
  ): RotationOutcome {
    if (record === undefined) return outcome;
    this.#retries.delete(record);
    if (!this.#forgiven.has(record.id)) this.#exhaust(record, reason);
    else if (outcome.outcome === 'no-backup') this.#reinstate(record.id);
    return outcome;
  }

  #setRotating(record: KeyRecord, isRotating: boolean): void {
    record.isRotating = isRotating;
    this.#options.roster.refresh(record.group, this.#options.now());
  }

  #reinstate(id: string): void {
    const { store, logger } = this.#options;
    Promise.resolve()
      .then(() => store.reinstate?.(id))
      .catch((error: unknown) => {
        logger.error({ id, error }, 'The store still holds the key for exhausted');
      });
  }

  #exhaust(record: KeyRecord, reason: string): void {
    const { announce, now } = this.#options;
    const isNews = record.exhausted === undefined;
    record.exhausted = reason;
    record.exhaustedAt = now();
    if (isNews) announce.exhausted(record, reason);
    this.#lookAfter();
  }

  #retryLater(record: KeyRecord, reason: string): void {
    const earlier = this.#retries.get(record);
    const waitMs = Math.min(LONGEST_RETRY_MS, 2 * (earlier?.waitMs ?? FIRST_RETRY_MS / 2));
    this.#retries.set(record, { reason, waitMs, at: this.#options.now() + waitMs });
    this.#lookAfter();
  }

  /** While a key waits for a backup, the store is asked to give it one. */
  #lookAfter(): void {
    if (this.#timer !== undefined || this.#recovering !== undefined || this.#closed.signal.aborted)
      return;
    this.#timer = this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      this.#recovering = this.#recover().finally(() => {
        this.#recovering = undefined;
        if (this.#retries.size > 0 || this.#occupants.hasExhausted) this.#lookAfter();
      });
    }, RECOVER_EVERY_MS);
    holdProcess(this.#timer, false);
  }

  async #recover(): Promise<void> {
    const { now, roster } = this.#options;
    for (const [record, { reason, at }] of this.#retries) {
      if (this.#closed.signal.aborted) return;
      if (roster.get(record.id) !== record) this.#retries.delete(record);
      // What comes of it is announced there.
      else if (at <= now()) await this.rotate(record.id, reason).catch(() => undefined);
    }
    this.#heldNews = new Map();
    const rotated = await this.#askStore();
    for (const [id, news] of this.#heldNews) {
      if (rotated.has(id)) this.#options.announce.rotated(news);
      else this.#options.announce.alreadyRotated(news);
    }
    this.#heldNews = undefined;
  }

  /** Ids of the keys that the store replaced for this call. */
  async #askStore(): Promise<ReadonlySet<string>> {
    const { store, clock, logger } = this.#options;
    let rotated: readonly RotationRecord[] = [];
    try {
      ({ rotated } = await inTime(clock, ALL_KEYS_MS, store.recover()));
    } catch (error) {
      logger.warn({ error }, 'The store could not be asked for backups');
    }
    try {
      // Another process may have replaced one: without a watch nobody tells.
      if (rotated.length > 0 || store.watch === undefined) await this.#reload();
    } catch (error) {
      logger.warn({ error }, 'The store could not be loaded anew');
    }
    return new Set(rotated.map(({ from }) => from));
  }
}

function heardByAnother(outcome: RotationOutcome): RotationOutcome {
  return outcome.outcome === 'rotated' ? { ...outcome, outcome: 'already-rotated' } : outcome;
}
