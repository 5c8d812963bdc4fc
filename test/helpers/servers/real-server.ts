import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { DryMongoBinary, MongoMemoryReplSet, MongoMemoryServer } from 'mongodb-memory-server';
import type { AvailableServer } from './available-server.js';
import { identityOf } from './identity.js';

const CONNECT_MS = 900;

/** The server at the URI; it is there to be used, so one that does not answer is an error. */
export async function serverAt(uri: string): Promise<AvailableServer> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: CONNECT_MS });
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    return {
      ...identityOf(await admin.command({ buildInfo: 1 })),
      topologies: [hello['setName'] === undefined ? 'standalone' : 'replicaSet'],
      deviations: {},
      start: async () => ({ uri, stop: async () => {} }),
    };
  } catch (cause) {
    throw new Error('The server that KEYPOOL_MONGODB_URI names does not answer', { cause });
  } finally {
    await client.close();
  }
}

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
