import type { Collection, StoredRecord } from './collection.js';
import { CommandError } from './command-error.js';
import type { Batches } from './cursors.js';
import { type Fields, isFields, isSame } from './documents.js';
import { compareBy, type SortSpec } from './order.js';

/**
 * Reads along an index, a portion at a time, from the live documents: like a cursor of MongoDB it
 * sees changes between portions, and a document whose key moves meanwhile is missed or seen twice.
 */
export function indexWalk(collection: Collection, filter: Fields, key: SortSpec): Batches {
  const byKey = compareBy(key);
  const inOrder = (one: StoredRecord, other: StoredRecord) =>
    byKey(one.document, other.document) || one.id - other.id;
  let last: StoredRecord | undefined;
  return {
    next(count) {
      const ahead = collection
        .matching(filter)
        .filter((record) => last === undefined || inOrder(record, last) > 0)
        .sort(inOrder);
      const batch = ahead.slice(0, count);
      last = batch.at(-1) ?? last;
      return { documents: batch.map(({ document }) => document), isDone: ahead.length <= count };
    },
  };
}

/** The index a query reads: the hinted one, else one that the filter fixes, else that of `_id`. */
export function chooseIndex(collection: Collection, filter: Fields, hint?: unknown): SortSpec {
  if (hint !== undefined) return hintedIndex(collection, hint);
  const fixed = collection.indexes.find(({ key, sparse, partialFilterExpression }) => {
    const [field = ''] = Object.keys(key);
    return field in filter && !sparse && partialFilterExpression === undefined;
  });
  return fixed?.key ?? { _id: 1 };
}

function hintedIndex(collection: Collection, hint: unknown): SortSpec {
  if (isFields(hint) && '$natural' in hint) return {};
  const index = collection.indexes.find(({ name, key }) =>
    isFields(hint) ? isSame(key, hint) : name === hint,
  );
  if (index !== undefined) return index.key;
  throw new CommandError(
    'BadValue',
    'error processing query: planner returned error :: caused by :: ' +
      'hint provided does not correspond to an existing index',
  );
}
