import { KeyPoolError } from '../core/errors.js';
import * as check from '../core/options.js';
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
} from '../rotation/rotation-store.js';
import { Additions } from './additions.js';
import { plainCipher } from './cipher.js';
import { type Database, isDuplicate } from './documents.js';
import { openDatabase } from './driver-database.js';
import { Finisher } from './finisher.js';
import { Identity, randomName } from './identity.js';
import {
  type MongoRotationStoreOptions,
  type MongoSettings,
  resolveMongoOptions,
} from './options.js';
import { findRecords, recordOf } from './records.js';
import { Recovery } from './recovery.js';
import { type ReencryptReport, reencrypt } from './reencrypt.js';
import { RotationProtocol } from './rotation-protocol.js';
import type { BackupDocument, SlotDocument } from './schema.js';
import { slotsOf } from './slot-ids.js';
import { Steps } from './steps.js';
import { Vault } from './vault.js';
import { SlotWatch } from './watch.js';

/** What works on one database, once it is open. */
interface Parts {
  readonly database: Database;
  readonly recovery: Recovery;
  readonly protocol: RotationProtocol;
  readonly steps: Steps;
  readonly additions: Additions;
}

/**
 * Keys and backups in MongoDB, for any number of processes. No transaction, no lease and no clock is
 * needed: a rotation happens in one update of one document, and anyone can finish the rest. The same
 * on a standalone server, a replica set and a sharded cluster.
 *
 * Call `ensureIndexes()` once before the first use: what makes secrets unique is an index.
 */
export class MongoRotationStore implements RotationStore {
  readonly #settings: MongoSettings;
  readonly #vault: Vault;
  #opened: Promise<Parts> | undefined;

  constructor(options: MongoRotationStoreOptions) {
    this.#settings = resolveMongoOptions(options);
    const { cipher = plainCipher, pool, logger } = this.#settings;
    this.#vault = new Vault(cipher, pool);
    if (cipher !== plainCipher) return;
    const message = 'Secrets are stored WITHOUT ENCRYPTION: pass a cipher, such as aesGcmCipher()';
    logger.warn({ pool }, message);
  }

  /**
   * Creates the collections' indexes where they are missing.
   * @throws KeyPoolError `STORE_FAILED`, also when two documents have one secret or one id already
   */
  async ensureIndexes(): Promise<void> {
    const { database } = await this.#parts();
    try {
      await database.createIndexes();
    } catch (cause) {
      if (!isDuplicate(cause)) throw cause;
      const message =
        'No unique index can be made: two keys, or two backups, have one secret or id. The cause ' +
        'names it: delete one document of each pair from keypool_slots or keypool_backups';
      throw new KeyPoolError('STORE_FAILED', message, { cause });
    }
  }

  async load(): Promise<readonly StoredKey[]> {
    const { database, recovery } = await this.#parts();
    const { pool, graceMs, logger } = this.#settings;
    try {
      await recovery.sweep(graceMs);
    } catch (error) {
      logger.warn({ error }, 'Interrupted rotations are not finished yet');
    }
    // Along `_id`, which never changes: along an index that rotations move documents in, a cursor
    // would miss keys or see them twice.
    const slots = await database.slots.find(
      { pool, _id: slotsOf(pool) },
      { sort: { _id: 1 }, hint: { _id: 1 } },
    );
    return this.#vault.keysIn(slots, (slot, error) => {
      logger.error({ keyId: slot.keyId, slot: slot._id, error }, 'A stored secret does not open');
    });
  }

  async rotate(keyId: string, options: RotateOptions): Promise<RotationOutcome> {
    check.nonEmptyString('keyId', keyId);
    const reason = check.nonEmptyString('reason', check.record('options', options)['reason']);
    const { protocol } = await this.#parts();
    const result = await protocol.rotate(keyId, reason);
    if (!('slot' in result)) return result;
    const key = await this.#vault.keyIn(result.slot);
    return { outcome: result.outcome, key, generation: key.generation };
  }

  async recover(): Promise<RecoveryReport> {
    const { recovery, protocol, steps } = await this.#parts();
    // Exhausted keys get their backups even where something else cannot be finished.
    const swept = await Promise.allSettled([recovery.sweep(this.#settings.graceMs)]);
    const rotated: RotationRecord[] = [];
    for (const { keyId, why } of await steps.exhaustedSlots()) {
      if ((await this.countBackups()) === 0) break;
      // It may have been replaced or reinstated since the list was read.
      const isWanted = ({ state }: SlotDocument) => state === 'exhausted';
      const result = await protocol.rotate(keyId, why ?? 'exhausted', isWanted);
      if (result.outcome === 'rotated') rotated.push(recordOf(result.journal));
    }
    const [sweep] = swept;
    if (sweep.status === 'rejected') throw sweep.reason;
    return { ...sweep.value, rotated };
  }

  async reinstate(keyId: string): Promise<void> {
    check.nonEmptyString('keyId', keyId);
    const { protocol } = await this.#parts();
    await protocol.reinstate(keyId);
  }

  async addKeys(keys: readonly KeyOptions[]): Promise<ImportReport> {
    return (await this.#parts()).additions.addKeys(keys);
  }

  async addBackups(keys: readonly KeyOptions[]): Promise<ImportReport> {
    return (await this.#parts()).additions.addBackups(keys);
  }

  async countBackups(): Promise<number> {
    const { database } = await this.#parts();
    return database.backups.count({ pool: this.#settings.pool, isUsed: false });
  }

  async history(filter: RotationFilter = {}): Promise<readonly RotationRecord[]> {
    const { database } = await this.#parts();
    return findRecords(database, this.#settings.pool, filter);
  }

  async watch(onChange: (key: StoredKey) => void, options: WatchOptions): Promise<void> {
    check.record('options', options);
    check.methods('options.signal', options.signal, ['addEventListener', 'throwIfAborted']);
    const { signal } = options;
    const { database } = await this.#parts();
    const { pool, clock, logger, pollMs } = this.#settings;
    await new SlotWatch({
      database,
      pool,
      clock,
      logger,
      pollMs,
      signal,
      open: (slot) => this.#vault.keyIn(slot),
      deliver: onChange,
    }).start();
  }

  /** Seals every secret by the cipher's primary key that is not, while rotations go on. */
  async reencrypt(): Promise<ReencryptReport> {
    const { database } = await this.#parts();
    const { pool, logger } = this.#settings;
    return reencrypt({ database, pool, vault: this.#vault, logger });
  }

  /** Asks the server what it is at the first use; anew at the next, if that fails. */
  #parts(): Promise<Parts> {
    this.#opened ??= this.#open().catch((cause: unknown) => {
      this.#opened = undefined;
      throw new KeyPoolError('STORE_FAILED', 'The database could not be reached', { cause });
    });
    return this.#opened;
  }

  async #open(): Promise<Parts> {
    const { db, pool, dependents, clock, random, logger, name = randomName() } = this.#settings;
    const database = await openDatabase(db, dependents);
    const now = () => clock.now();
    const identity = new Identity(name);
    const steps = new Steps(database, pool, now);
    const finisher = new Finisher({ steps, clock, random, logger });
    const recovery = new Recovery(steps, finisher, now);
    const vault = this.#vault;
    const open = (backup: BackupDocument) => vault.checkOpens(backup);
    const protocol = new RotationProtocol({
      steps,
      finisher,
      recovery,
      identity,
      now,
      random,
      open,
    });
    const newPatience = () => finisher.newPatience();
    const additions = new Additions({ database, pool, vault, identity, now, random, newPatience });
    return { database, recovery, protocol, steps, additions };
  }
}
