import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { StoredKey } from '../rotation/rotation-store.js';
import { codeOf, type Database, type SlotChanges } from './documents.js';
import type { SlotDocument } from './schema.js';
import { slotsOf } from './slot-ids.js';

export interface WatchSettings {
  readonly database: Database;
  readonly pool: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pollMs: number;
  readonly signal: AbortSignal;
  readonly open: (slot: SlotDocument) => Promise<StoredKey>;
  /** Told of the key in each slot whose generation grew. */
  readonly deliver: (key: StoredKey) => void;
}

/** No change streams: not on this kind of server (40573), not at all (59, 115), not allowed (13). */
const PERMANENT = new Set<unknown>([13, 59, 115, 40573]);

/**
 * Follows the slots of a pool, by change stream, or by polling where the server has none. Either only
 * says when to look: what is delivered is what a read finds, so a missed event costs time, not truth.
 */
export class SlotWatch {
  readonly #settings: WatchSettings;
  readonly #generations = new Map<string, number>();
  /** Generations whose secret did not open: told of once, tried again until it does. */
  readonly #sealed = new Map<string, number>();
  /** A slot could not be read or opened: a change may have been missed. */
  #isBehind = false;
  #mustPoll = false;

  constructor(settings: WatchSettings) {
    this.#settings = settings;
  }

  /** Settles once everything that changes from here on will be delivered. */
  async start(): Promise<void> {
    if (this.#settings.signal.aborted) return;
    const changes = await this.#open();
    try {
      for (const { _id, gen } of await this.#read()) this.#generations.set(_id, gen);
    } catch (error) {
      close(changes);
      throw error;
    }
    void this.#follow(changes);
  }

  async #follow(opened: SlotChanges | undefined): Promise<void> {
    const { signal, pollMs } = this.#settings;
    let changes = opened;
    while (!signal.aborted) {
      if (changes === undefined) await this.#rest(pollMs);
      else await this.#drain(changes);
      if (signal.aborted) return;
      changes = await this.#open();
      await this.#catchUp();
    }
    close(changes);
  }

  /** Delivers until the stream ends. */
  async #drain(changes: SlotChanges): Promise<void> {
    const { signal, pollMs } = this.#settings;
    const end = () => close(changes);
    signal.addEventListener('abort', end, { once: true });
    try {
      while (!signal.aborted) await this.#catchUp(await changes.next());
    } catch (error) {
      if (signal.aborted) return;
      this.#streamFailed(error);
      await this.#rest(pollMs);
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }

  async #open(): Promise<SlotChanges | undefined> {
    const { database, pool } = this.#settings;
    if (!database.hasChangeStreams || this.#mustPoll) return undefined;
    try {
      return await database.watchSlots(pool);
    } catch (error) {
      this.#streamFailed(error);
      return undefined;
    }
  }

  #streamFailed(error: unknown): void {
    this.#mustPoll = PERMANENT.has(codeOf(error));
    const next = this.#mustPoll ? 'polling from now on' : 'polling until there is another';
    this.#settings.logger.warn({ error }, `No change stream of rotations: ${next}`);
  }

  /** Looks at what changed, or at all; where that fails, at all again, however quiet it stays. */
  async #catchUp(changed?: string): Promise<void> {
    const { signal, pollMs } = this.#settings;
    await this.#look(changed);
    while (this.#isBehind && !signal.aborted) {
      await this.#rest(pollMs);
      if (!signal.aborted) await this.#look();
    }
  }

  /** Reads and delivers what grew. */
  async #look(changed?: string): Promise<void> {
    const { signal, logger } = this.#settings;
    this.#isBehind = false;
    try {
      for (const slot of await this.#read(changed)) {
        if (slot.gen <= (this.#generations.get(slot._id) ?? -1)) continue;
        const key = await this.#openSlot(slot);
        if (signal.aborted) return;
        if (key === undefined) continue;
        this.#generations.set(slot._id, slot.gen);
        this.#deliver(key);
      }
    } catch (error) {
      this.#isBehind = true;
      logger.warn({ error }, 'Could not read the rotations of other processes');
    }
  }

  async #openSlot(slot: SlotDocument): Promise<StoredKey | undefined> {
    const { open, logger } = this.#settings;
    const { _id, gen, keyId } = slot;
    try {
      return await open(slot);
    } catch (error) {
      this.#isBehind = true;
      if (this.#sealed.get(_id) === gen) return undefined;
      this.#sealed.set(_id, gen);
      logger.error({ error, keyId, slot: _id }, 'A stored secret does not open');
      return undefined;
    }
  }

  #deliver(key: StoredKey): void {
    const { deliver, logger } = this.#settings;
    try {
      deliver(key);
    } catch (error) {
      logger.error({ error, slot: key.slot }, 'A watcher of rotations failed');
    }
  }

  #read(slotId?: string): Promise<readonly SlotDocument[]> {
    const { database, pool } = this.#settings;
    if (slotId !== undefined) return database.slots.find({ _id: slotId, pool });
    return database.slots.find({ pool, _id: slotsOf(pool) }, { hint: { _id: 1 } });
  }

  #rest(ms: number): Promise<void> {
    const { clock, signal } = this.#settings;
    return new Promise((resolve) => {
      const end = () => {
        clock.clearTimer(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = clock.setTimer(end, ms);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}

function close(changes: SlotChanges | undefined): void {
  changes?.close().catch(() => {
    // It is gone already.
  });
}
