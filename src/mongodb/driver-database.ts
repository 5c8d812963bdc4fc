import type { Collection, CollectionOptions, Db, Document } from 'mongodb';
import { KeyPoolError } from '../core/errors.js';
import { type Database, type Documents, isDuplicate, type SlotChanges } from './documents.js';
import {
  type BackupDocument,
  COLLECTIONS,
  type HistoryDocument,
  INDEXES,
  type SlotDocument,
} from './schema.js';
import { slotsOf } from './slot-ids.js';
import { topologyOf } from './topology.js';

/** A collection whose documents hold ids of keys and follow them when they are replaced. */
export interface Dependent {
  readonly collection: string;
  /** The field that holds the key's id. */
  readonly field: string;
  /** Which documents: needed where pools share a collection. @defaultValue all */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** What the field holds for a key's id, such as an ObjectId. @defaultValue the id, as a string */
  readonly toField?: (id: string) => unknown;
}

/** The driver, reduced to what the store asks of it. */
export async function openDatabase(
  source: Db | Promise<Db>,
  dependents: readonly Dependent[],
): Promise<Database> {
  const db = await source;
  const topology = topologyOf(await db.command({ hello: 1 }));
  const options = collectionOptions(topology === 'standalone' ? 'local' : 'majority');
  const slots = db.collection<SlotDocument>(COLLECTIONS.slots, options);
  const backups = db.collection<BackupDocument>(COLLECTIONS.backups, options);
  const history = db.collection<HistoryDocument>(COLLECTIONS.history, options);
  return {
    slots: documentsOf(slots),
    backups: documentsOf(backups),
    history: documentsOf(history),
    carriers: dependents.map(({ collection, field, filter = {}, toField = asItIs }) => ({
      collection,
      prepare(from, to) {
        const followers = db.collection(collection, options);
        const ofKey = { ...filter, [field]: toField(from) };
        const change = { $set: { [field]: toField(to) } };
        return async () => {
          await told(() => followers.updateMany(ofKey, change));
        };
      },
    })),
    hasChangeStreams: topology !== 'standalone',
    watchSlots: (pool) => watchSlots(slots, pool),
    async createIndexes() {
      await told(() => slots.createIndexes([...INDEXES.slots]));
      await told(() => backups.createIndexes([...INDEXES.backups]));
      await told(() => history.createIndexes([...INDEXES.history]));
    },
  };
}

/**
 * A read decides whether a backup is free again, so it must not be undone by a failover: majority,
 * where there is one. The rest undoes what a caller may have set on the `Db` for itself.
 */
function collectionOptions(level: 'local' | 'majority'): CollectionOptions {
  return {
    readConcern: { level },
    writeConcern: { w: 'majority', journal: true },
    readPreference: 'primary',
    promoteLongs: true,
    promoteValues: true,
    useBigInt64: false,
    raw: false,
  };
}

function asItIs(id: string): string {
  return id;
}

/**
 * Says of any failure that it is the database's. Duplicates go through as they are: to the protocol
 * they are answers.
 */
async function told<Value>(ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (cause) {
    if (isDuplicate(cause)) throw cause;
    throw new KeyPoolError('STORE_FAILED', 'The database did not answer as it should', { cause });
  }
}

function documentsOf<Doc extends { readonly _id: string }>(
  collection: Collection<Doc>,
): Documents<Doc> {
  return {
    findOne: (filter) => told(() => collection.findOne(filter)),
    find: (filter, options = {}) => {
      const { sort, hint, limit } = options;
      const cursor = collection.find(filter, {
        ...(sort === undefined ? {} : { sort }),
        ...(hint === undefined ? {} : { hint }),
        ...(limit === undefined ? {} : { limit }),
      });
      return told(() => cursor.toArray());
    },
    count: (filter) => told(() => collection.countDocuments(filter)),
    insertOne: async (document) => {
      await told(() => collection.insertOne(document));
    },
    updateOne: async (filter, update) =>
      (await told(() => collection.updateOne(filter, update))).matchedCount,
    findOneAndUpdate: (filter, update) =>
      told(() => collection.findOneAndUpdate(filter, update, { returnDocument: 'after' })),
  };
}

/**
 * Watching begins with the first question. Its answer may take a second; that it was heard shows earlier,
 * in the token that a server sends with it.
 */
async function watchSlots(slots: Collection<SlotDocument>, pool: string): Promise<SlotChanges> {
  const ofPool = { $match: { 'documentKey._id': slotsOf(pool) } };
  const stream = slots.watch<SlotDocument, Document>([ofPool]);
  let first: Promise<Document | null> | undefined = stream.tryNext();
  try {
    await Promise.race([
      new Promise((resolve) => stream.once('resumeTokenChanged', resolve)),
      first,
    ]);
  } catch (error) {
    await stream.close();
    throw error;
  }
  return {
    async next() {
      const early = await first;
      first = undefined;
      const change = early ?? (await stream.next());
      return String(change['documentKey']?._id);
    },
    close: () => stream.close(),
  };
}
