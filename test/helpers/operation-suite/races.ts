import { answerOf, type OperationCase, tally, times, type World } from './operation-case.js';

const RACERS = 50;

/** Fifty operations at once, over five clients. */
async function race(
  { racers }: World,
  operation: (rows: World['rows'], index: number) => Promise<unknown>,
): Promise<unknown[]> {
  const clients = await racers(5);
  return Promise.all(times(RACERS, (index) => answerOf(operation(clients[index % 5]!, index))));
}

export const raceCases: OperationCase[] = [
  {
    name: 'fifty compare-and-sets by findOneAndUpdate have one winner',
    run: async (world) => {
      await world.rows.insertOne({ _id: 'a', gen: 0 });
      const answers = await race(world, async (rows) => {
        const filter = { _id: 'a', gen: 0 };
        return (await rows.findOneAndUpdate(filter, { $inc: { gen: 1 } })) !== null;
      });
      return { answers: tally(answers), rows: await world.rows.find().toArray() };
    },
    answer: { answers: { true: 1, false: 49 }, rows: [{ _id: 'a', gen: 1 }] },
  },
  {
    name: 'fifty compare-and-sets by updateOne have one winner',
    run: async (world) => {
      await world.rows.insertOne({ _id: 'a', state: 'free' });
      const answers = await race(world, async (rows, index) => {
        const change = { $set: { state: 'taken', by: index } };
        return (await rows.updateOne({ _id: 'a', state: 'free' }, change)).modifiedCount;
      });
      return tally(answers);
    },
    answer: { 1: 1, 0: 49 },
  },
  {
    name: 'fifty claims of ten documents take each once and leave forty with nothing',
    run: async (world) => {
      await world.rows.insertMany(times(10, (index) => ({ _id: `b${index}`, isUsed: false })));
      const answers = await race(world, async (rows, index) => {
        const change = { $set: { isUsed: true, claim: { a: index } } };
        return (await rows.findOneAndUpdate({ isUsed: false }, change))?._id ?? null;
      });
      const claimed = answers.filter((id) => id !== null);
      const claims = await world.rows.distinct('claim.a');
      return [claimed.length, new Set(claimed).size, claims.length];
    },
    answer: [10, 10, 10],
  },
  {
    name: 'fifty claims in the order of a sort take the first ten',
    run: async (world) => {
      await world.rows.createIndex({ isUsed: 1, r: 1 });
      await world.rows.insertMany(times(20, (r) => ({ _id: `b${r}`, isUsed: r >= 10, r })));
      const answers = await race(world, async (rows) => {
        const change = { $set: { isUsed: true } };
        return (await rows.findOneAndUpdate({ isUsed: false }, change, { sort: { r: 1 } }))?.['r'];
      });
      return answers.filter((r) => r !== undefined).sort();
    },
    answer: times(10, (index) => index),
  },
  {
    name: 'fifty deletes of one document delete it once',
    run: async (world) => {
      await world.rows.insertOne({ _id: 'a' });
      const answers = await race(
        world,
        async (rows) => (await rows.deleteOne({ _id: 'a' })).deletedCount,
      );
      return tally(answers);
    },
    answer: { 1: 1, 0: 49 },
  },
  {
    name: 'fifty inserts of one id insert it once; the others hear E11000',
    run: async (world) => {
      const answers = await race(world, async (rows, index) => {
        const { insertedId } = await rows.insertOne({ _id: 'a', by: index });
        return insertedId;
      });
      return { answers: tally(answers), count: await world.rows.countDocuments() };
    },
    answer: {
      answers: {
        '"a"': 1,
        '{"error":11000,"keyPattern":{"_id":1},"keyValue":{"_id":"a"}}': 49,
      },
      count: 1,
    },
  },
  {
    name: 'fifty increments add up',
    run: async (world) => {
      await world.rows.insertOne({ _id: 'a' });
      await race(world, (rows) => rows.updateOne({ _id: 'a' }, { $inc: { n: 1 } }));
      return world.rows.findOne({ _id: 'a' });
    },
    answer: { _id: 'a', n: 50 },
  },
  {
    name: 'fifty upserts of one id make one document, and none is lost without an error',
    run: async (world) => {
      const answers = await race(world, async (rows) => {
        await rows.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { upsert: true });
        return 'done';
      });
      const done = answers.filter((answer) => answer === 'done').length;
      const refused = answers.filter((answer) => (answer as { error?: number }).error === 11000);
      const [row, ...others] = await world.rows.find().toArray();
      return [done + refused.length, row?.['n'] === done, others.length];
    },
    answer: [RACERS, true, 0],
  },
  {
    name: 'fifty upserts under a unique index make one document',
    run: async (world) => {
      await world.rows.createIndex({ pool: 1, keyId: 1 }, { unique: true });
      const answers = await race(world, async (rows, index) => {
        const change = { $setOnInsert: { _id: `id${index}` }, $set: { seen: true } };
        await rows.updateOne({ pool: 'p', keyId: 'k' }, change, { upsert: true });
        return 'done';
      });
      const known = answers.filter(
        (answer) => answer === 'done' || (answer as { error?: number }).error === 11000,
      );
      return [known.length, await world.rows.countDocuments()];
    },
    answer: [RACERS, 1],
  },
  {
    name: 'fifty moves into one key of a unique index let one in',
    run: async (world) => {
      await world.rows.createIndex({ fp: 1 }, { unique: true });
      await world.rows.insertMany(
        times(RACERS, (index) => ({ _id: `s${index}`, fp: `f${index}` })),
      );
      const answers = await race(world, async (rows, index) => {
        const change = { $set: { fp: 'wanted' } };
        return (await rows.findOneAndUpdate({ _id: `s${index}` }, change)) !== null;
      });
      return { answers: tally(answers), count: await world.rows.countDocuments({ fp: 'wanted' }) };
    },
    answer: {
      answers: {
        true: 1,
        '{"error":11000,"keyPattern":{"fp":1},"keyValue":{"fp":"wanted"}}': 49,
      },
      count: 1,
    },
  },
  {
    name: 'readers never see half an update',
    run: async (world) => {
      await world.rows.insertOne({ _id: 'a', secret: 's0', fp: 'f0', body: { n: 0 } });
      const answers = await race(world, async (rows, index) => {
        if (index % 2 === 0) {
          const change = { secret: `s${index}`, fp: `f${index}`, 'body.n': index };
          await rows.updateOne({ _id: 'a' }, { $set: change });
          return true;
        }
        const row = await rows.findOne({ _id: 'a' });
        return (
          row?.['secret'].slice(1) === row?.['fp'].slice(1) &&
          row?.['body'].n === Number(row?.['fp'].slice(1))
        );
      });
      return tally(answers);
    },
    answer: { true: RACERS },
  },
];
