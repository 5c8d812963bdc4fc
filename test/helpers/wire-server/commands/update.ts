import { checkUpdate, isReplacement } from '../check-update.js';
import type { Collection } from '../collection.js';
import { type Command, type Handler, targetOf } from '../command.js';
import { CommandError } from '../command-error.js';
import type { Fields } from '../documents.js';
import type { SortSpec } from '../order.js';
import type { Update } from '../update-document.js';
import { upsertDocument } from '../upsert-document.js';
import { eachWrite, firstMatch, updateRecord, withErrors } from './write.js';

interface UpdateStatement {
  readonly q: Fields;
  readonly u: Update;
  readonly multi?: boolean;
  readonly upsert?: boolean;
  readonly arrayFilters?: Fields[];
  readonly hint?: unknown;
  readonly sort?: SortSpec;
}

interface UpdateCommand extends Command {
  readonly updates: UpdateStatement[];
}

interface Outcome {
  readonly matched: number;
  readonly modified: number;
  readonly upsertedId?: unknown;
}

const update: Handler = (command, { catalog }) => {
  const { $db, updates } = command as UpdateCommand;
  const collection = catalog.open($db, targetOf(command));
  const reply = { n: 0, nModified: 0 };
  const upserted: Fields[] = [];
  const errors = eachWrite(command, updates, (statement, index) => {
    const outcome = runStatement(collection, statement);
    reply.n += outcome.matched;
    reply.nModified += outcome.modified;
    if ('upsertedId' in outcome) upserted.push({ index, _id: outcome.upsertedId });
  });
  return withErrors({ ...reply, ...(upserted.length > 0 && { upserted }), ok: 1 }, errors);
};

function runStatement(collection: Collection, statement: UpdateStatement): Outcome {
  const { q: filter, u: change, multi = false, upsert = false, arrayFilters } = statement;
  checkUpdate(change);
  if (multi && isReplacement(change)) {
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style');
  }
  const first = firstMatch(collection, filter, statement);
  const context = { filter, arrayFilters };
  if (first === undefined) {
    if (!upsert) return { matched: 0, modified: 0 };
    const document = upsertDocument(change, context);
    collection.insert(document);
    return { matched: 1, modified: 0, upsertedId: document['_id'] };
  }
  const records = multi ? collection.matching(filter) : [first];
  const modified = records.filter(
    (record) => updateRecord(collection, record, change, context).isModified,
  );
  return { matched: records.length, modified: modified.length };
}

export const updateCommands: Record<string, Handler> = { update };
