import type { Announcer } from './announcer.js';
import type { KeyRecord } from './key-record.js';
import type { Roster } from './roster.js';

export interface DeparturesOptions {
  readonly roster: Roster;
  readonly announce: Announcer;
  readonly now: () => number;
  /** Keys went or changed: who waits may be served, or need not wait. */
  readonly onChange: () => void;
}

/** How keys leave the pool: once their last lease is back, or at once. */
export class Departures {
  readonly #options: DeparturesOptions;
  /** Tells whoever waits for a key to be gone. */
  readonly #draining = new WeakMap<KeyRecord, () => void>();

  constructor(options: DeparturesOptions) {
    this.#options = options;
  }

  /** Resolves when the key is gone. Without `drain` it goes at once, whatever leases are out. */
  leave(record: KeyRecord, drain: boolean): Promise<void> {
    if (!drain || record.inFlight === 0) {
      this.#drop(record);
      return Promise.resolve();
    }
    const { roster, now, onChange } = this.#options;
    record.isDraining = true;
    roster.refresh(record.group, now());
    onChange();
    return new Promise((resolve) => {
      const earlier = this.#draining.get(record);
      this.#draining.set(record, () => {
        earlier?.();
        resolve();
      });
    });
  }

  /** A lease of the key is over. */
  released(record: KeyRecord): void {
    if (record.isDraining && record.inFlight === 0) this.#drop(record);
  }

  #drop(record: KeyRecord): void {
    const { roster, announce, now, onChange } = this.#options;
    // It may have been dropped before, and another key may have its id by now.
    if (roster.get(record.id) !== record) return;
    roster.remove(record, now());
    announce.keyRemoved(record);
    this.#draining.get(record)?.();
    this.#draining.delete(record);
    onChange();
  }
}
