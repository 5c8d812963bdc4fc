import type { Collection } from '../collection.js';
import type { IndexSpec } from '../collection-index.js';
import { type Command, type Handler, targetOf } from '../command.js';
import { CommandError } from '../command-error.js';
import { fixedBatches } from '../cursors.js';
import { isSame } from '../documents.js';

interface CreateIndexesCommand extends Command {
  readonly indexes: IndexSpec[];
}

interface DropIndexesCommand extends Command {
  readonly index: string;
}

const createIndexes: Handler = (command, { catalog }) => {
  const { $db, indexes } = command as CreateIndexesCommand;
  const wasThere = catalog.get($db, targetOf(command)) !== undefined;
  const collection = catalog.open($db, targetOf(command));
  const before = collection.indexes.length;
  for (const spec of indexes) {
    if (!isThere(collection, spec)) collection.createIndex(spec);
  }
  const after = collection.indexes.length;
  return {
    numIndexesBefore: before,
    numIndexesAfter: after,
    createdCollectionAutomatically: !wasThere,
    ...(before === after && { note: 'all indexes already exist' }),
    ok: 1,
  };
};

/** Asking twice for the same is fine; for another under the same name or key, it is not. */
function isThere({ indexes }: Collection, spec: IndexSpec): boolean {
  const namesake = indexes.find(({ name }) => name === spec.name);
  if (namesake !== undefined) {
    if (isSameIndex(namesake, spec)) return true;
    throw new CommandError(
      'IndexKeySpecsConflict',
      `An existing index has the same name as the requested index: ${spec.name}`,
    );
  }
  const twin = indexes.find((other) => isSameIndex({ ...other, name: spec.name }, spec));
  if (twin === undefined) return false;
  throw new CommandError(
    'IndexOptionsConflict',
    `Index already exists with a different name: ${twin.name}`,
  );
}

const isSameIndex = (one: IndexSpec, other: IndexSpec): boolean =>
  isSame(one.key, other.key) &&
  Boolean(one.unique) === Boolean(other.unique) &&
  Boolean(one.sparse) === Boolean(other.sparse) &&
  isSame(one.partialFilterExpression ?? {}, other.partialFilterExpression ?? {});

const listIndexes: Handler = (command, { catalog, cursors }) => {
  const name = targetOf(command);
  const collection = catalog.get(command.$db, name);
  const namespace = `${command.$db}.${name}`;
  if (collection === undefined) {
    throw new CommandError('NamespaceNotFound', `ns does not exist: ${namespace}`);
  }
  const specs = collection.indexes.map(({ unique, ...spec }) => ({
    v: 2,
    ...spec,
    // MongoDB does not say that the index of `_id` is unique.
    ...(unique && spec.name !== '_id_' && { unique }),
  }));
  return cursors.open(namespace, fixedBatches(specs));
};

const dropIndexes: Handler = (command, { catalog }) => {
  const collection = catalog.open(command.$db, targetOf(command));
  const before = collection.indexes.length;
  const { index } = command as DropIndexesCommand;
  const all = collection.indexes.map(({ name }) => name).filter((name) => name !== '_id_');
  for (const name of index === '*' ? all : [index]) collection.dropIndex(name);
  return { nIndexesWas: before, ok: 1 };
};

export const indexCommands: Record<string, Handler> = { createIndexes, listIndexes, dropIndexes };
