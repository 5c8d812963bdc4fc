import { MongoClient } from 'mongodb';
import { startLossyProxy } from './lossy-proxy.js';
import type { OperationCase, Rows, World } from './operation-case.js';

/** A server that cases run on, one after another, each in a collection of its own. */
export interface ServerUnderTest {
  readonly topology: World['topology'];
  /** Whether the case holds on a server of this topology. */
  suits(operation: OperationCase): boolean;
  /** The server's answer to the case. */
  answer(operation: OperationCase): Promise<unknown>;
  close(): Promise<void>;
}

/** Connects to the server that the URI names; a database of its own goes when it closes. */
export async function openServerUnderTest(uri: string): Promise<ServerUnderTest> {
  const closers: (() => Promise<void>)[] = [];
  const open = async (address: string, options = {}): Promise<MongoClient> => {
    const client = await new MongoClient(address, {
      serverSelectionTimeoutMS: 5_000,
      ...options,
    }).connect();
    closers.push(() => client.close());
    return client;
  };
  const client = await open(uri);
  const hello = await client.db('admin').command({ hello: 1 });
  const topology = topologyOf(hello);
  const database = client.db(`operations_${process.pid}_${Math.trunc(performance.now())}`);
  const others: MongoClient[] = [];
  let cases = 0;

  const worldOf = (name: string): World => ({
    topology,
    client,
    database,
    rows: database.collection(name),
    racers: async (count) => {
      while (others.length < count) others.push(await open(uri));
      return others.slice(0, count).map((other) => rowsOf(other, database.databaseName, name));
    },
    lossy: async (command) => {
      const proxy = await startLossyProxy(addressOf(client, hello), command);
      closers.push(proxy.close);
      const address = uri.replace(/^mongodb:\/\/([^/@]*@)?[^/?]*/, `mongodb://$1${proxy.address}`);
      return rowsOf(await open(address, { directConnection: true }), database.databaseName, name);
    },
  });

  return {
    topology,
    suits: (operation) => operation.topology === undefined || operation.topology === topology,
    answer: (operation) => {
      cases += 1;
      return operation.run(worldOf(`case_${cases}`));
    },
    close: async () => {
      await database.dropDatabase();
      for (const close of closers.reverse()) await close();
    },
  };
}

const rowsOf = (client: MongoClient, database: string, name: string): Rows =>
  client.db(database).collection(name);

function topologyOf(hello: Record<string, unknown>): World['topology'] {
  if (hello['msg'] === 'isdbgrid') return 'sharded';
  return typeof hello['setName'] === 'string' ? 'replicaSet' : 'standalone';
}

function addressOf(client: MongoClient, { primary }: Record<string, unknown>): string {
  return typeof primary === 'string' ? primary : String(client.options.hosts[0]);
}
