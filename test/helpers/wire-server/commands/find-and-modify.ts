import { checkUpdate } from '../check-update.js';
import type { Collection, StoredRecord } from '../collection.js';
import { type Command, type Handler, targetOf } from '../command.js';
import { CommandError } from '../command-error.js';
import type { Fields } from '../documents.js';
import type { SortSpec } from '../order.js';
import type { Update } from '../update-document.js';
import { upsertDocument } from '../upsert-document.js';
import { project } from './project.js';
import { firstMatch, updateRecord } from './write.js';

interface FindAndModifyCommand extends Command {
  readonly query?: Fields;
  readonly sort?: SortSpec;
  readonly update?: Update;
  readonly remove?: boolean;
  readonly new?: boolean;
  readonly upsert?: boolean;
  readonly fields?: Fields;
  readonly arrayFilters?: Fields[];
  readonly hint?: unknown;
}

const findAndModify: Handler = (command, { catalog }) => {
  const options = command as FindAndModifyCommand;
  const collection = catalog.open(command.$db, targetOf(command));
  const found = firstMatch(collection, options.query ?? {}, options);
  if (options.remove) return removeFound(collection, found, options);
  const { update } = options;
  if (update === undefined) {
    throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
  }
  checkUpdate(update);
  if (found !== undefined) return updateFound(collection, found, update, options);
  if (options.upsert) return insertMissing(collection, update, options);
  return { lastErrorObject: { n: 0, updatedExisting: false }, value: null, ok: 1 };
};

function removeFound(
  collection: Collection,
  found: StoredRecord | undefined,
  { fields }: FindAndModifyCommand,
): Fields {
  if (found === undefined) return { lastErrorObject: { n: 0 }, value: null, ok: 1 };
  collection.remove(found);
  return { lastErrorObject: { n: 1 }, value: project(found.document, fields), ok: 1 };
}

function updateFound(
  collection: Collection,
  found: StoredRecord,
  update: Update,
  { query: filter = {}, arrayFilters, new: wantsNew, fields }: FindAndModifyCommand,
): Fields {
  const { document } = updateRecord(collection, found, update, { filter, arrayFilters });
  const value = project(wantsNew ? document : found.document, fields);
  return { lastErrorObject: { n: 1, updatedExisting: true }, value, ok: 1 };
}

function insertMissing(
  collection: Collection,
  update: Update,
  { query: filter = {}, arrayFilters, new: wantsNew, fields }: FindAndModifyCommand,
): Fields {
  const document = upsertDocument(update, { filter, arrayFilters });
  collection.insert(document);
  return {
    lastErrorObject: { n: 1, updatedExisting: false, upserted: document['_id'] },
    value: wantsNew ? project(document, fields) : null,
    ok: 1,
  };
}

export const findAndModifyCommands: Record<string, Handler> = {
  findAndModify,
  findandmodify: findAndModify,
};
