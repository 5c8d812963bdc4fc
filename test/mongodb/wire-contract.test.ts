import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { MongoRotationStore } from '../../src/mongodb/mongo-rotation-store.js';
import { rotationStoreContract } from '../../src/testing/rotation-store-contract.js';
import { startWireServer, type WireServer } from '../helpers/wire-server/start-wire-server.js';

describe.each(['standalone', 'replicaSet'] as const)(
  'the contract, through the official driver, on a simulated %s',
  (topology) => {
    let server: WireServer;
    let client: MongoClient;
    let databases = 0;
    beforeAll(async () => {
      server = await startWireServer({ topology });
      client = await new MongoClient(server.uri).connect();
    });
    afterAll(async () => {
      await client.close();
      await server.close();
    });

    const newStore = async () => {
      databases += 1;
      const db = client.db(`contract-${databases}`);
      const store = new MongoRotationStore({ db: Promise.resolve(db), pollMs: 5 });
      await store.ensureIndexes();
      return store;
    };

    for (const { name, run } of rotationStoreContract) it(name, () => run(newStore));
  },
);
