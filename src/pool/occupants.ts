import type { Logger } from '../core/logger.js';
import type { StoredKey } from '../rotation/rotation-store.js';
import type { Announcer } from './announcer.js';
import type { KeyRecord } from './key-record.js';
import type { Roster } from './roster.js';

export interface OccupantsOptions {
  readonly logger: Logger;
  readonly roster: Roster;
  readonly announce: Announcer;
  readonly now: () => number;
  /** Keys came, went or changed: who waits may be served, or need not wait. */
  readonly onChange: () => void;
  /** A key of this pool was replaced, whoever did it. */
  readonly onReplaced: (record: KeyRecord, successor: StoredKey) => void;
}

interface Occupant {
  readonly record: KeyRecord;
  readonly stored: StoredKey;
}

/** Which of the pool's keys is in which slot of the store. */
export class Occupants {
  readonly #options: OccupantsOptions;
  readonly #inSlot = new Map<string, Occupant>();

  constructor(options: OccupantsOptions) {
    this.#options = options;
  }

  /** What is in the slot, as far as this pool has heard. */
  in(slot: string): StoredKey | undefined {
    return this.#inSlot.get(slot)?.stored;
  }

  /** Whether a key of this pool is exhausted, so that the store should be asked for a backup. */
  get hasExhausted(): boolean {
    for (const { record } of this.#inSlot.values()) {
      // One that was removed from this pool waits for nothing.
      const isHere = this.#options.roster.get(record.id) === record;
      if (isHere && record.exhausted !== undefined) return true;
    }
    return false;
  }

  /** What the store says is in a slot; older news than what is known changes nothing. */
  adopt(stored: StoredKey): void {
    const current = this.#inSlot.get(stored.slot);
    if (current !== undefined && current.stored.generation >= stored.generation) return;
    if (current?.record.id === stored.id) this.#stayed(current.record, stored);
    else this.#came(current?.record, stored);
  }

  /** A new generation of the same key: somebody says that it is good after all. */
  #stayed(record: KeyRecord, stored: StoredKey): void {
    const { roster, announce, now, onChange } = this.#options;
    this.#inSlot.set(stored.slot, { record, stored });
    if (stored.exhausted === true || record.exhausted === undefined || record.isRotating) return;
    record.trust();
    roster.refresh(record.group, now());
    announce.recovered(record, 'key');
    onChange();
  }

  #came(current: KeyRecord | undefined, stored: StoredKey): void {
    const { roster, announce, logger, now, onChange, onReplaced } = this.#options;
    const { slot } = stored;
    try {
      const record = this.#enrol(stored);
      record.slot = slot;
      record.exhausted = stored.exhausted === true ? 'exhausted' : undefined;
      this.#inSlot.set(slot, { record, stored });
      if (current === undefined) announce.keyAdded(record);
      else onReplaced(current, stored);
      roster.refresh(record.group, now());
      onChange();
    } catch (error) {
      logger.error({ id: stored.id, slot, error }, 'A key of the store could not be taken over');
    }
  }

  /** A key whose group has other limits than it states is taken over with those of its group. */
  #enrol({ slot: _slot, generation: _generation, exhausted: _, ...key }: StoredKey): KeyRecord {
    const { roster, logger, now } = this.#options;
    const path = `store["${key.id}"]`;
    try {
      return roster.add(path, key, now());
    } catch (error) {
      const { limits, modelLimits, ...others } = key;
      if (limits === undefined && modelLimits === undefined) throw error;
      const record = roster.add(path, others, now());
      logger.warn({ id: key.id, error }, 'A key of the store was taken over without its limits');
      return record;
    }
  }
}
