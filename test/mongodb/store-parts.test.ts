import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/core/logger.js';
import { aesGcmCipher } from '../../src/mongodb/aes-gcm-cipher.js';
import { MongoRotationStore } from '../../src/mongodb/mongo-rotation-store.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { memoryDb } from './fake-db.js';

const k1 = new Uint8Array(32).fill(1);
const k2 = new Uint8Array(32).fill(2);
const pepper = 'salt';

describe('secrets at rest', () => {
  it('says once, loudly, that there is no cipher', () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_: object, text: string) => warnings.push(text) };
    new MongoRotationStore({ db: memoryDb().db, logger });
    expect(warnings).toEqual([expect.stringContaining('WITHOUT ENCRYPTION')]);
    warnings.length = 0;
    const cipher = aesGcmCipher({ keys: { k1 }, primary: 'k1', pepper });
    new MongoRotationStore({ db: memoryDb().db, cipher, logger });
    expect(warnings).toEqual([]);
  });

  it('shows no secret in any document, not after a rotation either', async () => {
    const { db, state } = memoryDb();
    const cipher = aesGcmCipher({ keys: { k1 }, primary: 'k1', pepper });
    const store = new MongoRotationStore({ db, cipher });
    await store.addKeys([{ id: 'F', secret: 'sk-first' }]);
    await store.addBackups([{ id: 'B', secret: 'sk-second' }]);
    await store.rotate('F', { reason: 'dead' });
    expect(JSON.stringify(state)).not.toMatch(/sk-first|sk-second/);
    expect((await store.load())[0]?.secret.reveal()).toBe('sk-second');
  });

  it('seals anew by the primary key, from plain text on', async () => {
    const { db, state } = memoryDb();
    const plain = new MongoRotationStore({ db });
    await plain.addKeys([{ id: 'F', secret: 'sk-first' }]);
    await plain.addBackups([{ id: 'B', secret: 'sk-second' }]);
    const first = aesGcmCipher({ keys: { k1 }, primary: 'k1', pepper });
    const second = aesGcmCipher({ keys: { k1, k2 }, primary: 'k2', pepper });
    for (const cipher of [first, second]) {
      const store = new MongoRotationStore({ db, cipher });
      expect(await store.reencrypt()).toEqual({ renewed: 2, skipped: 0 });
      expect(await store.reencrypt()).toEqual({ renewed: 0, skipped: 0 });
      expect((await store.load())[0]?.secret.reveal()).toBe('sk-first');
    }
    expect(JSON.stringify(state)).not.toMatch(/sk-first|sk-second|"k1"|:k1:/);
    const store = new MongoRotationStore({ db, cipher: second });
    const copy = [{ id: 'copy', secret: 'sk-second' }];
    expect(await store.addKeys(copy)).toEqual({ added: [], duplicates: ['copy'] });
    expect(await store.rotate('F', { reason: 'dead' })).toMatchObject({ outcome: 'rotated' });
    expect((await store.load())[0]?.secret.reveal()).toBe('sk-second');
  });

  it('knows a secret that was retired before there was a cipher', async () => {
    const { db } = memoryDb();
    const plain = new MongoRotationStore({ db });
    await plain.addKeys([{ id: 'F', secret: 'sk-first' }]);
    await plain.addBackups([{ id: 'B', secret: 'sk-second' }]);
    await plain.rotate('F', { reason: 'dead' });
    const cipher = aesGcmCipher({ keys: { k1 }, primary: 'k1', pepper });
    const store = new MongoRotationStore({ db, cipher });
    const { duplicates } = await store.addBackups([{ id: 'again', secret: 'sk-first' }]);
    expect(duplicates).toEqual(['again']);
  });
});

describe('dependents', () => {
  it('follow the key, within the pool they belong to', async () => {
    const bindings = {
      a: { _id: 'a', key: 'F', pool: 'p' },
      b: { _id: 'b', key: 'F', pool: 'q' },
      c: { _id: 'c', key: 'G', pool: 'p' },
    };
    const { db, state } = memoryDb({ bindings });
    const dependents = [{ collection: 'bindings', field: 'key', filter: { pool: 'p' } }];
    const store = new MongoRotationStore({ db, pool: 'p', dependents });
    await store.addKeys([{ id: 'F', secret: 'f' }]);
    await store.addBackups([{ id: 'B', secret: 'b' }]);
    await store.rotate('F', { reason: 'dead' });
    const keys = Object.values(state['bindings'] ?? {}).map(({ key }) => key);
    expect(keys).toEqual(['B', 'F', 'G']);
  });
});

describe('pools in one database', () => {
  it('know nothing of each other', async () => {
    const { db } = memoryDb();
    const [p, q] = ['p', 'p-q'].map((pool) => new MongoRotationStore({ db, pool }));
    await p?.addKeys([{ id: 'F', secret: 'one' }]);
    await q?.addKeys([{ id: 'F', secret: 'one' }]);
    await q?.addBackups([{ id: 'B', secret: 'two' }]);
    expect(await p?.rotate('F', { reason: 'dead' })).toEqual({ outcome: 'no-backup' });
    expect((await p?.load())?.map(({ id }) => id)).toEqual(['F']);
    expect(await q?.rotate('F', { reason: 'dead' })).toMatchObject({ outcome: 'rotated' });
    expect((await p?.history())?.length).toBe(0);
  });
});

describe('claims of the dead', () => {
  const abandoned = async () => {
    const { db, state } = memoryDb();
    const clock = new FakeClock();
    const store = new MongoRotationStore({ db, pool: 'p', clock, graceMs: 5_000 });
    await store.addKeys([{ id: 'F', secret: 'f' }]);
    await store.addBackups([{ id: 'B', secret: 'b' }]);
    const [slot = ''] = Object.keys(state['keypool_slots'] ?? {});
    const claim = {
      a: 'dead-1:1',
      slot,
      g: 0,
      from: 'F',
      reason: 'dead',
      at: clock.now(),
      order: 1,
    };
    const backup = state['keypool_backups']?.['p:B'];
    Object.assign(backup ?? {}, { isUsed: true, state: 'reserved', claim });
    return { store, clock, slot };
  };

  it('are left alone at first, and carried through after a while', async () => {
    const { store, clock, slot } = await abandoned();
    const none = { finished: 0, released: 0, rotated: [] };
    expect(await store.recover()).toEqual({ ...none, pending: 1 });
    expect((await store.load())[0]?.id).toBe('F');
    await clock.advance(5_000);
    expect((await store.load())[0]?.id).toBe('B');
    expect(await store.recover()).toEqual({ ...none, pending: 0 });
    expect(await store.history()).toMatchObject([{ slot, from: 'F', to: 'B', reason: 'dead' }]);
  });

  it('are carried through at once by who needs a backup', async () => {
    const { store } = await abandoned();
    const outcome = await store.rotate('F', { reason: 'late' });
    expect(outcome).toMatchObject({ outcome: 'already-rotated', key: { id: 'B' } });
  });
});

it.each([
  ['db', { db: undefined }],
  ['options.dependants', { dependants: [] }],
  ['pool', { pool: '' }],
  ['graceMs', { graceMs: -1 }],
  ['pollMs', { pollMs: 0 }],
  ['dependents[0]', { dependents: [null] }],
  ['dependents[0].field', { dependents: [{ collection: 'a', field: '' }] }],
  ['dependents[0].field', { dependents: [{ collection: 'a', field: '_id' }] }],
  ['dependents[0].toField', { dependents: [{ collection: 'a', field: 'b', toField: 'Number' }] }],
  ['dependents[0].collection', { dependents: [{ collection: 'keypool_slots', field: 'b' }] }],
  ['cipher.isCurrent', { cipher: { seal() {}, open() {}, fingerprint() {} } }],
])('names the option that is wrong: %s', (path, options) => {
  const all = { db: memoryDb().db, ...options } as ConstructorParameters<
    typeof MongoRotationStore
  >[0];
  expect(() => new MongoRotationStore(all)).toThrow(`${path}: expected`);
});

it('tries again to open the database after a failure', async () => {
  const { db } = memoryDb();
  let calls = 0;
  const command = async () => {
    calls += 1;
    if (calls === 1) throw new Error('no route to host');
    return { ok: 1 };
  };
  const store = new MongoRotationStore({ db: Object.assign(db, { command }) });
  await expect(store.load()).rejects.toThrow('The database could not be reached');
  expect(await store.load()).toEqual([]);
});
