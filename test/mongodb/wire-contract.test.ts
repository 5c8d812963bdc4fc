import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MongoRotationStore } from '../../src/mongodb/mongo-rotation-store.js';
import { KeyPool } from '../../src/pool/key-pool.js';
import { rotationStoreContract } from '../../src/testing/rotation-store-contract.js';
import { availableServers, describeServer } from '../helpers/mongo.js';
import { recordServer } from '../helpers/proof.js';
import type {
  AvailableServer,
  StartedServer,
  Topology,
} from '../helpers/servers/available-server.js';

/** On a replica set polling comes too late for every test: what is heard came by change stream. */
const POLL_MS = { standalone: 5, replicaSet: 60_000 };

for (const server of await availableServers()) {
  for (const topology of server.topologies) {
    describe(`the store on ${describeServer(server)}, ${topology}`, () =>
      describeStore(server, topology));
  }
}

function describeStore(available: AvailableServer, topology: Topology): void {
  const databases: Db[] = [];
  let started: StartedServer;
  let client: MongoClient;
  beforeAll(async () => {
    started = await available.start(topology);
    client = await new MongoClient(started.uri).connect();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
    await started.stop();
  });

  const newDatabase = (): Db => {
    const db = client.db(`contract-${process.pid}-${databases.length}`);
    databases.push(db);
    return db;
  };
  const openStore = async (db = newDatabase()) => {
    const store = new MongoRotationStore({ db, pollMs: POLL_MS[topology] });
    await store.ensureIndexes();
    return store;
  };

  for (const { name, run } of rotationStoreContract) {
    it(name, { timeout: 15_000 }, async () => {
      recordServer(describeServer(available));
      await run(() => openStore());
    });
  }

  it('makes a pool ready promptly, and tells it of a rotation by another process', async () => {
    recordServer(describeServer(available));
    const db = newDatabase();
    const other = await openStore(db);
    await other.addKeys([{ id: 'F', secret: 'secret-of-F' }]);
    await other.addBackups([{ id: 'B', secret: 'secret-of-B' }]);
    await using pool = new KeyPool({ store: await openStore(db) });
    await pool.ready();
    await other.rotate('F', { reason: 'dead' });
    await vi.waitFor(() => expect(pool.keys().map(({ id }) => id)).toEqual(['B']), 4_000);
  });
}
