import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { Secret } from '../core/secret.js';
import type { KeyOptions } from '../key/key.js';
import type { RotationOutcome, RotationStore, StoredKey } from '../rotation/rotation-store.js';
import { Aftercare } from './aftercare.js';
import type { Announcer } from './announcer.js';
import { ALL_KEYS_MS, inTime, ONE_KEY_MS } from './in-time.js';
import type { KeyRecord } from './key-record.js';
import { Occupants } from './occupants.js';
import type { Roster } from './roster.js';

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
  readonly #aftercare: Aftercare;
  readonly #running = new Map<string, Promise<RotationOutcome>>();
  /** Keys that the caller calls good while they are rotated: without a backup, each stays as it was. */
  readonly #forgiven = new Set<string>();
  readonly #closed = new AbortController();
  #loading: Promise<void> | undefined;
  #watching: Promise<void> | undefined;
  #isLoaded = false;

  constructor(options: RotationsOptions) {
    this.#options = options;
    this.#occupants = new Occupants({
      ...options,
      onReplaced: (record, successor) => this.#replaced(record, successor),
    });
    this.#aftercare = new Aftercare({
      ...options,
      rotate: (id, reason) => this.rotate(id, reason),
      reload: () => this.#reload(),
      hasExhausted: () => this.#occupants.hasExhausted,
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
    this.#aftercare.settled(record);
    if (this.#running.has(record.id)) this.#forgiven.add(record.id);
    // The mark may be another pool's, which this one has not heard of.
    if (record.slot !== undefined) this.#reinstate(record.id);
  }

  /** Ends the watch, and waits for rotations under way. */
  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.allSettled([...this.#running.values(), this.#aftercare.close()]);
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
    if (stored.exhausted === true) this.#aftercare.start();
  }

  /** A successor that this pool did not ask for is somebody else's rotation. */
  #replaced(record: KeyRecord, { id: to, slot, generation }: StoredKey): void {
    this.#aftercare.settled(record);
    record.isReplaced = true;
    this.#options.retire(record);
    // Who asked for it tells of it.
    if (this.#running.has(record.id)) return;
    const reason = record.exhausted ?? 'by another process';
    const group = record.group.name;
    this.#aftercare.replaced({ id: record.id, group, to, slot, generation, reason });
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
        this.#aftercare.retryLater(record, reason);
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
    if (record !== undefined) this.#aftercare.settled(record);
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
    this.#aftercare.settled(record);
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
    record.exhaust(reason, now());
    if (isNews) announce.exhausted(record, reason);
    this.#aftercare.start();
  }
}

function heardByAnother(outcome: RotationOutcome): RotationOutcome {
  return outcome.outcome === 'rotated' ? { ...outcome, outcome: 'already-rotated' } : outcome;
}
