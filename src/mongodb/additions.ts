import { checkKey } from '../core/check-key.js';
import { InvalidOptionError, KeyPoolError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import type { KeyOptions } from '../key/key.js';
import type { ImportReport } from '../rotation/rotation-store.js';
import type { Database } from './documents.js';
import { type Identity, randomName } from './identity.js';
import { KnownKeys, type Wanted } from './known-keys.js';
import { attempt, type Patience } from './patience.js';
import { type BackupDocument, backupIdOf, type SlotDocument } from './schema.js';
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

interface WantedKey extends Wanted {
  readonly key: KeyOptions;
  readonly secret: Secret;
}

/** An import's, while it is written. */
interface Report extends ImportReport {
  readonly added: string[];
  readonly duplicates: string[];
}

/** Few enough that hardly anything changes between the question and the last insert. */
const ASKED_AT_ONCE = 100;
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
    const report: Report = { added: [], duplicates: [] };
    for (let start = 0; start < keys.length; start += ASKED_AT_ONCE) {
      await this.#addSome(keys.slice(start, start + ASKED_AT_ONCE), insert, report);
    }
    return report;
  }

  async #addSome(
    keys: readonly KeyOptions[],
    insert: (sealed: Sealed) => Promise<boolean>,
    { added, duplicates }: Report,
  ): Promise<void> {
    const { database, pool, vault } = this.#options;
    const wanted = await Promise.all(keys.map((key) => this.#wantedOf(key)));
    const known = await KnownKeys.among(wanted, database, pool);
    for (const { key, secret, fingerprints } of wanted) {
      const knownId = known.idOf(fingerprints);
      const keyId = key.id ?? knownId ?? `key-${randomName()}`;
      if (knownId !== undefined || known.hasId(keyId)) {
        duplicates.push(keyId);
        continue;
      }
      const sealed = await vault.seal(keyId, secret);
      // Another process may be adding the same key: the index then lets one of the two through.
      const isNew = await insert({ keyId, ...sealed, options: storedOptions(key) });
      (isNew ? added : duplicates).push(keyId);
      known.add(keyId, ...fingerprints);
    }
  }

  async #wantedOf(key: KeyOptions): Promise<WantedKey> {
    const secret = Secret.from(key.secret);
    const fingerprints = await this.#options.vault.fingerprints(secret);
    return { key, secret, fingerprints, id: key.id };
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
