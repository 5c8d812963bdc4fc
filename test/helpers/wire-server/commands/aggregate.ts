import { aggregate as runPipeline } from 'mingo';
import { type Command, type Handler, type ServerState, targetOf } from '../command.js';
import { fixedBatches } from '../cursors.js';
import { copyOf, type Fields, isFields, keyString, valueAt } from '../documents.js';
import { openChangeStream } from './change-stream.js';

interface AggregateCommand extends Command {
  readonly pipeline: Fields[];
  readonly cursor?: { readonly batchSize?: number };
}

interface QueryCommand extends Command {
  readonly query?: Fields;
  readonly key?: string;
}

function documentsOf({ catalog }: ServerState, database: string, name: string, filter = {}) {
  const records = catalog.get(database, name)?.matching(filter) ?? [];
  return records.map(({ document }) => copyOf(document));
}

const aggregate: Handler = (command, server) => {
  const { $db, pipeline, cursor } = command as AggregateCommand;
  const name = targetOf(command);
  const [{ $changeStream } = {}, ...stages] = pipeline;
  const batches = isFields($changeStream)
    ? openChangeStream(server, [$db, name], $changeStream, stages)
    : fixedBatches(resultsOf(server, $db, name, pipeline));
  return server.cursors.open(`${$db}.${name}`, batches, cursor?.batchSize);
};

function resultsOf(server: ServerState, database: string, name: string, pipeline: Fields[]) {
  const collectionResolver = (other: string) => documentsOf(server, database, other);
  return runPipeline(collectionResolver(name), pipeline, { collectionResolver }) as Fields[];
}

const count: Handler = (command, server) => {
  const { $db, query = {} } = command as QueryCommand;
  return { n: documentsOf(server, $db, targetOf(command), query).length, ok: 1 };
};

const distinct: Handler = (command, server) => {
  const { $db, query = {}, key = '' } = command as QueryCommand;
  const documents = documentsOf(server, $db, targetOf(command), query);
  const values = documents.flatMap((document) => valueAt(document, key) ?? []);
  return { values: [...new Map(values.map((each) => [keyString([each]), each])).values()], ok: 1 };
};

export const aggregateCommands: Record<string, Handler> = { aggregate, count, distinct };
