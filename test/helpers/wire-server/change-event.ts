import { type Fields, isFields, isSame } from './documents.js';
import type { Entry } from './oplog.js';

/** Reads the document of a key as it is now, to be told with every update. */
export type LookUp = (documentKey: Fields) => Fields | null;

/** What a change stream tells of a change, but for its resume token. */
export function changeEvent(entry: Entry, lookUp?: LookUp): Fields {
  const { kind, namespace, time } = entry;
  const [database, ...collection] = namespace.split('.');
  const document = kind === 'delete' ? entry.before : entry.after;
  const documentKey = { _id: document['_id'] };
  return {
    operationType: kind,
    clusterTime: time,
    wallTime: new Date(time.t * 1_000),
    ns: { db: database, coll: collection.join('.') },
    documentKey,
    ...(kind === 'update' && { updateDescription: describeUpdate(entry.before, entry.after) }),
    ...((kind === 'insert' || kind === 'replace') && { fullDocument: document }),
    ...(kind === 'update' && lookUp && { fullDocument: lookUp(documentKey) }),
  };
}

/** Which fields an update wrote or removed; an array that changed is told whole. */
function describeUpdate(before: Fields, after: Fields): Fields {
  const updatedFields: Fields = {};
  const removedFields: string[] = [];
  const compare = (earlier: Fields, later: Fields, prefix = ''): void => {
    for (const name of Object.keys(earlier)) {
      if (!(name in later)) removedFields.push(`${prefix}${name}`);
    }
    for (const [name, value] of Object.entries(later)) {
      const previous = earlier[name];
      if (isFields(previous) && isFields(value)) compare(previous, value, `${prefix}${name}.`);
      else if (name in earlier && isSame({ value: previous }, { value })) continue;
      else updatedFields[`${prefix}${name}`] = value;
    }
  };
  compare(before, after);
  return { updatedFields, removedFields, truncatedArrays: [] };
}
