import { type Clock, holdProcess } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { KeyOptions } from '../key/key.js';
import type { RotationOutcome, RotationStore, StoredKey } from '../rotation/rotation-store.js';
import type { Announcer } from './announcer.js';
import type { KeyRecord } from './key-record.js';
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
  readonly #inSlot = new Map<string, KeyRecord>();
  readonly #running = new Map<KeyRecord, Promise<RotationOutcome>>();
  /** Keys whose rotation failed, and when each is tried again. */
  readonly #retries = new Map<KeyRecord, { readonly reason: string; at: number; waitMs: number }>();
  readonly #closed = new AbortController();
  #loading: Promise<void> | undefined;
  #watching: Promise<void> | undefined;
  #isLoaded = false;
  #timer: unknown;
  #recovering: Promise<void> | undefined;

  constructor(options: RotationsOptions) {
    this.#options = options;
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

  /** Replaces the key by a backup. One caller hears `rotated`; who asks meanwhile, what came of it. */
  rotate(record: KeyRecord, reason: string): Promise<RotationOutcome> {
    const running = this.#running.get(record);
    if (running !== undefined) return running.then(heardByAnother);
    record.isRotating = true;
    this.#options.roster.refresh(record.group, this.#options.now());
    const rotation = this.#rotate(record, reason).finally(() => {
      this.#running.delete(record);
      record.isRotating = false;
      this.#options.roster.refresh(record.group, this.#options.now());
      this.#options.onChange();
    });
    this.#running.set(record, rotation);
    return rotation;
  }

  /** The key is good after all: it is not rotated for what was held against it. */
  forgive(record: KeyRecord): void {
    const { store, logger } = this.#options;
    this.#retries.delete(record);
    if (record.exhausted === undefined) return;
    store.reinstate?.(record.id).catch((error: unknown) => {
      logger.error({ id: record.id, error }, 'The store still holds the key for exhausted');
    });
  }

  /** What became of a key that this pool does not have, or has no more. */
  async rotateUnknown(id: string, reason: string): Promise<RotationOutcome> {
    const outcome = await this.#options.store.rotate(id, { reason });
    if ('key' in outcome) this.#adopt(outcome.key);
    return outcome;
  }

  /** Ends the watch, and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#options.clock.clearTimer(this.#timer);
    await Promise.allSettled([...this.#running.values(), this.#recovering]);
  }

  async #load(): Promise<void> {
    const { store, keys } = this.#options;
    if (keys.length > 0) await store.addKeys(keys);
    this.#watching ??= Promise.resolve(
      store.watch?.((key) => this.#adopt(key), { signal: this.#closed.signal }),
    ).catch((error: unknown) => {
      this.#watching = undefined;
      throw error;
    });
    await this.#watching;
    await this.#reload();
    this.#isLoaded = true;
    this.#options.onChange();
  }

  async #reload(): Promise<void> {
    for (const key of await this.#options.store.load()) this.#adopt(key);
  }

  /** What the store says is in a slot; older news than what is known changes nothing. */
  #adopt(stored: StoredKey): void {
    if (this.#closed.signal.aborted) return;
    const { roster, now, logger, announce, onChange } = this.#options;
    const { slot, generation, exhausted, ...options } = stored;
    const current = this.#inSlot.get(slot);
    if (current !== undefined && current.generation >= generation) return;
    if (current?.id === stored.id) {
      current.generation = generation;
      return;
    }
    try {
      const record = roster.add(`store["${stored.id}"]`, options, now());
      record.slot = slot;
      record.generation = generation;
      record.exhausted = exhausted === true ? 'exhausted' : undefined;
      this.#inSlot.set(slot, record);
      if (current === undefined) announce.keyAdded(record);
      else this.#succeeded(current, record, slot);
      if (exhausted === true) this.#lookAfter();
      roster.refresh(record.group, now());
      onChange();
    } catch (error) {
      logger.error({ id: stored.id, slot, error }, 'A key of the store could not be taken over');
    }
  }

  /** A successor that this pool did not ask for is somebody else's rotation. */
  #succeeded(record: KeyRecord, successor: KeyRecord, slot: string): void {
    const isOwn = this.#running.has(record);
    this.#retire(record);
    if (isOwn) return;
    this.#options.announce.alreadyRotated({
      id: record.id,
      group: record.group.name,
      to: successor.id,
      slot,
      generation: successor.generation,
      reason: record.exhausted ?? 'by another process',
    });
  }

  #retire(record: KeyRecord): void {
    this.#retries.delete(record);
    record.isReplaced = true;
    this.#options.retire(record);
  }

  async #rotate(record: KeyRecord, reason: string): Promise<RotationOutcome> {
    const { store, announce } = this.#options;
    const { id } = record;
    try {
      const outcome = await store.rotate(id, { reason });
      this.#retries.delete(record);
      switch (outcome.outcome) {
        case 'rotated':
        case 'already-rotated': {
          this.#adopt(outcome.key);
          const { slot, id: to } = outcome.key;
          const { generation } = outcome;
          if (!record.isReplaced) this.#exhaust(record, reason);
          const rotation = { id, group: record.group.name, to, slot, generation, reason };
          if (outcome.outcome === 'rotated') announce.rotated(rotation);
          else announce.alreadyRotated(rotation);
          return outcome;
        }
        case 'no-backup':
        case 'unknown-key':
          this.#exhaust(record, reason);
          return outcome;
      }
    } catch (error) {
      this.#exhaust(record, reason);
      this.#retryLater(record, reason);
      announce.rotationFailed(record, reason, error);
      throw error;
    }
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
  }

  /** While a key waits for a backup, the store is asked to give it one. */
  #lookAfter(): void {
    if (this.#timer !== undefined || this.#recovering !== undefined || this.#closed.signal.aborted)
      return;
    this.#timer = this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      this.#recovering = this.#recover().finally(() => {
        this.#recovering = undefined;
        if (this.#hasExhausted) this.#lookAfter();
      });
    }, RECOVER_EVERY_MS);
    holdProcess(this.#timer, false);
  }

  get #hasExhausted(): boolean {
    for (const record of this.#inSlot.values()) {
      // One that was removed from this pool waits for nothing.
      if (record.exhausted !== undefined && this.#options.roster.get(record.id) === record)
        return true;
    }
    return false;
  }

  async #recover(): Promise<void> {
    const { store, now, logger } = this.#options;
    for (const [record, { reason, at }] of this.#retries) {
      // What comes of it is announced there.
      if (at <= now()) await this.rotate(record, reason).catch(() => undefined);
    }
    try {
      const { rotated } = await store.recover();
      // Another process may have done it: without a watch nobody tells.
      if (rotated.length > 0 || store.watch === undefined) await this.#reload();
    } catch (error) {
      logger.warn({ error }, 'The store could not be asked for backups');
    }
  }
}

function heardByAnother(outcome: RotationOutcome): RotationOutcome {
  return outcome.outcome === 'rotated' ? { ...outcome, outcome: 'already-rotated' } : outcome;
}
