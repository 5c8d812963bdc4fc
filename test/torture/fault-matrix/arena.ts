import { type Db, MongoClient } from 'mongodb';
import type { MongoRotationStore } from '../../../src/mongodb/mongo-rotation-store.js';
import type { HookHandle } from '../../helpers/wire-server/hooks.js';
import type { WireServer } from '../../helpers/wire-server/start-wire-server.js';
import { aStore, hastyClock } from '../world.js';
import { stepOf } from './steps.js';

/** Where one cell takes place: a database of its own, and who works on it. */
export interface Arena {
  readonly server: WireServer;
  readonly db: Db;
  /** `appName` of the client whose commands fail; unique on the server. */
  readonly victimName: string;
  readonly victim: MongoRotationStore;
  /** Another process, which nothing happens to. */
  readonly rival: MongoRotationStore;
}

/** The driver looks again at once for a server that it lost, not half a second later. */
export const connect = (server: WireServer, appName: string): MongoClient =>
  new MongoClient(server.uri, { appName, minHeartbeatFrequencyMS: 1, maxPoolSize: 4 });

/** Lets a process die that rotates the key, when the step was asked for and not taken. */
export async function crash({ server, db }: Arena, keyId: string, step: string): Promise<void> {
  const appName = `died at ${step} of ${keyId} in ${db.databaseName}`;
  const client = connect(server, appName);
  const dies = server.on({
    appName,
    where: (command) => command['$db'] === db.databaseName && stepOf(command) === step,
    fault: { kind: 'dropRequest' },
  });
  const store = aStore(client.db(db.databaseName), { clock: hastyClock, random: () => 0 });
  const rotating = store.rotate(keyId, { reason: 'dead' }).catch(() => undefined);
  await dies.reached();
  await client.close();
  await rotating;
}

/** Holds the victim just before it takes the step. */
export const hold = ({ server, db, victimName }: Arena, step: string): HookHandle =>
  server.on({
    appName: victimName,
    where: (command) => command['$db'] === db.databaseName && stepOf(command) === step,
    fault: { kind: 'block', when: 'before' },
  });
