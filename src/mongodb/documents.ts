import type { Filter, OptionalUnlessRequiredId, UpdateFilter, WithId } from 'mongodb';
import type { BackupDocument, HistoryDocument, SlotDocument } from './schema.js';

/** All that the store ever asks of one collection. Every call is one atomic step on the server. */
export interface Documents<Doc extends { readonly _id: string }> {
  findOne(filter: Filter<Doc>): Promise<WithId<Doc> | null>;
  find(filter: Filter<Doc>, options?: FindOptions): Promise<readonly WithId<Doc>[]>;
  count(filter: Filter<Doc>): Promise<number>;
  insertOne(document: OptionalUnlessRequiredId<Doc>): Promise<void>;
  /** How many documents matched: 0 or 1. */
  updateOne(filter: Filter<Doc>, update: UpdateFilter<Doc>): Promise<number>;
  /** The document as the update left it. */
  findOneAndUpdate(filter: Filter<Doc>, update: UpdateFilter<Doc>): Promise<WithId<Doc> | null>;
}

interface FindOptions {
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly limit?: number;
  /** The index to walk along. */
  readonly hint?: Readonly<Record<string, 1 | -1>>;
}

/** What the store asks of a database. */
export interface Database {
  readonly slots: Documents<SlotDocument>;
  readonly backups: Documents<BackupDocument>;
  readonly history: Documents<HistoryDocument>;
  /** Points what refers to one key to another, in the collections that hold key ids. */
  readonly carriers: readonly Carrier[];
  /** Whether the server has change streams, as far as its kind tells. */
  readonly hasChangeStreams: boolean;
  /** Ids of slots that change once the promise has settled. */
  watchSlots(pool: string): Promise<SlotChanges>;
  createIndexes(): Promise<void>;
}

/** One collection of dependents. */
interface Carrier {
  readonly collection: string;
  /** Throws where the ids do not become fields. */
  prepare(from: string, to: string): () => Promise<void>;
}

export interface SlotChanges {
  /** The next id. Rejects when the server ends it, or it is closed. */
  next(): Promise<string>;
  close(): Promise<void>;
}

/** Another document has the value of a unique index. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === 11000;
}

/** The server's code, asked by shape: two copies of the driver in one process are common. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
