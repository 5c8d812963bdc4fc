import type { Database } from './documents.js';
import {
  type BackupDocument,
  backupIdOf,
  type Claim,
  type Journal,
  recordIdOf,
  type SlotDocument,
  UNSETTLED,
} from './schema.js';

/**
 * The steps of the protocol, each of them one operation on one document (`carriers` aside). Whoever
 * repeats a step, late or at the same time as another, changes nothing: its filter says what must
 * still hold.
 */
export class Steps {
  readonly #database: Database;
  readonly #pool: string;
  readonly #now: () => number;

  constructor(database: Database, pool: string, now: () => number) {
    this.#database = database;
    this.#pool = pool;
    this.#now = now;
  }

  /** S0. */
  slotOfKey(keyId: string): Promise<SlotDocument | null> {
    return this.#database.slots.findOne({ pool: this.#pool, keyId });
  }

  /** The slot that the key has just left; history does not know of it yet. */
  slotLeftBy(keyId: string): Promise<SlotDocument | null> {
    return this.#database.slots.findOne({ pool: this.#pool, ...UNSETTLED, 'j.from': keyId });
  }

  rotationOf(keyId: string) {
    return this.#database.history.findOne({ pool: this.#pool, from: keyId });
  }

  slot(id: string): Promise<SlotDocument | null> {
    return this.#database.slots.findOne({ _id: id });
  }

  /** S1: reserves the first free backup from `start` on. */
  async claim(claim: Claim, start: number): Promise<BackupDocument | null> {
    const free = { pool: this.#pool, isUsed: false };
    const reserve = { $set: { isUsed: true, state: 'reserved', claim } } as const;
    const { backups } = this.#database;
    const found = await backups.findOneAndUpdate({ ...free, r: { $gte: start } }, reserve);
    return found ?? backups.findOneAndUpdate(free, reserve);
  }

  /** What came of a claim whose reply was lost. */
  claimed({ a }: Claim): Promise<BackupDocument | null> {
    return this.#database.backups.findOne({ pool: this.#pool, 'claim.a': a });
  }

  countReserved(): Promise<number> {
    return this.#database.backups.count({ pool: this.#pool, state: 'reserved' });
  }

  /**
   * The key is good after all: it waits for a backup no more. A new generation, so that no claim made
   * for it while it waited can be carried through, and others hear of it.
   */
  reinstate(keyId: string): Promise<number> {
    const waiting = { pool: this.#pool, keyId, state: 'exhausted', j: null } as const;
    const good = { $set: { state: 'active', why: null }, $inc: { gen: 1 } } as const;
    return this.#database.slots.updateOne(waiting, good);
  }

  /** No backup is left: the key stays and waits for one. */
  exhaust(slot: SlotDocument, why: string): Promise<number> {
    const { _id, gen, keyId } = slot;
    const { slots } = this.#database;
    return slots.updateOne({ _id, gen, keyId, j: null }, { $set: { state: 'exhausted', why } });
  }

  /**
   * S2, the linearization point: delete and insert in one. Nobody else can match from here on, and
   * the journal says what is left to do.
   */
  swap(claim: Claim, backup: BackupDocument, fromFp: string): Promise<SlotDocument | null> {
    const { a, slot, g, from, reason, order } = claim;
    const { keyId, secret, fp, options } = backup;
    // It was used, by this claim: whoever finished the rotation dropped the secret.
    if (secret === undefined) return Promise.resolve(null);
    const at = this.#now();
    const j: Journal = { a, slot, g, from, fromFp, to: keyId, reason, at, order };
    return this.#database.slots.findOneAndUpdate(
      { ...unchanged(claim), fp: { $ne: fp } },
      {
        $set: { keyId, secret, fp, options, state: 'active', why: null, j },
        $inc: { gen: 1 },
      },
    );
  }

  /** Before a backup is set aside: no claim for this generation can be carried through any more. */
  fence(claim: Claim): Promise<number> {
    return this.#database.slots.updateOne(unchanged(claim), { $inc: { gen: 1 } });
  }

  quarantine(backup: BackupDocument, { a }: Claim): Promise<number> {
    const reserved = { _id: backup._id, state: 'reserved', 'claim.a': a } as const;
    return this.#database.backups.updateOne(reserved, { $set: { state: 'quarantined' } });
  }

  release(backup: BackupDocument, { a }: Claim): Promise<number> {
    const reserved = { _id: backup._id, state: 'reserved', 'claim.a': a } as const;
    const free = { isUsed: false, state: 'unused', claim: null } as const;
    return this.#database.backups.updateOne(reserved, { $set: free });
  }

  /** S3. */
  markUsed({ a, to }: Journal): Promise<number> {
    const _id = backupIdOf(this.#pool, to);
    return this.#database.backups.updateOne(
      { _id, state: 'reserved', 'claim.a': a },
      { $set: { state: 'used' }, $unset: { secret: '' } },
    );
  }

  /** S4, one for each collection that holds key ids. */
  get carriers(): Database['carriers'] {
    return this.#database.carriers;
  }

  /** S5. */
  record(journal: Journal): Promise<void> {
    const _id = recordIdOf(journal.slot, journal.g + 1);
    return this.#database.history.insertOne({ _id, pool: this.#pool, ...journal });
  }

  /** S6. */
  settle({ slot, a }: Journal): Promise<number> {
    return this.#database.slots.updateOne({ _id: slot, 'j.a': a }, { $set: { j: null } });
  }

  unsettledSlots(): Promise<readonly SlotDocument[]> {
    return this.#database.slots.find({ pool: this.#pool, ...UNSETTLED });
  }

  exhaustedSlots(): Promise<readonly SlotDocument[]> {
    return this.#database.slots.find({ pool: this.#pool, state: 'exhausted' });
  }

  reservedBackups(): Promise<readonly BackupDocument[]> {
    return this.#database.backups.find({ pool: this.#pool, state: 'reserved' });
  }
}

/** The slot is as it was when the backup was claimed for it, and its last rotation is finished. */
function unchanged({ slot, g, from }: Claim) {
  return { _id: slot, gen: g, keyId: from, j: null };
}
