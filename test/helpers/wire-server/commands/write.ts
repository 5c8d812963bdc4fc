import { isReplacement } from '../check-update.js';
import type { Collection, StoredRecord } from '../collection.js';
import type { Command } from '../command.js';
import { CommandError } from '../command-error.js';
import { type Fields, isSame } from '../documents.js';
import { chooseIndex } from '../index-walk.js';
import { compareBy, type SortSpec } from '../order.js';
import { type Update, type UpdateContext, updateDocument } from '../update-document.js';

/** Does each write in turn; an ordered command stops at the first that fails. */
export function eachWrite<Write>(
  command: Command,
  writes: readonly Write[],
  run: (write: Write, index: number) => void,
): Fields[] {
  const errors: Fields[] = [];
  for (const [index, write] of writes.entries()) {
    try {
      run(write, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      errors.push(error.toWriteError(index));
      if (command['ordered'] !== false) break;
    }
  }
  return errors;
}

export const withErrors = (reply: Fields, writeErrors: Fields[]): Fields =>
  writeErrors.length === 0 ? reply : { ...reply, writeErrors };

/** The first match in the order asked for; undefined when nothing matches. */
export function firstMatch(
  collection: Collection,
  filter: Fields,
  { sort, hint }: { sort?: SortSpec | undefined; hint?: unknown },
): StoredRecord | undefined {
  if (hint !== undefined) chooseIndex(collection, filter, hint);
  const found = collection.matching(filter);
  if (sort === undefined) return found[0];
  const inOrder = compareBy(sort);
  return found.sort((one, other) => inOrder(one.document, other.document))[0];
}

/** Updates the record; an update that leaves it as it was counts as no modification. */
export function updateRecord(
  collection: Collection,
  record: StoredRecord,
  update: Update,
  context: UpdateContext,
): { document: Fields; isModified: boolean } {
  const document = updateDocument(record.document, update, context);
  const isModified = !isSame(record.document, document);
  const kind = isReplacement(update) ? 'replace' : 'update';
  if (isModified) collection.replace(record, document, kind);
  return { document, isModified };
}
