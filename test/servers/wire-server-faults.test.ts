import { type Collection, MongoClient } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import type { Topology } from '../helpers/wire-server/command.js';
import type { Fault } from '../helpers/wire-server/faults.js';
import type { Hook } from '../helpers/wire-server/hooks.js';
import { startWireServer, type WireServer } from '../helpers/wire-server/start-wire-server.js';
import { runClientProcess } from './client-process.js';

interface Row {
  _id: string;
  n: number;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function aServer(topology: Topology = 'standalone', hooks: Hook[] = []) {
  const server = await startWireServer({ topology, hooks });
  closers.push(() => server.close());
  return { server, rows: aClient(server) };
}

function aClient(server: WireServer, options = {}, name = 'rows'): Collection<Row> {
  const client = new MongoClient(server.uri, options);
  closers.push(() => client.close());
  return client.db('test').collection<Row>(name);
}

/** One increment of a row that is at 0, under a fault. */
async function incrementUnder(fault: Fault, topology: Topology = 'standalone', options = {}) {
  const { server, rows } = await aServer(topology);
  await rows.insertOne({ _id: 'a', n: 0 });
  const hook = server.on({ command: 'update', fault });
  const incrementing = aClient(server, options).updateOne({ _id: 'a' }, { $inc: { n: 1 } });
  const answer = await incrementing.then(
    ({ modifiedCount }) => modifiedCount,
    (error: Error & { code?: number }) => error.code ?? error.name,
  );
  return [answer, (await rows.findOne())?.n, hook.hits, server.stats.deduplicated];
}

describe('a fault on a standalone', () => {
  it('closes the connection before or after the write', async () => {
    expect(await incrementUnder({ kind: 'close', when: 'before' })).toEqual([
      'MongoNetworkError',
      0,
      1,
      0,
    ]);
    expect(await incrementUnder({ kind: 'close', when: 'after' })).toEqual([
      'MongoNetworkError',
      1,
      1,
      0,
    ]);
  });

  it('loses the request or the answer, and the client waits until its time is up', async () => {
    const impatient = { socketTimeoutMS: 100 };
    const timedOut = 'MongoNetworkTimeoutError';
    expect(await incrementUnder({ kind: 'dropRequest' }, 'standalone', impatient)).toEqual([
      timedOut,
      0,
      1,
      0,
    ]);
    expect(await incrementUnder({ kind: 'dropReply' }, 'standalone', impatient)).toEqual([
      timedOut,
      1,
      1,
      0,
    ]);
  });

  it('answers with an error, in place of the write or after it', async () => {
    expect(await incrementUnder({ kind: 'fail', code: 112 })).toEqual([112, 0, 1, 0]);
    expect(await incrementUnder({ kind: 'fail', code: 112, when: 'after' })).toEqual([
      112, 1, 1, 0,
    ]);
  });

  it('reports a write concern that was not met, the write being done', async () => {
    expect(await incrementUnder({ kind: 'failWriteConcern', code: 64 })).toEqual([64, 1, 1, 0]);
  });
});

describe('a fault on a replica set', () => {
  it('that loses a write or its answer makes the driver retry, and the write is done once', async () => {
    expect(await incrementUnder({ kind: 'close', when: 'before' }, 'replicaSet')).toEqual([
      1, 1, 1, 0,
    ]);
    expect(await incrementUnder({ kind: 'close', when: 'after' }, 'replicaSet')).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it('with the label of retryable writes makes the driver retry', async () => {
    const fault = { kind: 'fail', code: 91, labels: ['RetryableWriteError'] } as const;
    expect(await incrementUnder(fault, 'replicaSet')).toEqual([1, 1, 1, 0]);
  });
});

describe('a hook', () => {
  it('holds a command until its release while others pass', async () => {
    const { server, rows } = await aServer();
    await rows.insertOne({ _id: 'a', n: 0 });
    const hook = server.on({ command: 'findAndModify', fault: { kind: 'block', when: 'before' } });
    const slow = rows.findOneAndUpdate({ _id: 'a', n: 0 }, { $set: { n: 1 } });
    await hook.reached();
    const fast = await rows.findOneAndUpdate({ _id: 'a', n: 0 }, { $set: { n: 2 } });
    hook.release();
    expect([fast?.n, await slow, (await rows.findOne())?.n]).toEqual([0, null, 2]);
  });

  it('strikes by command, collection, client, condition and count', async () => {
    const hooks: Hook[] = [
      { command: 'find', fault: { kind: 'fail', code: 1 } },
      { collection: 'others', fault: { kind: 'fail', code: 2 } },
      { command: 'insert', appName: 'victim', fault: { kind: 'fail', code: 3 } },
      {
        command: ['update', 'delete'],
        where: ({ updates }) => JSON.stringify(updates)?.includes('wanted') ?? false,
        fault: { kind: 'fail', code: 4 },
      },
      { command: 'count', nth: 2, times: 2, fault: { kind: 'fail', code: 5 } },
    ];
    const { server, rows } = await aServer('standalone', hooks);
    const others = aClient(server, {}, 'others');
    const victim = aClient(server, { appName: 'victim' });
    const codeOf = (operation: Promise<unknown>) =>
      operation.then(
        () => 0,
        ({ code }) => code,
      );
    const change = (id: string) => rows.updateOne({ _id: id }, { $set: { n: 1 } });
    expect([
      await codeOf(rows.findOne()),
      await codeOf(rows.findOne()),
      await codeOf(others.deleteOne()),
      await codeOf(others.deleteOne()),
      await codeOf(rows.insertOne({ _id: 'a', n: 0 })),
      await codeOf(victim.insertOne({ _id: 'b', n: 0 })),
      await codeOf(change('other')),
      await codeOf(change('wanted')),
    ]).toEqual([1, 0, 2, 0, 0, 3, 0, 4]);
    const counts = [];
    for (let count = 0; count < 4; count += 1) {
      counts.push(await codeOf(rows.estimatedDocumentCount()));
    }
    expect(counts).toEqual([0, 5, 5, 0]);
  });

  it('tells of each strike and strikes no more once removed', async () => {
    const { server, rows } = await aServer();
    const hook = server.on({ command: 'insert', times: 9, fault: { kind: 'pass' } });
    const twice = hook.reached(2);
    await rows.insertOne({ _id: 'a', n: 0 });
    expect(hook.hits).toBe(1);
    await rows.insertOne({ _id: 'b', n: 0 });
    await twice;
    hook.remove();
    await rows.insertOne({ _id: 'c', n: 0 });
    expect(hook.hits).toBe(2);
    expect(server.stats.commands['insert']).toBe(3);
  });

  it('lets go of whom it holds when the server closes', async () => {
    const { server, rows } = await aServer();
    const hook = server.on({ command: 'insert', fault: { kind: 'block', when: 'after' } });
    const inserting = rows.insertOne({ _id: 'a', n: 0 });
    await hook.reached();
    const [outcome] = await Promise.allSettled([inserting, server.close()]);
    expect(outcome.status).toBe('rejected');
  });
});

describe('another process', () => {
  const increment = ['updateOne', { _id: 'a', n: 0 }, { $inc: { n: 1 } }] as const;

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('dies by SIGKILL %s its write is applied', async (when, n) => {
    const { server, rows } = await aServer();
    await rows.insertOne({ _id: 'a', n: 0 });
    server.on({ command: 'update', fault: { kind: 'kill', when } });
    expect(await runClientProcess(server.uri, ...increment)).toEqual({ signal: 'SIGKILL' });
    expect((await rows.findOne())?.n).toBe(n);
  });

  it('sleeps through a race by SIGSTOP, and loses it', async () => {
    const { server, rows } = await aServer();
    await rows.insertOne({ _id: 'a', n: 0 });
    const hook = server.on({ command: 'update', fault: { kind: 'stop', when: 'before' } });
    const sleeping = runClientProcess(server.uri, ...increment);
    await hook.reached();
    const { modifiedCount } = await rows.updateOne({ _id: 'a', n: 0 }, { $set: { n: 7 } });
    hook.release();
    expect([modifiedCount, (await sleeping).answer]).toMatchObject([1, { modifiedCount: 0 }]);
    expect((await rows.findOne())?.n).toBe(7);
  });
});

describe('a cursor', () => {
  it('that reads along an index misses documents which move behind it', async () => {
    const { rows } = await aServer();
    await rows.createIndex({ n: 1 });
    await rows.insertMany(Array.from({ length: 150 }, (_, n) => ({ _id: `r${n}`, n })));
    const countWhileMoving = async (hint: { [field: string]: 1 }) => {
      let count = 0;
      for await (const _row of rows.find({ n: { $gte: -1000 } }, { hint })) {
        if (count === 0) await rows.updateMany({ n: { $gt: 120 } }, { $mul: { n: -1 } });
        count += 1;
      }
      return count;
    };
    expect(await countWhileMoving({ n: 1 })).toBe(121);
    expect(await countWhileMoving({ _id: 1 })).toBe(150);
  });
});
