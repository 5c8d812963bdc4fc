import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { MongoMemoryReplSet, MongoMemoryServer } from 'mongodb-memory-server';
import { describe, expect, it } from 'vitest';

const systemBinary = fileURLToPath(new URL('../helpers/wire-server/mongod.mjs', import.meta.url));

describe('mongodb-memory-server, as it is', () => {
  it.each([
    ['a standalone', () => MongoMemoryServer.create({ binary: { systemBinary } })],
    ['a replica set', () => MongoMemoryReplSet.create({ binary: { systemBinary } })],
  ])('starts the simulator in place of mongod: %s', { timeout: 30_000 }, async (_name, create) => {
    const server = await create();
    const client = new MongoClient(server.getUri());
    try {
      const rows = client.db('test').collection<{ _id: string; n: number }>('rows');
      await rows.insertOne({ _id: 'a', n: 1 });
      expect(await rows.findOneAndUpdate({ n: 1 }, { $inc: { n: 1 } })).toEqual({ _id: 'a', n: 1 });
      expect(await rows.findOne()).toEqual({ _id: 'a', n: 2 });
    } finally {
      await client.close();
      await server.stop();
    }
  });
});
