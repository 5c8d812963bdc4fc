import { checkKey } from '../core/check-key.js';
import { InvalidOptionError, KeyPoolError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import type { KeyOptions } from '../key/key.js';
import type { ImportReport } from '../rotation/rotation-store.js';
import type { Database } from './documents.js';
import { type Identity, randomName } from './identity.js';
import { attempt, type Patience } from './patience.js';
import { type BackupDocument, backupIdOf, type SlotDocument, UNSETTLED } from './schema.js';
import { newSlotId } from './slot-ids.js';
import { type StoredOptions, storedOptions } from './stored-options.js';
import type { Vault } from './vault.js';

export interface AdditionsOptions {
  readonly database: Database;
  readonly pool: string;
  readonly vault: Vault;
  readonly identity: Identity;
  readonly now: () => number;
  readonly random: () => number;
  readonly newPatience: () => Patience;
}

interface Sealed {
  readonly keyId: string;
  readonly secret: string;
  readonly fp: string;
  readonly options: StoredOptions;
}

/** Some may not open: one that does tells enough. */
const PEPPER_SAMPLES = 20;

/** Adds keys and backups, each known secret and each known id once. */
export class Additions {
  readonly #options: AdditionsOptions;
  #checked: Promise<void> | undefined;

  constructor(options: AdditionsOptions) {
    this.#options = options;
  }

  addKeys(keys: readonly KeyOptions[]): Promise<ImportReport> {
    return this.#add(keys, (sealed) => this.#insertSlot(sealed));
  }

  addBackups(keys: readonly KeyOptions[]): Promise<ImportReport> {
    return this.#add(keys, (sealed) => this.#insertBackup(sealed));
  }

  /** Checks all keys before it stores the first: a bad one changes nothing. */
  async #add(
    keys: readonly KeyOptions[],
    insert: (sealed: Sealed) => Promise<boolean>,
  ): Promise<ImportReport> {
    if (!Array.isArray(keys)) throw new InvalidOptionError('keys', 'an array of keys', keys);
    for (const [index, key] of keys.entries()) checkKey(`keys[${index}]`, key);
    await this.#checkPepper();
    const added: string[] = [];
    const duplicates: string[] = [];
    for (const key of keys) {
      const secret = Secret.from(key.secret);
      const known = await this.#idOf(secret);
      const keyId = key.id ?? known ?? `key-${randomName()}`;
      if (known !== undefined || (await this.#isKnownId(keyId))) {
        duplicates.push(keyId);
        continue;
      }
      const sealed = await this.#options.vault.seal(keyId, secret);
      // Another process may be adding the same key: the index then lets one of the two through.
      const isNew = await insert({ keyId, ...sealed, options: storedOptions(key) });
      (isNew ? added : duplicates).push(keyId);
    }
    return { added, duplicates };
  }

  /** Once is enough: what this store adds has the fingerprints of its own pepper. */
  #checkPepper(): Promise<void> {
    this.#checked ??= this.#comparePepper().catch((error: unknown) => {
      this.#checked = undefined;
      throw error;
    });
    return this.#checked;
  }

  /** Under another pepper, each secret that is known would be taken for a new one. */
  async #comparePepper(): Promise<void> {
    const { database, pool, vault } = this.#options;
    const few = { limit: PEPPER_SAMPLES };
    const slots = await database.slots.find({ pool }, few);
    const backups = await database.backups.find({ pool, state: 'unused' }, few);
    for (const document of [...slots, ...backups]) {
      const isSame = await vault.hasSamePepper(document);
      if (isSame === true) return;
      if (isSame === undefined) continue;
      const message = `The pepper is not the one under which "${document.keyId}" was stored`;
      throw new KeyPoolError('STORE_FAILED', message);
    }
  }

  /** Id under which the secret is known, be it of an active key, a backup or a retired key. */
  async #idOf(secret: Secret): Promise<string | undefined> {
    const { database, pool, vault } = this.#options;
    const fp = { $in: [...(await vault.fingerprints(secret))] };
    // Backups first: what moves on from there while this looks is found where it went.
    const backup = await database.backups.findOne({ pool, fp });
    if (backup !== null) return backup.keyId;
    const slot = await database.slots.findOne({ pool, fp });
    if (slot !== null) return slot.keyId;
    const leaving = await database.slots.findOne({ pool, ...UNSETTLED, 'j.fromFp': fp });
    if (leaving?.j) return leaving.j.from;
    return (await database.history.findOne({ pool, fromFp: fp }))?.from;
  }

  async #isKnownId(keyId: string): Promise<boolean> {
    const { database, pool } = this.#options;
    if ((await database.backups.findOne({ _id: backupIdOf(pool, keyId) })) !== null) return true;
    if ((await database.slots.findOne({ pool, keyId })) !== null) return true;
    if ((await database.slots.findOne({ pool, ...UNSETTLED, 'j.from': keyId })) !== null)
      return true;
    return (await database.history.findOne({ pool, from: keyId })) !== null;
  }

  async #insertSlot(sealed: Sealed): Promise<boolean> {
    const { database, pool, identity, now } = this.#options;
    const _id = newSlotId(pool, now(), identity.nextOrder(), randomName());
    const fresh = { gen: 0, state: 'active', why: null, j: null } as const;
    const slot: SlotDocument = { _id, pool, ...sealed, ...fresh };
    return this.#insert(
      () => database.slots.insertOne(slot),
      async () => (await database.slots.findOne({ _id })) !== null,
    );
  }

  async #insertBackup(sealed: Sealed): Promise<boolean> {
    const { database, pool, random } = this.#options;
    const _id = backupIdOf(pool, sealed.keyId);
    const fresh = { isUsed: false, state: 'unused', r: random(), claim: null } as const;
    const backup: BackupDocument = { _id, pool, ...sealed, ...fresh };
    const { fp, r } = backup;
    return this.#insert(
      () => database.backups.insertOne(backup),
      async () => (await database.backups.findOne({ _id, fp, r })) !== null,
    );
  }

  /** Whether it was inserted by this call: an earlier try may have been, though it seemed to fail. */
  async #insert(insert: () => Promise<void>, isThere: () => Promise<boolean>): Promise<boolean> {
    const patience = this.#options.newPatience();
    for (let tries = 1; ; tries += 1) {
      const inserted = await attempt(insert);
      if (inserted.kind === 'done') return true;
      if (inserted.kind === 'duplicate') return tries > 1 && isThere();
      await patience.spend(inserted.error);
    }
  }
}
