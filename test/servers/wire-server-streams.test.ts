import {
  type ChangeStreamInsertDocument,
  type Collection,
  type Document,
  MongoClient,
} from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { startWireServer, type WireServer } from '../helpers/wire-server/start-wire-server.js';

interface Row {
  _id: string;
}

/** Longer than any test may take: what comes sooner was not waited for. */
const MUCH_LATER_MS = 60_000;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function aSet(): Promise<{ server: WireServer; rows: Collection<Row> }> {
  const server = await startWireServer({ topology: 'replicaSet' });
  const client = new MongoClient(server.uri, { serverSelectionTimeoutMS: 500 });
  closers.push(server.close, () => client.close());
  return { server, rows: client.db('test').collection<Row>('rows') };
}

/** A stream that is open, and what it tells first, which is waited for already. */
async function follow(rows: Collection<Row>, pipeline: Document[] = [], options = {}) {
  const stream = rows.watch<Row, ChangeStreamInsertDocument<Row>>(pipeline, {
    maxAwaitTimeMS: MUCH_LATER_MS,
    ...options,
  });
  const opened = new Promise((resolve) => stream.once('resumeTokenChanged', resolve));
  const first = stream.next();
  await opened;
  return { stream, first };
}

describe('a change stream of the simulator', () => {
  it.each(['before', 'after'] as const)(
    'misses nothing when its connection closes %s the answer is worked out',
    async (when) => {
      const { server, rows } = await aSet();
      const hook = server.on({ command: 'getMore', fault: { kind: 'close', when } });
      const { stream, first } = await follow(rows);
      for (const _id of ['a', 'b']) await rows.insertOne({ _id });
      const keys = [(await first).documentKey, (await stream.next()).documentKey];
      expect(keys).toEqual([{ _id: 'a' }, { _id: 'b' }]);
      expect([hook.hits, server.stats.commands['aggregate']]).toEqual([1, 2]);
      await stream.close();
    },
  );

  it('waits no longer than its server lives', async () => {
    const { server, rows } = await aSet();
    const asked = server.on({ command: 'getMore', fault: { kind: 'pass' } });
    const { first } = await follow(rows);
    await asked.reached();
    const [outcome] = await Promise.allSettled([first, server.close()]);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'MongoNetworkError' } });
  });

  it('gives as many events at once as are asked for, of those that its stages leave', async () => {
    const { rows } = await aSet();
    const odd = { $match: { 'documentKey._id': /[13579]$/ } };
    const { stream, first } = await follow(rows, [odd], { batchSize: 2 });
    await rows.insertMany(Array.from({ length: 10 }, (_, n) => ({ _id: `r${n}` })));
    const ids = [(await first).documentKey._id];
    const left = [stream.bufferedCount()];
    while (ids.length < 5) {
      ids.push((await stream.next()).documentKey._id);
      left.push(stream.bufferedCount());
    }
    expect(ids).toEqual(['r1', 'r3', 'r5', 'r7', 'r9']);
    expect(Math.max(...left)).toBe(1);
    await stream.close();
  });

  it('cannot resume where the log has forgotten what followed', async () => {
    const { rows } = await aSet();
    const { stream, first } = await follow(rows);
    await rows.insertOne({ _id: 'first' });
    const { _id: resumeAfter } = await first;
    await stream.close();
    const many = Array.from({ length: 10_001 }, (_, n) => ({ _id: `r${n}` }));
    await rows.insertMany(many);
    const late = rows.watch([], { resumeAfter });
    await expect(late.tryNext()).rejects.toMatchObject({ code: 286 });
  });
});
