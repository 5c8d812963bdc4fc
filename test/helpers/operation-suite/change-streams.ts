import { type ChangeStreamOptions, type Document, Long } from 'mongodb';
import { answerOf, type OperationCase, type Rows, type World } from './operation-case.js';

const PATIENCE_MS = 20_000;

/** The stream's events of what is done once it is open, up to a delete of `end`. */
async function eventsOf(
  rows: Rows,
  act: () => Promise<unknown>,
  pipeline: Document[] = [],
  options: ChangeStreamOptions = {},
): Promise<Document[]> {
  const stream = rows.watch<Document, Document>(pipeline, { maxAwaitTimeMS: 50, ...options });
  try {
    await stream.tryNext();
    await rows.insertOne({ _id: 'end' });
    await act();
    await rows.deleteOne({ _id: 'end' });
    const events: Document[] = [];
    for await (const event of stream) {
      if (event['documentKey']._id !== 'end') events.push(event);
      else if (event['operationType'] === 'delete') break;
    }
    return events;
  } finally {
    await stream.close();
  }
}

/** What the manual promises to the letter. */
function told({ operationType, documentKey, fullDocument, updateDescription }: Document): unknown {
  const { updatedFields, removedFields } = updateDescription ?? {};
  return [operationType, documentKey._id, fullDocument ?? updatedFields, removedFields].filter(
    (each) => each !== undefined,
  );
}

/** A change stream by bare commands, in a session of its own. */
async function bareStream({ client, database, rows }: World) {
  const session = client.startSession();
  const collection = rows.collectionName;
  const pipeline = [{ $changeStream: {} }];
  const { cursor } = await database.command(
    { aggregate: collection, pipeline, cursor: {} },
    { session },
  );
  const getMore = Long.fromValue(cursor.id);
  return {
    cursor,
    more: (maxTimeMS: number) =>
      database.command({ getMore, collection, maxTimeMS }, { session }) as Promise<Document>,
    kill: () => database.command({ killCursors: collection, cursors: [getMore] }),
    end: () => session.endSession(),
  };
}

const shapeOf = ({ id, firstBatch, nextBatch, postBatchResumeToken }: Document) => [
  String(id) !== '0',
  firstBatch ?? nextBatch,
  typeof postBatchResumeToken?._data,
];

const cases: OperationCase[] = [
  {
    name: 'a change stream tells of every kind of write, in order',
    run: async ({ rows }) => {
      const events = await eventsOf(rows, async () => {
        await rows.insertOne({ _id: 'a', n: 1, old: true, claim: { at: 1 } });
        await rows.updateOne({ _id: 'a' }, { $set: { n: 2, 'claim.at': 2 }, $unset: { old: 1 } });
        await rows.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } });
        await rows.replaceOne({ _id: 'a' }, { m: 0 });
        await rows.updateOne({ _id: 'b' }, { $set: { n: 1 } }, { upsert: true });
        await rows.deleteMany({ _id: { $in: ['a', 'b'] } });
      });
      return events.map(told);
    },
    answer: [
      ['insert', 'a', { _id: 'a', n: 1, old: true, claim: { at: 1 } }],
      ['update', 'a', { n: 2, 'claim.at': 2 }, ['old']],
      ['update', 'a', { n: 3 }, []],
      ['replace', 'a', { _id: 'a', m: 0 }],
      ['insert', 'b', { _id: 'b', n: 1 }],
      ['delete', 'a'],
      ['delete', 'b'],
    ],
  },
  {
    name: 'a change stream tells of nothing where nothing changed, or was refused',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', n: 1 });
      const events = await eventsOf(rows, async () => {
        await rows.updateOne({ _id: 'a' }, { $set: { n: 1 } });
        await rows.updateOne({ _id: 'b' }, { $set: { n: 1 } });
        await answerOf(rows.insertOne({ _id: 'a' }));
        await rows.deleteOne({ _id: 'b' });
      });
      return events.map(told);
    },
    answer: [],
  },
  {
    name: 'an event has a token, a time that grows, a namespace and a wall clock',
    run: async ({ rows, database }) => {
      const events = await eventsOf(rows, async () => {
        for (const _id of ['a', 'b']) await rows.insertOne({ _id });
      });
      const [first, second] = events;
      const ns = { db: database.databaseName, coll: rows.collectionName };
      return [
        events.map(({ _id }) => typeof _id._data),
        first?.['clusterTime'].lessThan(second?.['clusterTime']),
        events.map((event) => JSON.stringify(event['ns']) === JSON.stringify(ns)),
        events.map(({ wallTime }) => wallTime instanceof Date),
      ];
    },
    answer: [['string', 'string'], true, [true, true], [true, true]],
  },
  {
    name: 'a change stream passes on what its stages leave',
    run: async ({ rows }) => {
      const inPool = { $match: { 'documentKey._id': { $gte: 'e', $lt: 'q;' } } };
      const write = async () => {
        for (const _id of ['a', 'p:1', 'q:1', 'r']) await rows.insertOne({ _id });
      };
      const shorten = { $project: { documentKey: 1, operationType: 1 } };
      const events = await eventsOf(rows, write, [inPool, shorten]);
      return events.map(({ _id, ...event }) => event);
    },
    answer: ['p:1', 'q:1'].map((_id) => ({ operationType: 'insert', documentKey: { _id } })),
  },
  {
    name: 'a change stream hears of its own collection only',
    run: async ({ rows, database }) => {
      const events = await eventsOf(rows, async () => {
        await database.collection(`${rows.collectionName}_other`).insertOne({ n: 1 });
        await rows.insertOne({ _id: 'a' });
      });
      return events.map(told);
    },
    answer: [['insert', 'a', { _id: 'a' }]],
  },
  {
    name: 'an update tells the whole document where that is asked for',
    run: async ({ rows }) => {
      await rows.insertOne({ _id: 'a', n: 1, other: true });
      const write = () => rows.updateOne({ _id: 'a' }, { $set: { n: 2 } });
      const events = await eventsOf(rows, write, [], { fullDocument: 'updateLookup' });
      return events.map(({ fullDocument }) => fullDocument);
    },
    answer: [{ _id: 'a', n: 2, other: true }],
  },
  {
    name: 'a change stream without news answers in time, empty, with a token',
    run: async (world) => {
      const stream = await bareStream(world);
      const { cursor } = await stream.more(50);
      await stream.kill();
      await stream.end();
      return [shapeOf(stream.cursor), shapeOf(cursor)];
    },
    answer: [
      [true, [], 'string'],
      [true, [], 'string'],
    ],
  },
  {
    name: 'a change stream with news answers before its time, and holds up nobody',
    run: async (world) => {
      const { rows } = world;
      const stream = await bareStream(world);
      const begun = performance.now();
      const waiting = stream.more(PATIENCE_MS);
      await rows.findOne();
      await rows.insertOne({ _id: 'a' });
      const { cursor } = await waiting;
      await stream.kill();
      await stream.end();
      return [cursor.nextBatch.map(told), performance.now() - begun < PATIENCE_MS / 2];
    },
    answer: [[['insert', 'a', { _id: 'a' }]], true],
  },
  {
    name: 'killing the cursor of a change stream ends its wait with error 237',
    run: async (world) => {
      const stream = await bareStream(world);
      const waiting = answerOf(stream.more(PATIENCE_MS));
      // Until the server has the question: killed before it, the cursor is not found.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await stream.kill();
      const answer = await waiting;
      await stream.end();
      return answer;
    },
    answer: { error: 237 },
  },
  {
    name: 'a change stream resumes after a token',
    run: async ({ rows }) => {
      const [first] = await eventsOf(rows, () => rows.insertOne({ _id: 'a' }));
      await rows.insertOne({ _id: 'b' });
      const stream = rows.watch([], { resumeAfter: first?.['_id'] });
      const events = [await stream.next(), await stream.next()];
      await stream.close();
      return events.map(told);
    },
    answer: [
      ['delete', 'end'],
      ['insert', 'b', { _id: 'b' }],
    ],
  },
  {
    name: 'a change stream whose answer is lost goes on from there',
    run: async ({ rows, lossy }) => {
      const stream = (await lossy('getMore')).watch([], { maxAwaitTimeMS: PATIENCE_MS });
      const opened = new Promise((resolve) => stream.once('resumeTokenChanged', resolve));
      const first = stream.next();
      await opened;
      await rows.insertOne({ _id: 'a' });
      await rows.insertOne({ _id: 'b' });
      const events = [await first, await stream.next()];
      await stream.close();
      return events.map(told);
    },
    answer: [
      ['insert', 'a', { _id: 'a' }],
      ['insert', 'b', { _id: 'b' }],
    ],
  },
];

/** On replica sets; a standalone has none. */
export const changeStreamCases: OperationCase[] = [
  ...cases.map((each) => ({ ...each, topology: 'replicaSet' as const })),
  {
    name: 'a change stream on a standalone is error 40573',
    topology: 'standalone',
    run: async ({ rows }) => {
      const stream = rows.watch();
      const answer = await answerOf(stream.tryNext());
      await stream.close();
      return answer;
    },
    answer: { error: 40573 },
  },
];
