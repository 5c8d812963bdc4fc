import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { DryMongoBinary, MongoMemoryReplSet, MongoMemoryServer } from 'mongodb-memory-server';
import type { AvailableServer, Topology } from './available-server.js';

const CONNECT_MS = 900;

/** MongoDB at the URI; it is there to be used, so an unreachable one is an error at start. */
export async function serverAt(uri: string): Promise<AvailableServer> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: CONNECT_MS });
  try {
    const admin = client.db('admin');
    const [hello, { version }] = [
      await admin.command({ hello: 1 }),
      await admin.command({ buildInfo: 1 }),
    ];
    return named(uri, String(version), hello['setName'] ? 'replicaSet' : 'standalone');
  } catch {
    return named(uri, 'that is unreachable', 'standalone');
  } finally {
    await client.close();
  }
}

const named = (uri: string, version: string, topology: Topology): AvailableServer => ({
  kind: 'real',
  name: 'MongoDB',
  version,
  topologies: [topology],
  deviations: {},
  start: async () => ({ uri, stop: async () => {} }),
});

/** A mongod that is on this machine already; nothing is downloaded. */
export async function installedServer(): Promise<AvailableServer | undefined> {
  const systemBinary = await locate();
  if (systemBinary === undefined) return undefined;
  const { stdout } = await promisify(execFile)(systemBinary, ['--version']);
  const version = /^db version v(\S+)/.exec(stdout)?.[1];
  // Our own stand-in answers like mongod, and must not pass for it.
  if (version === undefined || /simulator/i.test(stdout)) return undefined;
  const binary = { systemBinary };
  return {
    kind: 'real',
    name: 'MongoDB',
    version,
    topologies: ['standalone', 'replicaSet'],
    deviations: {},
    start: async (topology = 'standalone') => {
      const server =
        topology === 'standalone'
          ? await MongoMemoryServer.create({ binary })
          : await MongoMemoryReplSet.create({ binary, replSet: { count: 1 } });
      return {
        uri: server.getUri(),
        stop: async () => {
          await server.stop();
        },
      };
    },
  };
}

async function locate(): Promise<string | undefined> {
  try {
    return await DryMongoBinary.locateBinary(DryMongoBinary.getEnsuredOptions());
  } catch (error) {
    // A system that mongodb-memory-server knows no build for has none in its cache either.
    if (process.env['MONGOMS_SYSTEM_BINARY'] === undefined) return undefined;
    throw error;
  }
}
