import type { Db } from 'mongodb';
import type { Clock } from '../../src/core/clock.js';
import { plainCipher } from '../../src/mongodb/cipher.js';
import { MongoRotationStore } from '../../src/mongodb/mongo-rotation-store.js';
import type { MongoRotationStoreOptions } from '../../src/mongodb/options.js';
import {
  type BackupDocument,
  backupIdOf,
  COLLECTIONS,
  type SlotDocument,
} from '../../src/mongodb/schema.js';
import { newSlotId } from '../../src/mongodb/slot-ids.js';

export const POOL = 'torture';
export const BINDINGS = 'bindings';

/** Says which key a customer uses; follows the key when it is replaced. */
export interface Binding {
  readonly _id: string;
  readonly keyId: string;
}

/** What there is before anybody rotates. */
export interface World {
  readonly keys: readonly string[];
  readonly backups: readonly string[];
  /** Backups by id that have the secret of another key. */
  readonly twins?: Readonly<Record<string, string>>;
  /** Whether a key that waits for a backup may be called good. @defaultValue false */
  readonly isReinstated?: boolean;
}

export const ids = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

export const secretOf = (keyId: string, { twins = {} }: Partial<World> = {}): string =>
  `secret-of-${twins[keyId] ?? keyId}`;

export const aStore = (
  db: Db,
  options: Partial<MongoRotationStoreOptions> = {},
): MongoRotationStore =>
  new MongoRotationStore({
    db,
    pool: POOL,
    dependents: [{ collection: BINDINGS, field: 'keyId' }],
    // Whoever recovers here knows that the others are dead, or is as rude as if they were.
    graceMs: 0,
    ...options,
  });

/** Pauses end at once: what is waited for is an answer, never the time. */
export const hastyClock: Clock = {
  now: () => Date.now(),
  setTimer: (callback) => setImmediate(callback),
  clearTimer: (timer) => clearImmediate(timer as NodeJS.Immediate),
};

/** Writes the documents as the store would; thousands of backups are there in a moment. */
export async function seedWorld(db: Db, world: World): Promise<void> {
  await aStore(db).ensureIndexes();
  const slots = db.collection<SlotDocument>(COLLECTIONS.slots);
  const backups = db.collection<BackupDocument>(COLLECTIONS.backups);
  const bindings = db.collection<Binding>(BINDINGS);
  await slots.insertMany(await Promise.all(world.keys.map(slotWith)));
  await bindings.insertMany(world.keys.map((keyId) => ({ _id: bindingOf(keyId), keyId })));
  if (world.backups.length === 0) return;
  const spread = (keyId: string, index: number) =>
    aBackup(keyId, (index + 0.5) / world.backups.length, world);
  await backups.insertMany(await Promise.all(world.backups.map(spread)));
}

export const bindingOf = (keyId: string): string => `customer-of-${keyId}`;

async function slotWith(keyId: string, index: number): Promise<SlotDocument> {
  const _id = newSlotId(POOL, 1, index, keyId);
  const fresh = { options: {}, gen: 0, state: 'active', why: null, j: null } as const;
  return { _id, pool: POOL, keyId, ...(await sealed(keyId, {})), ...fresh };
}

async function aBackup(keyId: string, r: number, world: World): Promise<BackupDocument> {
  const fresh = { options: {}, isUsed: false, state: 'unused', claim: null } as const;
  const _id = backupIdOf(POOL, keyId);
  return { _id, pool: POOL, keyId, ...(await sealed(keyId, world)), ...fresh, r };
}

async function sealed(
  keyId: string,
  world: Partial<World>,
): Promise<{ secret: string; fp: string }> {
  const secret = secretOf(keyId, world);
  return {
    secret: await plainCipher.seal(secret, { pool: POOL, keyId }),
    fp: await plainCipher.fingerprint(secret),
  };
}
