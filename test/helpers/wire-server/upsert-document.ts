import { BSON } from 'mongodb';
import { type Fields, isFields, valueAt } from './documents.js';
import { type Update, type UpdateContext, updateDocument } from './update-document.js';

/** What an upsert inserts when nothing matches: what the filter says, then the update. */
export function upsertDocument(update: Update, context: UpdateContext): Fields {
  const isReplacement =
    !Array.isArray(update) && !Object.keys(update).some((name) => name.startsWith('$'));
  const told = equalities(context.filter);
  const id = valueAt(told, '_id');
  const base = isReplacement ? (id === undefined ? {} : { _id: id }) : told;
  const document = updateDocument(base, update, { ...context, isInsert: true });
  return '_id' in document ? document : { _id: new BSON.ObjectId(), ...document };
}

/** The fields a filter holds equal to something. */
function equalities(filter: Fields): Fields {
  const told: Fields = {};
  for (const [path, condition] of Object.entries(filter)) {
    if (path === '$and' && Array.isArray(condition)) {
      for (const part of condition) Object.assign(told, equalities(part as Fields));
    } else if (!path.startsWith('$')) {
      const [value, isEquality] = equalityOf(condition);
      if (isEquality) put(told, path, value);
    }
  }
  return told;
}

function equalityOf(condition: unknown): [value: unknown, isEquality: boolean] {
  if (condition instanceof RegExp) return [undefined, false];
  if (!isFields(condition)) return [condition, true];
  if (!Object.keys(condition).some((name) => name.startsWith('$'))) return [condition, true];
  return [condition['$eq'], '$eq' in condition];
}

function put(document: Fields, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? path;
  let parent = document;
  for (const name of names) {
    const next = isFields(parent[name]) ? parent[name] : {};
    parent[name] = next;
    parent = next;
  }
  parent[last] = value;
}
