import type { Collection, CollectionOptions, Db, Document } from 'mongodb';
import type { Database, Documents, SlotChanges } from './documents.js';
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
    carry: dependents.map(({ collection, field, filter = {} }) => async (from, to) => {
      const followers = db.collection(collection, options);
      await followers.updateMany({ ...filter, [field]: from }, { $set: { [field]: to } });
    }),
    hasChangeStreams: topology !== 'standalone',
    watchSlots: (pool) => watchSlots(slots, pool),
    async createIndexes() {
      await slots.createIndexes([...INDEXES.slots]);
      await backups.createIndexes([...INDEXES.backups]);
      await history.createIndexes([...INDEXES.history]);
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

function documentsOf<Doc extends { readonly _id: string }>(
  collection: Collection<Doc>,
): Documents<Doc> {
  return {
    findOne: (filter) => collection.findOne(filter),
    find: (filter, options = {}) => {
      const { sort, hint, limit } = options;
      const cursor = collection.find(filter, {
        ...(sort === undefined ? {} : { sort }),
        ...(hint === undefined ? {} : { hint }),
        ...(limit === undefined ? {} : { limit }),
      });
      return cursor.toArray();
    },
    count: (filter) => collection.countDocuments(filter),
    insertOne: async (document) => {
      await collection.insertOne(document);
    },
    updateOne: async (filter, update) => (await collection.updateOne(filter, update)).matchedCount,
    findOneAndUpdate: (filter, update) =>
      collection.findOneAndUpdate(filter, update, { returnDocument: 'after' }),
  };
}

async function watchSlots(slots: Collection<SlotDocument>, pool: string): Promise<SlotChanges> {
  const ofPool = { $match: { 'documentKey._id': slotsOf(pool) } };
  const stream = slots.watch<SlotDocument, Document>([ofPool]);
  // The stream begins with its first question, and only a question tells that it has begun.
  let first = await stream.tryNext();
  return {
    async next() {
      const change = first ?? (await stream.next());
      first = null;
      return String(change['documentKey']?._id);
    },
    close: () => stream.close(),
  };
}
