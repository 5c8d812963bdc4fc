import { answerOf, type OperationCase } from './operation-case.js';

export const uniqueIndexCases: OperationCase[] = [
  {
    name: 'inserting an id again is E11000, with the key',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', n: 1 });
      return [await answerOf(rows.insertOne({ _id: 'a', n: 2 })), await rows.findOne()];
    },
    answer: [
      { error: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 'a' } },
      { _id: 'a', n: 1 },
    ],
  },
  {
    name: 'inserting into a taken compound key is E11000, with all of the key',
    run: async ({ rows }) => {
      await rows.createIndex({ pool: 1, keyId: 1 }, { unique: true });
      await rows.insertOne({ _id: 'a', pool: 'p', keyId: 'k' });
      return [
        await answerOf(rows.insertOne({ _id: 'b', pool: 'p', keyId: 'k' })),
        (await rows.insertOne({ _id: 'c', pool: 'q', keyId: 'k' })).insertedId,
      ];
    },
    answer: [
      { error: 11000, keyPattern: { pool: 1, keyId: 1 }, keyValue: { pool: 'p', keyId: 'k' } },
      'c',
    ],
  },
  {
    name: 'findOneAndUpdate into a taken key is E11000 and changes nothing',
    run: async ({ rows }) => {
      await rows.createIndex({ pool: 1, fp: 1 }, { unique: true });
      const before = [
        { _id: 'a', pool: 'p', fp: '1', gen: 1 },
        { _id: 'b', pool: 'p', fp: '2', gen: 1 },
      ];
      await rows.insertMany(before.map((row) => ({ ...row })));
      const change = { $set: { fp: '2' }, $inc: { gen: 1 } };
      const refused = await answerOf(rows.findOneAndUpdate({ _id: 'a', gen: 1 }, change));
      return [refused, await rows.find().sort({ _id: 1 }).toArray()];
    },
    answer: [
      { error: 11000, keyPattern: { pool: 1, fp: 1 }, keyValue: { pool: 'p', fp: '2' } },
      [
        { _id: 'a', pool: 'p', fp: '1', gen: 1 },
        { _id: 'b', pool: 'p', fp: '2', gen: 1 },
      ],
    ],
  },
  {
    name: 'updateOne into a taken key is E11000; into its own key it is fine',
    run: async ({ rows }) => {
      await rows.createIndex({ fp: 1 }, { unique: true });
      await rows.insertMany([
        { _id: 'a', fp: '1' },
        { _id: 'b', fp: '2' },
      ]);
      const refused = await answerOf(rows.updateOne({ _id: 'a' }, { $set: { fp: '2' } }));
      const own = await rows.updateOne({ _id: 'a' }, { $set: { fp: '1', n: 1 } });
      return [refused, own.modifiedCount];
    },
    answer: [{ error: 11000, keyPattern: { fp: 1 }, keyValue: { fp: '2' } }, 1],
  },
  {
    name: 'a key is free again once its document moved away or went',
    run: async ({ rows }) => {
      await rows.createIndex({ fp: 1 }, { unique: true });
      await rows.insertOne({ _id: 'a', fp: '1' });
      await rows.updateOne({ _id: 'a' }, { $set: { fp: '2' } });
      await rows.insertOne({ _id: 'b', fp: '1' });
      await rows.deleteOne({ _id: 'a' });
      return (await rows.insertOne({ _id: 'c', fp: '2' })).insertedId;
    },
    answer: 'c',
  },
  {
    name: 'a unique index takes missing for null, and lets one in',
    run: async ({ rows }) => {
      await rows.createIndex({ fp: 1 }, { unique: true });
      await rows.insertOne({ _id: 'a' });
      return [
        await answerOf(rows.insertOne({ _id: 'b' })),
        await answerOf(rows.insertOne({ _id: 'c', fp: null })),
      ];
    },
    answer: [
      { error: 11000, keyPattern: { fp: 1 }, keyValue: { fp: null } },
      { error: 11000, keyPattern: { fp: 1 }, keyValue: { fp: null } },
    ],
  },
  {
    name: 'a sparse unique index lets in any number without the field, and one of each value',
    run: async ({ rows }) => {
      await rows.createIndex({ fp: 1 }, { unique: true, sparse: true });
      await rows.insertMany([{ _id: 'a' }, { _id: 'b' }, { _id: 'c', fp: '1' }]);
      const refused = await answerOf(rows.insertOne({ _id: 'd', fp: '1' }));
      const moved = await answerOf(rows.updateOne({ _id: 'a' }, { $set: { fp: '1' } }));
      return [refused, moved, await rows.countDocuments()];
    },
    answer: [
      { error: 11000, keyPattern: { fp: 1 }, keyValue: { fp: '1' } },
      { error: 11000, keyPattern: { fp: 1 }, keyValue: { fp: '1' } },
      3,
    ],
  },
  {
    name: 'a sparse index on a dotted field holds those that have it',
    run: async ({ rows }) => {
      await rows.createIndex({ 'j.a': 1 }, { unique: true, sparse: true });
      await rows.insertMany([
        { _id: 'a', j: null },
        { _id: 'b', j: null },
        { _id: 'c', j: { a: 'x' } },
      ]);
      const refused = await answerOf(rows.updateOne({ _id: 'a' }, { $set: { j: { a: 'x' } } }));
      const found = await rows.find({ 'j.a': { $exists: true } }).toArray();
      return [refused, found.map(({ _id }) => _id)];
    },
    answer: [{ error: 11000, keyPattern: { 'j.a': 1 }, keyValue: { 'j.a': 'x' } }, ['c']],
  },
  {
    name: 'insertMany in order stops at the first E11000; out of order it goes on',
    run: async ({ rows }) => {
      const batch = () => [{ _id: 'a' }, { _id: 'a' }, { _id: 'b' }];
      const outcome = async (ordered: boolean) => {
        await rows.deleteMany({});
        try {
          await rows.insertMany(batch(), { ordered });
          return 'no error';
        } catch (error) {
          const { insertedCount, writeErrors } = error as {
            insertedCount: number;
            writeErrors: { index: number; code: number }[];
          };
          return [insertedCount, writeErrors.map(({ index, code }) => [index, code])];
        }
      };
      return [await outcome(true), await outcome(false)];
    },
    answer: [
      [1, [[1, 11000]]],
      [2, [[1, 11000]]],
    ],
  },
  {
    name: 'a unique index over duplicates cannot be made',
    run: async ({ rows }) => {
      await rows.insertMany([
        { _id: 'a', fp: '1' },
        { _id: 'b', fp: '1' },
      ]);
      const refused = await answerOf(rows.createIndex({ fp: 1 }, { unique: true }));
      const { error } = refused as { error: number };
      return [error, (await rows.indexes()).map(({ name }) => name)];
    },
    answer: [11000, ['_id_']],
  },
  {
    name: 'making an index twice is fine; another under its name or key is not',
    run: async ({ rows }) => {
      const make = (options: object) => answerOf(rows.createIndex({ fp: 1 }, options));
      const again = { unique: true, name: 'fp' };
      const answers = [await make(again), await make(again)];
      answers.push(await make({ name: 'fp' }), await make({ unique: true, name: 'other' }));
      return answers;
    },
    answer: ['fp', 'fp', { error: 86 }, { error: 85 }],
  },
  {
    name: 'listIndexes tells names, keys and what makes each special',
    run: async ({ rows }) => {
      await rows.createIndexes([
        { key: { pool: 1, keyId: 1 }, unique: true },
        { key: { 'j.a': 1 }, sparse: true, name: 'journal' },
      ]);
      const indexes = (await rows.indexes()).map(({ name, key, unique, sparse }) => [
        name,
        key,
        unique ?? false,
        sparse ?? false,
      ]);
      // The manual promises no order.
      return indexes.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
    },
    answer: [
      ['_id_', { _id: 1 }, false, false],
      ['journal', { 'j.a': 1 }, false, true],
      ['pool_1_keyId_1', { pool: 1, keyId: 1 }, true, false],
    ],
  },
];
