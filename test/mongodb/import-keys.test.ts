import { ObjectId } from 'mongodb';
import { expect, it } from 'vitest';
import { importKeys } from '../../src/mongodb/import-keys.js';
import { MongoRotationStore } from '../../src/mongodb/mongo-rotation-store.js';
import { memoryDb } from './fake-db.js';

const newStore = () => new MongoRotationStore({ db: memoryDb().db });

async function* cursor<Document>(documents: readonly Document[]) {
  yield* documents;
}

it('takes keys over under their ids, once', async () => {
  const store = newStore();
  const id = new ObjectId();
  const documents = [
    { _id: id, apiKey: 'sk-a', team: 'red' },
    { _id: 'b', apiKey: 'sk-b', team: 'blue' },
  ];
  const map = ({ team }: { team: string }) => ({ labels: { team } });
  const ids = [id.toHexString(), 'b'];
  const first = await importKeys(cursor(documents), { store, as: 'keys', map });
  expect(first).toEqual({ added: ids, duplicates: [], skipped: [] });
  const again = await importKeys(cursor(documents), { store, as: 'keys', map });
  expect(again).toEqual({ added: [], duplicates: ids, skipped: [] });
  const keys = await store.load();
  expect(keys.map(({ secret, labels }) => [secret.reveal(), labels?.['team']])).toEqual([
    ['sk-a', 'red'],
    ['sk-b', 'blue'],
  ]);
});

it('leaves used backups alone', async () => {
  const store = newStore();
  const documents = [
    { _id: 'a', apiKey: 'sk-a', isUsed: false },
    { _id: 'b', apiKey: 'sk-b', isUsed: true },
    { _id: 'c', apiKey: 'sk-c' },
  ];
  const report = await importKeys(documents, { store, as: 'backups' });
  expect(report).toEqual({ added: ['a', 'c'], duplicates: [], skipped: ['b'] });
  expect(await store.countBackups()).toBe(2);
});

it('takes over more than fits into one batch', async () => {
  const store = newStore();
  const documents = Array.from({ length: 230 }, (_, index) => ({
    _id: index,
    apiKey: `sk-${index}`,
  }));
  const { added } = await importKeys(cursor(documents), { store, as: 'backups' });
  expect(added).toHaveLength(230);
  expect(await store.countBackups()).toBe(230);
});

it('refuses a document without an id of its own', async () => {
  const bad = [{ _id: undefined, apiKey: 'sk-a' }];
  await expect(importKeys(bad, { store: newStore(), as: 'keys' })).rejects.toThrow('_id: expected');
});

it.each([
  ['apiKey', { _id: 'b', apiKey: 42 }],
  ['isUsed', { _id: 'b', apiKey: 'sk-b', isUsed: 'false' }],
])('names the document whose %s is wrong', async (field, document) => {
  const path = field === 'apiKey' ? 'documents["b"].secret' : 'documents["b"].isUsed';
  const importing = importKeys([document as never], { store: newStore(), as: 'backups' });
  await expect(importing).rejects.toMatchObject({ code: 'INVALID_OPTION', path });
});

it('takes 0 and 1 for no and yes', async () => {
  const documents = [
    { _id: 'a', apiKey: 'sk-a', isUsed: 0 as const },
    { _id: 'b', apiKey: 'sk-b', isUsed: 1 as const },
  ];
  const report = await importKeys(documents, { store: newStore(), as: 'backups' });
  expect(report).toEqual({ added: ['a'], duplicates: [], skipped: ['b'] });
});
