import type { UpdateResult } from 'mongodb';
import { answerOf, type OperationCase } from './operation-case.js';

const counts = ({ matchedCount, modifiedCount, upsertedCount }: UpdateResult) => [
  matchedCount,
  modifiedCount,
  upsertedCount,
];

export const updateCases: OperationCase[] = [
  {
    name: 'updateMany counts what matched and what it modified',
    run: async ({ rows }) => {
      await rows.insertMany([
        { _id: 'a', keyId: 'F', n: 1 },
        { _id: 'b', keyId: 'F', n: 2 },
        { _id: 'c', keyId: 'G', n: 2 },
      ]);
      const some = await rows.updateMany({ keyId: 'F' }, { $set: { n: 2 } });
      const carried = await rows.updateMany({ keyId: 'F' }, { $set: { keyId: 'B' } });
      const again = await rows.updateMany({ keyId: 'F' }, { $set: { keyId: 'B' } });
      return [counts(some), counts(carried), counts(again)];
    },
    answer: [
      [2, 1, 0],
      [2, 2, 0],
      [0, 0, 0],
    ],
  },
  {
    name: 'an update that changes nothing matches and modifies nothing',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', n: 1, claim: { a: 1 } });
      return [
        counts(await rows.updateOne({ _id: 'a' }, { $set: { n: 1, claim: { a: 1 } } })),
        counts(await rows.updateOne({ _id: 'a' }, { $unset: { missing: '' } })),
        counts(await rows.updateOne({ _id: 'b' }, { $set: { n: 1 } })),
      ];
    },
    answer: [
      [1, 0, 0],
      [1, 0, 0],
      [0, 0, 0],
    ],
  },
  {
    name: '$set, $inc and $unset on dotted fields make and leave subdocuments',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', claim: { a: 1, at: 2 } });
      const change = { $set: { 'claim.a': 9, 'j.a': 'x' }, $inc: { 'n.deep': 2 } };
      await rows.updateOne({ _id: 'a' }, change);
      await rows.updateOne({ _id: 'a' }, { $unset: { 'claim.at': '', secret: '' } });
      return rows.findOne();
    },
    answer: { _id: 'a', claim: { a: 9 }, j: { a: 'x' }, n: { deep: 2 } },
  },
  {
    name: 'what cannot be updated says why',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', j: null, text: 'x' });
      const answers = [];
      for (const change of [
        { $set: { 'j.a': 1 } },
        { $inc: { j: 1 } },
        { $inc: { text: 1 } },
        { $set: { _id: 'b' } },
        { $set: { n: 1 }, $inc: { n: 1 } },
      ]) {
        answers.push(await answerOf(rows.updateOne({ _id: 'a' }, change)));
      }
      return [answers, await rows.findOne()];
    },
    answer: [
      [{ error: 28 }, { error: 14 }, { error: 14 }, { error: 66 }, { error: 40 }],
      { _id: 'a', j: null, text: 'x' },
    ],
  },
  {
    name: 'an update that contradicts itself is refused though nothing matches',
    run: async ({ rows }) =>
      answerOf(rows.updateOne({ _id: 'a' }, { $set: { j: null }, $inc: { 'j.n': 1 } })),
    answer: { error: 40 },
  },
  {
    name: 'findOneAndUpdate that contradicts itself is refused though nothing matches',
    run: async ({ rows }) =>
      answerOf(rows.findOneAndUpdate({ _id: 'a' }, { $set: { n: 1 }, $inc: { n: 1 } })),
    answer: { error: 40 },
  },
  {
    name: 'an upsert whose filter names a field twice is refused',
    run: async ({ rows }) => {
      const upsert = (filter: object) =>
        answerOf(rows.updateOne(filter, { $set: { n: 1 } }, { upsert: true }));
      return [
        await upsert({ _id: 'a', $and: [{ _id: 'a' }] }),
        await upsert({ _id: 'a', claim: 1, 'claim.a': 1 }),
        await rows.countDocuments(),
      ];
    },
    answer: [{ error: 54 }, { error: 54 }, 0],
  },
  {
    name: '$currentDate writes the time of the server',
    run: async ({ rows, database }) => {
      await rows.insertOne({ _id: 'a', claim: { a: 1 } });
      const now = async () => (await database.command({ hello: 1 }))['localTime'] as Date;
      const [before, change] = [await now(), { $currentDate: { 'claim.at': true } } as const];
      const row = await rows.findOneAndUpdate({ _id: 'a' }, change, { returnDocument: 'after' });
      const at = row?.['claim'].at;
      return at instanceof Date && at >= before && at <= (await now());
    },
    answer: true,
  },
  {
    name: 'a pipeline computes from the document and the clock of the server',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', n: 1, secret: 's' });
      const { modifiedCount } = await rows.updateOne({ _id: 'a' }, [
        { $set: { n: { $add: ['$n', 1] }, at: '$$NOW', copy: '$secret' } },
        { $unset: 'secret' },
      ]);
      const row = await rows.findOne();
      return [modifiedCount, { ...row, at: row?.['at'] instanceof Date }];
    },
    answer: [1, { _id: 'a', n: 2, copy: 's', at: true }],
  },
  {
    name: 'replaceOne keeps the id and nothing else',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', n: 1, secret: 's' });
      await rows.replaceOne({ n: 1 }, { n: 2 });
      return rows.findOne();
    },
    answer: { _id: 'a', n: 2 },
  },
  {
    name: 'arrays take $push, $addToSet and $pull',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', list: [1] });
      const changes: object[] = [{ $push: { list: 2 } }, { $addToSet: { list: 2 } }];
      for (const change of [...changes, { $pull: { list: 1 } }]) {
        await rows.updateOne({ _id: 'a' }, change);
      }
      return [await rows.findOne(), await rows.countDocuments({ list: 2 })];
    },
    answer: [{ _id: 'a', list: [2] }, 1],
  },
  {
    name: 'an upsert inserts what its filter and its update say',
    run: async ({ rows }) => {
      const change = { $inc: { n: 1 }, $setOnInsert: { _id: 'a', made: true } };
      const filter = { pool: 'p', 'claim.a': 7, n: { $gt: 5 } };
      const first = await rows.updateOne(filter, { ...change, $inc: { n: 9 } }, { upsert: true });
      const second = await rows.updateOne(filter, change, { upsert: true });
      return [counts(first), first.upsertedId, counts(second), await rows.find().toArray()];
    },
    answer: [
      [0, 0, 1],
      'a',
      [1, 1, 0],
      [{ _id: 'a', pool: 'p', claim: { a: 7 }, n: 10, made: true }],
    ],
  },
  {
    name: 'findOneAndUpdate that upserts answers null before and the document after',
    run: async ({ rows }) => {
      const upsert = (id: string, returnDocument: 'before' | 'after') =>
        rows.findOneAndUpdate({ _id: id }, { $inc: { n: 1 } }, { upsert: true, returnDocument });
      return [await upsert('a', 'before'), await upsert('b', 'after'), await upsert('b', 'before')];
    },
    answer: [null, { _id: 'b', n: 1 }, { _id: 'b', n: 1 }],
  },
  {
    name: 'bulkWrite counts each kind of write',
    run: async ({ rows }) => {
      const result = await rows.bulkWrite([
        { insertOne: { document: { _id: 'a' } } },
        { insertOne: { document: { _id: 'b' } } },
        { updateOne: { filter: { _id: 'a' }, update: { $set: { n: 1 } } } },
        { updateMany: { filter: {}, update: { $set: { n: 1 } } } },
        { deleteOne: { filter: { _id: 'b' } } },
      ]);
      const { insertedCount, matchedCount, modifiedCount, deletedCount } = result;
      return { insertedCount, matchedCount, modifiedCount, deletedCount };
    },
    answer: { insertedCount: 2, matchedCount: 3, modifiedCount: 2, deletedCount: 1 },
  },
  {
    name: 'deleteOne and deleteMany count what went',
    run: async ({ rows }) => {
      await rows.insertMany([
        { _id: 'a', n: 1 },
        { _id: 'b', n: 1 },
        { _id: 'c', n: 1 },
      ]);
      const one = await rows.deleteOne({ n: 1 });
      const many = await rows.deleteMany({ n: 1 });
      const none = await rows.deleteMany({ n: 1 });
      return [one, many, none].map(({ deletedCount }) => deletedCount);
    },
    answer: [1, 2, 0],
  },
];
