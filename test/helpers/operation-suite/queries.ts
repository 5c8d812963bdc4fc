import { Binary, Long, ObjectId } from 'mongodb';
import { answerOf, type OperationCase, times, type World } from './operation-case.js';

const idsOf = async ({ rows }: World, filter: object): Promise<string[]> =>
  (await rows.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);

const numbered = (count: number) =>
  times(count, (n) => ({ _id: String(n).padStart(4, '0'), n, pool: 'p' }));

export const queryCases: OperationCase[] = [
  {
    name: 'query operators pick as the manual says',
    run: async (world) => {
      const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms);
      await world.rows.insertMany([
        { _id: 'a', n: 1, state: 'unused', at: at(0) },
        { _id: 'b', n: 2, state: 'reserved', at: at(5) },
        { _id: 'c', n: 3, at: null },
      ]);
      const filters = [
        { state: { $in: ['unused', 'used'] } },
        { state: { $nin: ['unused'] } },
        { state: { $exists: false } },
        { $or: [{ n: 1 }, { n: { $gte: 3 } }] },
        { n: { $gt: 1, $lt: 3 } },
        { at: { $lt: at(5) } },
        { at: { $lte: at(5) } },
        { state: { $not: { $eq: 'unused' } } },
        { $expr: { $eq: ['$n', 2] } },
        { state: /^un/ },
        { n: '1' },
      ];
      const answers = [];
      for (const filter of filters) answers.push((await idsOf(world, filter)).join(''));
      return answers;
    },
    answer: ['a', 'bc', 'c', 'ac', 'b', 'a', 'ab', 'bc', 'b', 'a', ''],
  },
  {
    name: 'a projection includes, excludes and reaches inside',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', gen: 1, secret: 's', claim: { a: 1, at: 2 } });
      const project = (projection: object) => rows.findOne({ _id: 'a' }, { projection });
      return [
        await project({ gen: 1 }),
        await project({ _id: 0, gen: 1 }),
        await project({ secret: 0, claim: 0 }),
        await project({ 'claim.a': 1 }),
        await rows.findOneAndUpdate({}, { $inc: { gen: 1 } }, { projection: { gen: 1, _id: 0 } }),
      ];
    },
    answer: [
      { _id: 'a', gen: 1 },
      { gen: 1 },
      { _id: 'a', gen: 1 },
      { _id: 'a', claim: { a: 1 } },
      { gen: 1 },
    ],
  },
  {
    name: 'sort, skip and limit count in the order asked for; nulls come first',
    run: async ({ rows }) => {
      await rows.insertMany([
        { _id: 'a', n: 2, m: 1 },
        { _id: 'b', n: 1, m: 1 },
        { _id: 'c', n: 2, m: 2 },
        { _id: 'd' },
      ]);
      const ids = async (sort: Record<string, 1 | -1>, skip = 0, limit = 0) =>
        (await rows.find().sort(sort).skip(skip).limit(limit).toArray()).map(({ _id }) => _id);
      return [await ids({ n: 1, m: -1 }), await ids({ n: -1, _id: 1 }, 1, 2)];
    },
    answer: [
      ['d', 'b', 'c', 'a'],
      ['c', 'b'],
    ],
  },
  {
    name: 'a hint on the id reads in its order; a hint on no index is refused',
    run: async ({ rows }) => {
      await rows.createIndex({ n: 1 });
      await rows.insertMany([
        { _id: 'b', n: 1 },
        { _id: 'a', n: 2 },
      ]);
      const found = await rows.find({ n: { $gt: 0 } }, { hint: { _id: 1 } }).toArray();
      const refused = await answerOf(rows.find({}, { hint: { other: 1 } }).toArray());
      return [found.map(({ _id }) => _id), refused];
    },
    answer: [['a', 'b'], { error: 2 }],
  },
  {
    name: 'a cursor on the id misses and doubles nothing while the rows change',
    run: async ({ rows }) => {
      await rows.createIndex({ pool: 1, keyId: 1 });
      await rows.insertMany(
        times(250, (n) => ({ _id: String(n).padStart(4, '0'), pool: 'p', keyId: n })),
      );
      const seen: string[] = [];
      const cursor = rows.find({ pool: 'p' }, { hint: { _id: 1 }, projection: { _id: 1 } });
      for await (const { _id } of cursor) {
        // Every portion of the cursor sees keys that have jumped over it, forth and back.
        if (seen.length % 50 === 0) {
          await rows.updateMany({}, [{ $set: { keyId: { $subtract: [1000, '$keyId'] } } }]);
        }
        seen.push(_id);
      }
      return [seen.length, new Set(seen).size];
    },
    answer: [250, 250],
  },
  {
    name: 'a cursor gives all documents, whatever the size of its portions',
    run: async ({ rows }) => {
      await rows.insertMany(numbered(250));
      const lengths = [];
      for (const batchSize of [1, 100, 250, 1000]) {
        lengths.push((await rows.find({}, { batchSize }).toArray()).length);
      }
      return [lengths, (await rows.find().limit(120).toArray()).length];
    },
    answer: [[250, 250, 250, 250], 120],
  },
  {
    name: 'the first portion has 101 documents, and a cursor once closed is unknown',
    run: async ({ rows, database }) => {
      await rows.insertMany(numbered(150));
      // The server takes the id of a cursor as a long only.
      const find = { find: rows.collectionName };
      const { cursor } = await database.command(find, { promoteLongs: false });
      const collection = rows.collectionName;
      await database.command({ killCursors: collection, cursors: [cursor.id] });
      const more = database.command({ getMore: cursor.id, collection });
      return [cursor.firstBatch.length, await answerOf(more)];
    },
    answer: [101, { error: 43 }],
  },
  {
    name: 'a range on a random field, then the rest, finds each once',
    run: async ({ rows }) => {
      await rows.createIndex({ pool: 1, isUsed: 1, r: 1 });
      const values = [0.9, 0.1, 0.5];
      await rows.insertMany(values.map((r) => ({ _id: `b${r}`, pool: 'p', isUsed: false, r })));
      const claim = (range: object) =>
        rows.findOneAndUpdate({ pool: 'p', isUsed: false, r: range }, { $set: { isUsed: true } });
      const taken = [];
      for (const range of [{ $gte: 0.5 }, { $gte: 0.5 }, { $gte: 0.5 }, { $lt: 0.5 }]) {
        taken.push((await claim(range))?.['r']);
      }
      return [new Set(taken.slice(0, 2)).size, taken.slice(2)];
    },
    answer: [2, [undefined, 0.1]],
  },
  {
    name: 'pools in one collection leave each other alone',
    run: async ({ rows }) => {
      await rows.createIndex({ pool: 1, keyId: 1 }, { unique: true });
      await rows.insertMany([
        { _id: 'p:k', pool: 'p', keyId: 'k', n: 0 },
        { _id: 'q:k', pool: 'q', keyId: 'k', n: 0 },
      ]);
      await rows.updateMany({ pool: 'p' }, { $inc: { n: 1 } });
      await rows.findOneAndUpdate({ pool: 'p', keyId: 'k' }, { $set: { keyId: 'l' } });
      await rows.deleteMany({ pool: 'p', keyId: 'k' });
      return rows.find().sort({ _id: 1 }).toArray();
    },
    answer: [
      { _id: 'p:k', pool: 'p', keyId: 'l', n: 1 },
      { _id: 'q:k', pool: 'q', keyId: 'k', n: 0 },
    ],
  },
  {
    name: 'values come back as they went',
    run: async ({ rows }) => {
      const values = {
        date: new Date(1_700_000_000_123),
        id: new ObjectId('65a000000000000000000001'),
        bytes: new Binary(Buffer.from([0, 1, 255])),
        big: Long.fromString('9007199254740993'),
        wide: 1_700_000_000_123,
        half: 0.5,
        text: 'ключ 🔑',
        nested: { list: [1, 'two', { three: null }], empty: {} },
        yes: true,
        nothing: null,
      };
      await rows.insertOne({ _id: 'a', ...values });
      const row = await rows.findOne();
      const bytes = Buffer.from(row?.['bytes'].buffer).toString('hex');
      return { ...row, id: String(row?.['id']), big: String(row?.['big']), bytes };
    },
    answer: {
      _id: 'a',
      date: new Date(1_700_000_000_123),
      id: '65a000000000000000000001',
      bytes: '0001ff',
      big: '9007199254740993',
      wide: 1_700_000_000_123,
      half: 0.5,
      text: 'ключ 🔑',
      nested: { list: [1, 'two', { three: null }], empty: {} },
      yes: true,
      nothing: null,
    },
  },
  {
    name: 'count, distinct and aggregate sum up',
    run: async ({ rows }) => {
      await rows.insertMany([
        { _id: 'a', pool: 'p', state: 'unused' },
        { _id: 'b', pool: 'p', state: 'used' },
        { _id: 'c', pool: 'p', state: 'used' },
        { _id: 'd', pool: 'q', state: 'used' },
      ]);
      const byState = rows.aggregate([
        { $match: { pool: 'p' } },
        { $group: { _id: '$state', count: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ]);
      return [
        await rows.countDocuments({ state: 'used' }),
        await rows.estimatedDocumentCount(),
        (await rows.distinct('state', { pool: 'p' })).sort(),
        await byState.toArray(),
      ];
    },
    answer: [
      3,
      4,
      ['unused', 'used'],
      [
        { _id: 'unused', count: 1 },
        { _id: 'used', count: 2 },
      ],
    ],
  },
  {
    name: 'a collection comes with its first document and goes with drop',
    run: async ({ rows, database }) => {
      const names = async () =>
        (await database.listCollections({ name: rows.collectionName }).toArray()).length;
      const before = await names();
      await rows.insertOne({ _id: 'a' });
      const there = await names();
      await rows.drop();
      return [before, there, await names(), await rows.findOne()];
    },
    answer: [0, 1, 0, null],
  },
];
