import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MongoSpendHistory } from '../../src/mongodb/mongo-spend-history.js';
import { MemorySpendHistory } from '../../src/spend/memory-spend-history.js';
import type { SpendHistory, SpendRow } from '../../src/spend/spend-history.js';
import { startWireServer, type WireServer } from '../helpers/wire-server/start-wire-server.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const row = (keyId: string, minute: number, rest: Partial<SpendRow> = {}): SpendRow => ({
  keyId,
  at: START + minute * 60_000,
  spent: minute,
  limit: null,
  unit: 'usd',
  ok: true,
  ms: 5,
  ...rest,
});
const rotated = { event: 'rotated', reason: 'budget_exceeded', replacedBy: 'b' } as const;

let server: WireServer;
let client: MongoClient;
beforeAll(async () => {
  server = await startWireServer();
  client = await new MongoClient(server.uri).connect();
});
afterAll(async () => {
  await client.close();
  await server.close();
});

let databases = 0;
const aDb = () => {
  databases += 1;
  return client.db(`history-${databases}`);
};

const histories: readonly [string, () => Promise<SpendHistory>][] = [
  ['in memory', async () => new MemorySpendHistory()],
  [
    'in MongoDB',
    async () => {
      const history = new MongoSpendHistory({ db: Promise.resolve(aDb()) });
      await history.ensureIndexes();
      return history;
    },
  ],
];

describe.each(histories)('history %s', (_, open) => {
  it('gives rows back as they were, oldest first, and those that are asked for', async () => {
    const history = await open();
    const rows = [
      row('a', 1),
      row('b', 2, { remaining: 3, limit: 5 }),
      row('a', 3, rotated),
      row('c', 4, { ok: false, error: 'timeout' }),
    ];
    for (const each of rows) await history.save(each);
    expect(await history.list()).toEqual(rows);
    expect(await history.list({ keyId: 'a' })).toEqual([rows[0], rows[2]]);
    expect(await history.list({ event: 'rotated' })).toEqual([rows[2]]);
    expect(await history.list({ since: START + 120_000, limit: 2 })).toEqual(rows.slice(2));
    expect(await history.list({ limit: 0 })).toEqual([]);
    await expect(history.list({ limit: -1 })).rejects.toThrow('limit: expected');
  });

  it('has the row of a rotation once, however often it comes', async () => {
    const history = await open();
    await Promise.all([1, 2, 3].map((minute) => history.save(row('a', minute, rotated))));
    expect(await history.list()).toHaveLength(1);
  });
});

describe('in memory', () => {
  it('keeps the newest rows only', async () => {
    const history = new MemorySpendHistory({ maxRows: 3 });
    for (let minute = 0; minute < 100; minute += 1) await history.save(row('a', minute));
    expect((await history.list()).map(({ spent }) => spent)).toEqual([97, 98, 99]);
  });
});

describe('in MongoDB', () => {
  it('skips rows that repeat the one before, but for one an hour', async () => {
    const history = new MongoSpendHistory({ db: aDb() });
    const same = { spent: 7 };
    for (const minute of [0, 10, 59, 60, 70]) await history.save(row('a', minute, same));
    await history.save(row('a', 71, { spent: 8 }));
    await history.save(row('a', 72, { spent: 8, event: 'reset' }));
    const minutes = (await history.list()).map(({ at }) => (at - START) / 60_000);
    expect(minutes).toEqual([0, 60, 71, 72]);
  });

  it('keeps pools apart, and indexes what is looked for and what expires', async () => {
    const db = aDb();
    const [one, other] = ['one', 'other'].map((pool) => new MongoSpendHistory({ db, pool }));
    await one!.ensureIndexes();
    await one!.ensureIndexes();
    await one!.save(row('a', 1));
    await other!.save(row('a', 1, rotated));
    expect(await one!.list()).toHaveLength(1);
    const indexes = await db.collection('keypool_spend').indexes();
    expect(indexes).toMatchObject([
      { name: '_id_' },
      { key: { pool: 1, keyId: 1, at: -1 } },
      { key: { at: 1 }, expireAfterSeconds: (90 * 24 * HOUR) / 1_000 },
    ]);
    const [document] = await db.collection('keypool_spend').find().toArray();
    expect(document?.['at']).toBeInstanceOf(Date);
  });

  it.each([
    [{}, 'db: expected a Db'],
    [{ db: {} }, 'db.collection: expected a function'],
    [{ db: { collection() {} }, pool: 'a:b' }, 'pool: expected a name without a colon'],
    [{ db: { collection() {} }, ttlMs: 0 }, 'ttlMs: expected'],
  ])('names options that are wrong: %j', (options, message) => {
    expect(() => new MongoSpendHistory(options as never)).toThrow(message);
  });
});
