import { describe, expect, it } from 'vitest';
import { MongoRotationStore } from '../../src/mongodb/mongo-rotation-store.js';
import { rotationStoreContract } from '../../src/testing/rotation-store-contract.js';
import { memoryDb } from './fake-db.js';

const newStore = () => new MongoRotationStore({ db: memoryDb().db, pollMs: 1 });

describe('the contract, on a database in memory', () => {
  for (const { name, run } of rotationStoreContract) it(name, () => run(newStore));
});

it('asks which of a hundred keys it has in a few questions, and stores none twice', async () => {
  const { db, ops } = memoryDb();
  const store = new MongoRotationStore({ db });
  const keys = Array.from({ length: 100 }, (_, index) => ({
    id: `key-${index}`,
    secret: `secret-${index % 99}`,
  }));
  expect(await store.addKeys(keys)).toMatchObject({ duplicates: ['key-99'] });
  const before = ops.length;
  const again = keys.map(({ secret }) => ({ secret }));
  expect(await store.addBackups(again)).toMatchObject({ added: [] });
  expect(ops.length - before).toBeLessThan(10);
});
