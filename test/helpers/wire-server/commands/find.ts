import type { Collection } from '../collection.js';
import { type Command, type Handler, targetOf } from '../command.js';
import { type Batches, fixedBatches } from '../cursors.js';
import type { Fields } from '../documents.js';
import { chooseIndex, indexWalk } from '../index-walk.js';
import { compareBy, type SortSpec } from '../order.js';
import { project } from './project.js';

interface FindCommand extends Command {
  readonly filter?: Fields;
  readonly sort?: SortSpec;
  readonly projection?: Fields;
  readonly skip?: number;
  readonly limit?: number;
  readonly batchSize?: number;
  readonly singleBatch?: boolean;
  readonly hint?: unknown;
}

const find: Handler = (command, { catalog, cursors }) => {
  const options = command as FindCommand;
  const name = targetOf(command);
  const namespace = `${command.$db}.${name}`;
  const collection = catalog.get(command.$db, name);
  const batches = collection === undefined ? fixedBatches([]) : open(collection, options);
  return cursors.open(namespace, batches, options.batchSize, options.singleBatch);
};

/** A sort or a limit is worked out at once; the rest is read from the live documents. */
function open(collection: Collection, options: FindCommand): Batches {
  const { filter = {}, sort, projection, skip = 0, limit = 0, hint } = options;
  const key = chooseIndex(collection, filter, hint);
  const walk = indexWalk(collection, filter, key);
  if (sort === undefined && skip === 0 && limit === 0) return projected(walk, projection);
  const { documents } = walk.next(Number.POSITIVE_INFINITY);
  if (sort !== undefined) documents.sort(compareBy(sort));
  const end = limit === 0 ? undefined : skip + Math.abs(limit);
  return fixedBatches(documents.slice(skip, end).map((each) => project(each, projection)));
}

const projected = (walk: Batches, projection: Fields | undefined): Batches => ({
  next(count) {
    const { documents, isDone } = walk.next(count);
    return { documents: documents.map((each) => project(each, projection)), isDone };
  },
});

export const findCommands: Record<string, Handler> = { find };
