import { describe, it } from 'vitest';
import { MongoRotationStore } from '../../src/mongodb/mongo-rotation-store.js';
import { rotationStoreContract } from '../../src/testing/rotation-store-contract.js';
import { memoryDb } from './fake-db.js';

const newStore = () => new MongoRotationStore({ db: memoryDb().db, pollMs: 1 });

describe('the contract, on a database in memory', () => {
  for (const { name, run } of rotationStoreContract) it(name, () => run(newStore));
});
