import { Query } from 'mingo';
import { type Command, type Handler, targetOf } from '../command.js';
import { fixedBatches } from '../cursors.js';
import type { Fields } from '../documents.js';

interface ListCollectionsCommand extends Command {
  readonly filter?: Fields;
}

interface EndSessionsCommand extends Command {
  readonly endSessions: Fields[];
}

const create: Handler = (command, { catalog }) => {
  catalog.open(command.$db, targetOf(command));
  return { ok: 1 };
};

const drop: Handler = (command, { catalog }) => {
  const name = targetOf(command);
  // Dropping what is not there has been fine since MongoDB 7.0.
  catalog.drop(command.$db, name);
  return { ns: `${command.$db}.${name}`, ok: 1 };
};

const dropDatabase: Handler = ({ $db }, { catalog }) => {
  for (const name of catalog.names($db)) catalog.drop($db, name);
  return { dropped: $db, ok: 1 };
};

const listCollections: Handler = (command, { catalog, cursors }) => {
  const { $db, filter = {} } = command as ListCollectionsCommand;
  const query = new Query<Fields>(filter, {});
  const all = catalog.names($db).map((name) => ({ name, type: 'collection', options: {} }));
  const listed = fixedBatches(all.filter((each) => query.test(each)));
  return cursors.open(`${$db}.$cmd.listCollections`, listed);
};

const listDatabases: Handler = (_command, { catalog }) => ({
  databases: catalog.databases().map((name) => ({ name, sizeOnDisk: 0, empty: false })),
  totalSize: 0,
  ok: 1,
});

const endSessions: Handler = (command, { sessions }) => {
  sessions.end((command as EndSessionsCommand).endSessions);
  return { ok: 1 };
};

export const administrationCommands: Record<string, Handler> = {
  create,
  drop,
  dropDatabase,
  listCollections,
  listDatabases,
  endSessions,
};
