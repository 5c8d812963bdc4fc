import { checkKey } from '../core/check-key.js';
import { type Clock, systemClock } from '../core/clock.js';
import { Emitter } from '../core/emitter.js';
import { InvalidOptionError } from '../core/errors.js';
import { guarded, type Logger, silentLogger } from '../core/logger.js';
import * as check from '../core/options.js';
import { Secret } from '../core/secret.js';
import type { KeyOptions } from '../key/key.js';
import type {
  ImportReport,
  RecoveryReport,
  RotateOptions,
  RotationFilter,
  RotationOutcome,
  RotationRecord,
  RotationStore,
  StoredKey,
  WatchOptions,
} from './rotation-store.js';
import { selectRecords } from './select-records.js';

export interface MemoryRotationStoreOptions {
  /** @defaultValue the host's clock */
  readonly clock?: Clock;
  /** Told of listeners that throw. @defaultValue silent */
  readonly logger?: Logger;
}

type Backup = Omit<StoredKey, 'slot' | 'generation' | 'exhausted'>;

/**
 * Keys and backups in this process's memory: the reference of what a store does. Every operation is
 * one synchronous stretch, so nothing can come between its steps and nothing is left to recover.
 */
export class MemoryRotationStore implements RotationStore {
  readonly #clock: Clock;
  readonly #changes: Emitter<{ change: StoredKey }>;
  /** What is in each slot, in the order in which slots were made. */
  readonly #slots = new Map<string, StoredKey>();
  /** Slot of every key that is or was active, by id. */
  readonly #slotOfKey = new Map<string, string>();
  readonly #backups: Backup[] = [];
  /** Why a key is exhausted, by id. */
  readonly #exhausted = new Map<string, string>();
  readonly #records: RotationRecord[] = [];
  /** Every id and every secret that was ever stored; neither is used twice. */
  readonly #ids = new Set<string>();
  readonly #idOfSecret = new Map<string, string>();

  constructor({ clock = systemClock, logger = silentLogger }: MemoryRotationStoreOptions = {}) {
    this.#clock = clock;
    const log = guarded(logger);
    this.#changes = new Emitter((error) => log.error({ error }, 'A watcher of rotations failed'));
  }

  async load(): Promise<readonly StoredKey[]> {
    return [...this.#slots.values()];
  }

  async rotate(keyId: string, options: RotateOptions): Promise<RotationOutcome> {
    const reason = check.nonEmptyString('reason', check.record('options', options)['reason']);
    const slot = this.#slotOfKey.get(check.nonEmptyString('keyId', keyId));
    const current = slot === undefined ? undefined : this.#slots.get(slot);
    if (current === undefined) return { outcome: 'unknown-key' };
    if (current.id !== keyId) return success('already-rotated', current);
    const key = this.#replace(current, reason);
    return key === undefined ? { outcome: 'no-backup' } : success('rotated', key);
  }

  async recover(): Promise<RecoveryReport> {
    const before = this.#records.length;
    for (const current of this.#slots.values()) {
      const reason = this.#exhausted.get(current.id);
      if (reason !== undefined && this.#backups.length > 0) this.#replace(current, reason);
    }
    return { finished: 0, released: 0, rotated: this.#records.slice(before), pending: 0 };
  }

  async reinstate(keyId: string): Promise<void> {
    const slot = this.#slotOfKey.get(keyId);
    const current = slot === undefined ? undefined : this.#slots.get(slot);
    if (current?.id !== keyId || !this.#exhausted.delete(keyId)) return;
    const { exhausted: _, ...key } = current;
    this.#put({ ...key, generation: key.generation + 1 });
  }

  async addKeys(keys: readonly KeyOptions[]): Promise<ImportReport> {
    return this.#add(keys, (key) => {
      this.#put({ ...key, slot: `slot-${this.#slots.size + 1}`, generation: 0 });
    });
  }

  async addBackups(keys: readonly KeyOptions[]): Promise<ImportReport> {
    return this.#add(keys, (key) => this.#backups.push(key));
  }

  async countBackups(): Promise<number> {
    return this.#backups.length;
  }

  async history(filter: RotationFilter = {}): Promise<readonly RotationRecord[]> {
    return selectRecords(this.#records, filter);
  }

  async watch(onChange: (key: StoredKey) => void, { signal }: WatchOptions): Promise<void> {
    if (signal.aborted) return;
    const deliver = (key: StoredKey) => (signal.aborted ? undefined : onChange(key));
    this.#changes.on('change', deliver);
    signal.addEventListener('abort', () => this.#changes.off('change', deliver), { once: true });
  }

  /** Delete and insert in one: the slot is never empty. Without a backup the key stays. */
  #replace(current: StoredKey, reason: string): StoredKey | undefined {
    const backup = this.#backups.shift();
    if (backup === undefined) {
      this.#exhausted.set(current.id, reason);
      this.#slots.set(current.slot, Object.freeze({ ...current, exhausted: true }));
      return undefined;
    }
    const { slot } = current;
    const generation = current.generation + 1;
    const at = this.#clock.now();
    this.#exhausted.delete(current.id);
    this.#records.push({ slot, generation, from: current.id, to: backup.id, reason, at });
    return this.#put({ ...backup, slot, generation });
  }

  #put(key: StoredKey): StoredKey {
    const stored = Object.freeze(key);
    this.#slots.set(key.slot, stored);
    this.#slotOfKey.set(key.id, key.slot);
    this.#changes.emit('change', stored);
    return stored;
  }

  /** Checks all keys before it stores the first: a bad one changes nothing. */
  #add(keys: readonly KeyOptions[], store: (key: Backup) => void): ImportReport {
    if (!Array.isArray(keys)) throw new InvalidOptionError('keys', 'an array of keys', keys);
    for (const [index, key] of keys.entries()) checkKey(`keys[${index}]`, key);
    const added: string[] = [];
    const duplicates: string[] = [];
    for (const key of keys) {
      const secret = Secret.from(key.secret);
      const known = this.#idOfSecret.get(secret.reveal());
      const id = key.id ?? known ?? this.#freeId();
      if (known !== undefined || this.#ids.has(id)) {
        duplicates.push(id);
        continue;
      }
      // The caller may go on to change what it passed in.
      const copy = structuredClone({ ...key, secret: undefined });
      this.#ids.add(id);
      this.#idOfSecret.set(secret.reveal(), id);
      store({ ...copy, id, secret });
      added.push(id);
    }
    return { added, duplicates };
  }

  #freeId(): string {
    let number = this.#ids.size + 1;
    while (this.#ids.has(`key-${number}`)) number += 1;
    return `key-${number}`;
  }
}

function success<Outcome extends string>(outcome: Outcome, key: StoredKey) {
  return { outcome, key, generation: key.generation };
}
