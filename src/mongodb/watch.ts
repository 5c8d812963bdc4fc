import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
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
  /** Told of each slot whose generation grew. */
  readonly deliver: (slot: SlotDocument) => Promise<void>;
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

  constructor(settings: WatchSettings) {
    this.#settings = settings;
  }

  /** Settles once everything that changes from here on will be delivered. */
  async start(): Promise<void> {
    const { signal } = this.#settings;
    if (signal.aborted) return;
    const changes = await this.#open();
    for (const { _id, gen } of await this.#read()) this.#generations.set(_id, gen);
    void this.#follow(changes);
  }

  async #follow(opened: SlotChanges | undefined): Promise<void> {
    const { signal, pollMs, database } = this.#settings;
    let changes = opened;
    let canStream = changes !== undefined && database.hasChangeStreams;
    while (!signal.aborted) {
      if (changes === undefined) await this.#rest(pollMs);
      else canStream = await this.#drain(changes);
      if (signal.aborted) return;
      changes = canStream ? await this.#open() : undefined;
      await this.#look();
    }
  }

  /** Delivers until the stream ends. Returns whether opening another makes sense. */
  async #drain(changes: SlotChanges): Promise<boolean> {
    const { signal, logger, pollMs } = this.#settings;
    const close = () => void changes.close().catch(() => {});
    signal.addEventListener('abort', close, { once: true });
    try {
      while (!signal.aborted) await this.#look(await changes.next());
      return false;
    } catch (error) {
      if (signal.aborted) return false;
      logger.warn({ error }, 'The change stream of rotations ended');
      await this.#rest(pollMs);
      return !PERMANENT.has(codeOf(error));
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  }

  async #open(): Promise<SlotChanges | undefined> {
    const { database, pool, logger } = this.#settings;
    if (!database.hasChangeStreams) return undefined;
    try {
      return await database.watchSlots(pool);
    } catch (error) {
      logger.warn({ error }, 'No change stream of rotations: polling instead');
      return undefined;
    }
  }

  /** Reads and delivers what grew. A read that fails is made up for by the next. */
  async #look(slotId?: string): Promise<void> {
    const { signal, logger } = this.#settings;
    try {
      for (const slot of await this.#read(slotId)) {
        if (slot.gen <= (this.#generations.get(slot._id) ?? -1)) continue;
        this.#generations.set(slot._id, slot.gen);
        if (!signal.aborted) await this.#deliver(slot);
      }
    } catch (error) {
      logger.warn({ error }, 'Could not read the rotations of other processes');
    }
  }

  async #deliver(slot: SlotDocument): Promise<void> {
    const { deliver, logger } = this.#settings;
    try {
      await deliver(slot);
    } catch (error) {
      logger.error({ error, slot: slot._id }, 'A watcher of rotations failed');
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
