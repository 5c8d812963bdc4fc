import { answerOf, type OperationCase } from './operation-case.js';

const slot = {
  _id: 's1',
  pool: 'p',
  keyId: 'F',
  secret: 'old',
  fp: 'fp-F',
  gen: 3,
  state: 'active',
  j: null,
};
const swap = {
  $set: { keyId: 'B', secret: 'new', fp: 'fp-B', j: { a: 'call:1', from: 'F', to: 'B' } },
  $inc: { gen: 1 },
};
const swapped = {
  _id: 's1',
  pool: 'p',
  keyId: 'B',
  secret: 'new',
  fp: 'fp-B',
  gen: 4,
  state: 'active',
  j: { a: 'call:1', from: 'F', to: 'B' },
};

export const compareAndSetCases: OperationCase[] = [
  {
    name: 'findOneAndUpdate with a filter that matches answers the document before',
    run: async ({ rows }) => {
      await rows.insertOne({ ...slot });
      const filter = { _id: 's1', gen: 3, keyId: 'F', j: null, fp: { $ne: 'fp-B' } };
      return [await rows.findOneAndUpdate(filter, swap), await rows.findOne()];
    },
    answer: [slot, swapped],
  },
  {
    name: 'findOneAndUpdate answers the document after, if asked',
    run: async ({ rows }) => {
      await rows.insertOne({ ...slot });
      return rows.findOneAndUpdate({ _id: 's1', gen: 3 }, swap, { returnDocument: 'after' });
    },
    answer: swapped,
  },
  {
    name: 'findOneAndUpdate with a filter that loses answers null and changes nothing',
    run: async ({ rows }) => {
      await rows.insertOne({ ...slot });
      const losing = [
        { _id: 's1', gen: 2 },
        { _id: 's1', gen: 3, keyId: 'G' },
        { _id: 's1', gen: 3, fp: { $ne: 'fp-F' } },
        { _id: 's2', gen: 3 },
      ];
      const answers = [];
      for (const filter of losing) answers.push(await rows.findOneAndUpdate(filter, swap));
      return [answers, await rows.findOne()];
    },
    answer: [[null, null, null, null], slot],
  },
  {
    name: 'the raw answer of findAndModify says whether it updated',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', n: 1 });
      const options = { includeResultMetadata: true } as const;
      const won = await rows.findOneAndUpdate({ _id: 'a', n: 1 }, { $inc: { n: 1 } }, options);
      const lost = await rows.findOneAndUpdate({ _id: 'a', n: 1 }, { $inc: { n: 1 } }, options);
      return [won.lastErrorObject, won.value, lost.lastErrorObject, lost.value];
    },
    answer: [
      { n: 1, updatedExisting: true },
      { _id: 'a', n: 1 },
      { n: 0, updatedExisting: false },
      null,
    ],
  },
  {
    name: 'a filter on null matches null and missing, and nothing else',
    run: async ({ rows }) => {
      await rows.insertMany([
        { _id: 'null', j: null },
        { _id: 'missing' },
        { _id: 'object', j: { a: 1 } },
        { _id: 'empty', j: {} },
      ]);
      const ids = async (filter: object) =>
        (await rows.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
      return [await ids({ j: null }), await ids({ j: { $ne: null } }), await ids({ 'j.a': null })];
    },
    answer: [
      ['missing', 'null'],
      ['empty', 'object'],
      ['empty', 'missing', 'null'],
    ],
  },
  {
    name: '$inc under a filter on a null field counts only while the field is null',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', gen: 1, j: null });
      const fence = () => rows.updateOne({ _id: 'a', j: null }, { $inc: { gen: 1 } });
      const free = (await fence()).modifiedCount;
      await rows.updateOne({ _id: 'a' }, { $set: { j: { a: 'x' } } });
      const taken = (await fence()).modifiedCount;
      return [free, taken, await rows.findOne()];
    },
    answer: [1, 0, { _id: 'a', gen: 2, j: { a: 'x' } }],
  },
  {
    name: 'filters on dotted fields compare inside the subdocument',
    run: async ({ rows }) => {
      await rows.insertMany([
        { _id: 'b1', state: 'reserved', claim: { a: 'x:1', slot: 's1', g: 1 } },
        { _id: 'b2', state: 'reserved', claim: { a: 'x:2', slot: 's2', g: 1 } },
        { _id: 'b3', state: 'unused', claim: null },
      ]);
      const release = (id: string, a: string) =>
        rows.updateOne(
          { _id: id, state: 'reserved', 'claim.a': a },
          { $set: { state: 'unused', claim: null } },
        );
      const counts = [];
      for (const [id, a] of [
        ['b1', 'x:2'],
        ['b1', 'x:1'],
        ['b1', 'x:1'],
        ['b3', 'x:1'],
      ] as const) {
        counts.push((await release(id, a)).modifiedCount);
      }
      return [counts, await rows.find({ 'claim.slot': 's2' }).toArray()];
    },
    answer: [
      [0, 1, 0, 0],
      [{ _id: 'b2', state: 'reserved', claim: { a: 'x:2', slot: 's2', g: 1 } }],
    ],
  },
  {
    name: 'a journal entry is cleared only by whom it names',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 's1', j: { a: 'call:1', from: 'F' } });
      const clear = (a: string) => rows.updateOne({ _id: 's1', 'j.a': a }, { $set: { j: null } });
      const counts = [await clear('call:2'), await clear('call:1'), await clear('call:1')];
      return [counts.map(({ matchedCount }) => matchedCount), await rows.findOne()];
    },
    answer: [[0, 1, 0], { _id: 's1', j: null }],
  },
  {
    name: 'findOneAndDelete answers what it deleted, once',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', n: 1 });
      return [await rows.findOneAndDelete({ n: 1 }), await rows.findOneAndDelete({ n: 1 })];
    },
    answer: [{ _id: 'a', n: 1 }, null],
  },
  {
    name: 'what one client was told is done, another one sees',
    run: async ({ rows, racers }) => {
      const [other] = await racers(1);
      const seen = [];
      for (const gen of [1, 2, 3]) {
        await rows.updateOne({ _id: 'a' }, { $set: { gen } }, { upsert: true });
        seen.push((await other!.findOne({ _id: 'a' }))?.['gen']);
      }
      return seen;
    },
    answer: [1, 2, 3],
  },
  {
    name: 'majority concerns hold on every topology',
    run: ({ client, database, rows }) => {
      const strict = client
        .db(database.databaseName)
        .collection<{ _id: string; n: number }>(rows.collectionName, {
          writeConcern: { w: 'majority', j: true },
          readConcern: { level: 'majority' },
        });
      return answerOf(
        strict.insertOne({ _id: 'a', n: 1 }).then(() => strict.findOne({ _id: 'a' })),
      );
    },
    answer: { _id: 'a', n: 1 },
  },
];
