import { Query } from 'mingo';
import { update as mingoUpdate } from 'mingo/updater';
import type { Db } from 'mongodb';
import { COLLECTIONS, INDEXES } from '../../src/mongodb/schema.js';

type Fields = Record<string, unknown>;
export type Doc = Fields & { _id: string };

/** Documents by collection, then by id. Plain JSON, so that a state can be written down whole. */
export type DbState = Record<string, Record<string, Doc>>;

/** One operation of one process, as data. */
export interface Op {
  readonly collection: string;
  readonly method:
    | 'findOne'
    | 'find'
    | 'countDocuments'
    | 'insertOne'
    | 'updateOne'
    | 'updateMany'
    | 'findOneAndUpdate'
    | 'wait';
  readonly filter?: Fields;
  readonly change?: Fields;
  readonly document?: Doc;
  readonly sort?: Record<string, 1 | -1>;
  readonly limit?: number;
}

export const isWrite = ({ method }: Op): boolean => /^(insert|update|findOneAnd)/.test(method);

/** What a server says of a value that an index has already. */
export class DuplicateKey extends Error {
  readonly code = 11000;
}

/** Carries out one operation, which is atomic: `state` is changed in place. `pick`: of the matches. */
export function execute(state: DbState, op: Op, pick = 0): unknown {
  const found = matches(state, op);
  const chosen = found[pick];
  switch (op.method) {
    case 'findOne':
      return chosen ?? null;
    case 'find':
      return sorted(found, op.sort).slice(0, op.limit ?? found.length);
    case 'countDocuments':
      return found.length;
    case 'insertOne':
      if (op.document === undefined) throw new Error('insertOne() without a document');
      store(state, op.collection, structuredClone(op.document), true);
      return { acknowledged: true };
    case 'findOneAndUpdate':
      return chosen === undefined ? null : changed(state, op, chosen);
    case 'updateOne':
      if (chosen !== undefined) changed(state, op, chosen);
      return { matchedCount: chosen === undefined ? 0 : 1 };
    case 'updateMany':
      for (const document of found) changed(state, op, document);
      return { matchedCount: found.length };
    case 'wait':
      return null;
  }
}

export function matches(state: DbState, { collection, filter = {} }: Op): Doc[] {
  const query = new Query(filter as never);
  return Object.values(state[collection] ?? {}).filter((document) => query.test(document));
}

function changed(state: DbState, { collection, change = {} }: Op, document: Doc): Doc {
  const copy = structuredClone(document);
  mingoUpdate(copy as never, structuredClone(change) as never);
  store(state, collection, copy, false);
  return copy;
}

function store(state: DbState, collection: string, document: Doc, isNew: boolean): void {
  const documents = state[collection] ?? {};
  state[collection] = documents;
  if (isNew && document._id in documents) throw new DuplicateKey(`E11000 ${collection} _id_`);
  for (const fields of uniqueIndexes(collection)) {
    const value = JSON.stringify(fields.map((field) => document[field]));
    for (const other of Object.values(documents)) {
      if (other._id === document._id) continue;
      if (JSON.stringify(fields.map((field) => other[field])) !== value) continue;
      throw new DuplicateKey(`E11000 ${collection} ${fields.join('_')}`);
    }
  }
  documents[document._id] = document;
}

function uniqueIndexes(collection: string): readonly string[][] {
  const entry = Object.entries(COLLECTIONS).find(([, name]) => name === collection);
  if (entry === undefined) return [];
  return INDEXES[entry[0] as keyof typeof INDEXES]
    .filter((index) => 'unique' in index)
    .map(({ key }) => Object.keys(key));
}

function sorted(documents: Doc[], sort: Record<string, 1 | -1> = { _id: 1 }): Doc[] {
  return [...documents].sort((a, b) => {
    for (const [field, direction] of Object.entries(sort)) {
      const [left, right] = [a[field] as string, b[field] as string];
      if (left !== right) return left < right ? -direction : direction;
    }
    return 0;
  });
}

/** A `Db` of the driver, as far as the store uses one: each call becomes an operation for `ask`. */
export function fakeDb(ask: (op: Op) => Promise<unknown>, hello: object = {}): Db {
  const collection = (name: string) => {
    const on = (method: Op['method'], rest: Partial<Op>) =>
      ask({ collection: name, method, ...rest });
    return {
      findOne: (filter: Fields) => on('findOne', { filter }),
      find: (filter: Fields, options: Partial<Op>) => ({
        toArray: () => on('find', { filter, ...pickOptions(options) }),
      }),
      countDocuments: (filter: Fields) => on('countDocuments', { filter }),
      insertOne: (document: Doc) => on('insertOne', { document }),
      updateOne: (filter: Fields, change: Fields) => on('updateOne', { filter, change }),
      updateMany: (filter: Fields, change: Fields) => on('updateMany', { filter, change }),
      findOneAndUpdate: (filter: Fields, change: Fields) =>
        on('findOneAndUpdate', { filter, change }),
      createIndexes: async () => [],
    };
  };
  return { command: async () => ({ ok: 1, ...hello }), collection } as unknown as Db;
}

function pickOptions({ sort, limit }: Partial<Op>): Partial<Op> {
  return { ...(sort === undefined ? {} : { sort }), ...(limit === undefined ? {} : { limit }) };
}

/** A database in memory for one test, shared by all stores that are opened on it. */
export function memoryDb(state: DbState = {}): { db: Db; state: DbState; ops: Op[] } {
  const ops: Op[] = [];
  const ask = async (op: Op) => {
    await new Promise((resolve) => setImmediate(resolve));
    ops.push(op);
    return structuredClone(execute(state, op));
  };
  return { db: fakeDb(ask), state, ops };
}
