import { BSON } from 'mongodb';
import { isReplacement } from './check-update.js';
import { CommandError } from './command-error.js';
import { type Fields, isFields, valueAt } from './documents.js';
import { type Update, type UpdateContext, updateDocument } from './update-document.js';

/** What an upsert inserts when nothing matches: what the filter says, then the update. */
export function upsertDocument(update: Update, context: UpdateContext): Fields {
  const told = equalities(context.filter);
  const id = valueAt(told, '_id');
  const base = isReplacement(update) ? (id === undefined ? {} : { _id: id }) : told;
  const document = updateDocument(base, update, { ...context, isInsert: true });
  return '_id' in document ? document : { _id: new BSON.ObjectId(), ...document };
}

/** The fields a filter holds equal to something. */
function equalities(filter: Fields): Fields {
  const told: Fields = {};
  const paths: string[] = [];
  for (const [path, value] of equalPaths(filter)) {
    const twin = paths.find((other) => overlap(path, other));
    if (twin !== undefined) {
      throw new CommandError(
        'NotSingleValueField',
        `cannot infer query fields to set, both paths '${twin}' and '${path}' are matched`,
      );
    }
    paths.push(path);
    put(told, path, value);
  }
  return told;
}

function* equalPaths(filter: Fields): Generator<[path: string, value: unknown]> {
  for (const [path, condition] of Object.entries(filter)) {
    if (path === '$and' && Array.isArray(condition)) {
      for (const part of condition) yield* equalPaths(part as Fields);
    } else if (!path.startsWith('$')) {
      const [value, isEquality] = equalityOf(condition);
      if (isEquality) yield [path, value];
    }
  }
}

const overlap = (one: string, other: string): boolean =>
  `${one}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${one}.`);

function equalityOf(condition: unknown): [value: unknown, isEquality: boolean] {
  if (condition instanceof RegExp) return [undefined, false];
  if (!isFields(condition)) return [condition, true];
  if (!Object.keys(condition).some((name) => name.startsWith('$'))) return [condition, true];
  const { $eq, $in } = condition as { $eq?: unknown; $in?: unknown };
  // The server takes a choice of one for equality.
  if (Array.isArray($in) && $in.length === 1) return [$in[0], true];
  return [$eq, '$eq' in condition];
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
