import { Long } from 'mongodb';
import { answerOf, type OperationCase } from './operation-case.js';

export const connectionCases: OperationCase[] = [
  {
    name: 'hello tells a standalone by the absence of a set name',
    topology: 'standalone',
    run: async ({ database }) => {
      const hello = await database.command({ hello: 1 });
      return [hello['isWritablePrimary'], hello['setName'] ?? null, hello['msg'] ?? null];
    },
    answer: [true, null, null],
  },
  {
    name: 'hello tells a replica set by its name',
    topology: 'replicaSet',
    run: async ({ database }) => {
      const hello = await database.command({ hello: 1 });
      return [hello['isWritablePrimary'], typeof hello['setName'], Array.isArray(hello['hosts'])];
    },
    answer: [true, 'string', true],
  },
  {
    name: 'ping is answered; a command that is none is not',
    run: async ({ database }) => {
      const { ok } = await database.command({ ping: 1 });
      return [ok, await answerOf(database.command({ noSuchCommand: 1 }))];
    },
    answer: [1, { error: 59 }],
  },
  {
    name: 'a transaction number on a standalone is error 20',
    topology: 'standalone',
    run: async ({ database, rows }) => {
      const updates = [{ q: { _id: 'a' }, u: { $set: { n: 1 } } }];
      const command = { update: rows.collectionName, updates, txnNumber: Long.fromNumber(1) };
      return answerOf(database.command(command));
    },
    answer: { error: 20 },
  },
  {
    name: 'linearizable reads on a standalone are error 123',
    topology: 'standalone',
    run: async ({ rows, database }) => {
      await rows.insertOne({ _id: 'a' });
      const find = { find: rows.collectionName, readConcern: { level: 'linearizable' } };
      return answerOf(database.command(find));
    },
    answer: { error: 123 },
  },
  {
    name: 'a write whose answer is lost is retried and applied once',
    topology: 'replicaSet',
    run: async ({ rows, lossy }) => {
      await rows.insertOne({ _id: 'a', n: 0 });
      const updated = await (await lossy('update')).updateOne({ _id: 'a' }, { $inc: { n: 1 } });
      const found = await (await lossy('findAndModify')).findOneAndUpdate(
        { _id: 'a', n: 1 },
        { $inc: { n: 1 } },
      );
      const inserted = await answerOf((await lossy('insert')).insertOne({ _id: 'b' }));
      const deleted = await (await lossy('delete')).deleteOne({ _id: 'b' });
      return [
        updated.modifiedCount,
        found,
        (inserted as { insertedId?: string }).insertedId,
        deleted.deletedCount,
        await rows.find().toArray(),
      ];
    },
    answer: [1, { _id: 'a', n: 1 }, 'b', 1, [{ _id: 'a', n: 2 }]],
  },
  {
    name: 'a write whose answer is lost on a standalone is a network error, and applied',
    topology: 'standalone',
    run: async ({ rows, lossy }) => {
      await rows.insertOne({ _id: 'a', n: 0 });
      const updating = (await lossy('update')).updateOne({ _id: 'a' }, { $inc: { n: 1 } });
      const answers = [await answerOf(updating)];
      const claiming = (await lossy('findAndModify')).findOneAndUpdate(
        { _id: 'a', n: 1 },
        { $inc: { n: 1 } },
      );
      answers.push(await answerOf(claiming));
      answers.push(await answerOf((await lossy('insert')).insertOne({ _id: 'b' })));
      return [answers, await rows.find().sort({ _id: 1 }).toArray()];
    },
    answer: [
      [
        { error: 'MongoNetworkError' },
        { error: 'MongoNetworkError' },
        { error: 'MongoNetworkError' },
      ],
      [{ _id: 'a', n: 2 }, { _id: 'b' }],
    ],
  },
  {
    name: 'a read whose answer is lost is read again',
    run: async ({ rows, lossy }) => {
      await rows.insertOne({ _id: 'a' });
      return (await lossy('find')).findOne();
    },
    answer: { _id: 'a' },
  },
  {
    name: 'a session of the caller carries writes in order',
    run: async ({ client, rows }) => {
      const session = client.startSession();
      try {
        await rows.insertOne({ _id: 'a', n: 0 }, { session });
        for (let n = 0; n < 3; n += 1) {
          await rows.updateOne({ _id: 'a', n }, { $inc: { n: 1 } }, { session });
        }
        return await rows.findOne({ _id: 'a' }, { session });
      } finally {
        await session.endSession();
      }
    },
    answer: { _id: 'a', n: 3 },
  },
];
