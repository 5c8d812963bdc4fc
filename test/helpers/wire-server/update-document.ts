import { aggregate, updateOne } from 'mingo';
import { BSON } from 'mongodb';
import { hasOperators } from './check-update.js';
import { CommandError } from './command-error.js';
import { copyOf, type Fields, isFields, keyString, valueAt } from './documents.js';

/** Operators, a replacement, or a pipeline. */
export type Update = Fields | readonly Fields[];

export interface UpdateContext {
  readonly filter: Fields;
  readonly arrayFilters?: Fields[] | undefined;
  /** Whether an upsert is about to insert the document. */
  readonly isInsert?: boolean;
}

/** The document as the update leaves it; the one given stays as it is. */
export function updateDocument(document: Fields, update: Update, context: UpdateContext): Fields {
  const updated = copyOf(apply(copyOf(document), update, context));
  if (!('_id' in document) || keyString([updated['_id']]) === keyString([document['_id']])) {
    return updated;
  }
  throw new CommandError(
    'ImmutableField',
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}

function apply(document: Fields, update: Update, context: UpdateContext): Fields {
  if (Array.isArray(update)) return applyPipeline(document, update);
  if (!hasOperators(update as Fields)) return replace(document, update as Fields);
  return applyOperators(document, update as Record<string, Fields>, context);
}

function replace(document: Fields, replacement: Fields): Fields {
  return '_id' in document ? { _id: document['_id'], ...replacement } : { ...replacement };
}

function applyPipeline(document: Fields, stages: readonly Fields[]): Fields {
  const [updated = {}] = aggregate([document], stages as Fields[]) as Fields[];
  return '_id' in document ? { _id: document['_id'], ...updated } : updated;
}

function applyOperators(
  document: Fields,
  operators: Record<string, Fields>,
  { filter, arrayFilters, isInsert = false }: UpdateContext,
): Fields {
  const { $setOnInsert = {}, $currentDate = {}, $set = {}, ...others } = operators;
  const set = { ...$set, ...datesOf($currentDate), ...(isInsert ? $setOnInsert : {}) };
  // An upsert may set the id, and any update may set it to what it is.
  if ('_id' in set && (isInsert || keyString([set['_id']]) === keyString([document['_id']]))) {
    document['_id'] = set['_id'];
    delete set['_id'];
  }
  const modifier = dropEmpty({ $set: set, ...others });
  for (const [operator, fields] of Object.entries(modifier)) check(document, operator, fields);
  if (Object.keys(modifier).length === 0) return document;
  const options = arrayFilters === undefined ? {} : { arrayFilters };
  try {
    updateOne([document], isInsert ? {} : filter, modifier, options);
  } catch (cause) {
    throw refusal(cause);
  }
  return document;
}

/** Mingo's complaints, under the code that MongoDB gives them. */
function refusal(cause: unknown): CommandError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const codeName = message.includes('immutable') ? 'ImmutableField' : 'FailedToParse';
  return new CommandError(codeName, message);
}

/** Mingo writes a timestamp as a number. */
function datesOf(currentDate: Fields): Fields {
  const now = new Date();
  const timestamp = new BSON.Timestamp({ t: Math.floor(Number(now) / 1000), i: 1 });
  const isTimestamp = (kind: unknown) => isFields(kind) && kind['$type'] === 'timestamp';
  return Object.fromEntries(
    Object.entries(currentDate).map(([path, kind]) => [path, isTimestamp(kind) ? timestamp : now]),
  );
}

const dropEmpty = (operators: Record<string, Fields>): Record<string, Fields> =>
  Object.fromEntries(Object.entries(operators).filter(([, fields]) => Object.keys(fields).length));

/** Refuses what MongoDB refuses and mingo lets pass. */
function check(document: Fields, operator: string, fields: Fields): void {
  for (const path of Object.keys(fields)) {
    if (operator !== '$unset') checkParents(document, path);
    if (operator === '$inc' || operator === '$mul') checkNumber(document, operator, path);
  }
}

function checkParents(document: Fields, path: string): void {
  const names = path.split('.');
  for (let length = 1; length < names.length; length += 1) {
    const parent = valueAt(document, names.slice(0, length).join('.'));
    if (parent === undefined || isFields(parent) || Array.isArray(parent)) continue;
    throw new CommandError(
      'PathNotViable',
      `Cannot create field '${names[length]}' in element ` +
        `{${names[length - 1]}: ${JSON.stringify(parent)}}`,
    );
  }
}

function checkNumber(document: Fields, operator: string, path: string): void {
  if (path.includes('$')) return;
  const value = valueAt(document, path);
  if (value === undefined || typeof value === 'number' || value instanceof BSON.Long) return;
  throw new CommandError(
    'TypeMismatch',
    `Cannot apply ${operator} to a value of non-numeric type: '${path}'`,
  );
}
