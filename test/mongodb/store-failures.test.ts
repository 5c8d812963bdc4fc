import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { type Logger, silentLogger } from '../../src/core/logger.js';
import { aesGcmCipher } from '../../src/mongodb/aes-gcm-cipher.js';
import { MongoRotationStore } from '../../src/mongodb/mongo-rotation-store.js';
import type { MongoRotationStoreOptions } from '../../src/mongodb/options.js';
import { type DbState, DuplicateKey, execute, fakeDb, memoryDb, type Op } from './fake-db.js';

/** Pauses between tries end at once. */
const clock: Clock = {
  now: () => 1_000_000,
  setTimer: (callback) => setImmediate(callback),
  clearTimer() {},
};

/** A database on which some operations fail. */
function failing(state: DbState, failureOf: (op: Op) => Error | undefined) {
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (_, message) => errors.push(message) };
  const db = fakeDb(async (op) => {
    const failure = failureOf(op);
    if (failure !== undefined) throw failure;
    return structuredClone(execute(state, op));
  });
  const open = (options: Partial<MongoRotationStoreOptions> = {}) =>
    new MongoRotationStore({ db, pool: 'p', clock, logger, graceMs: 0, ...options });
  return { open, errors };
}

const dependents = [{ collection: 'bindings', field: 'key' }];
const bindings = () => ({ a: { _id: 'a', key: 'F' }, b: { _id: 'b', key: 'G' } });
const idsIn = async (store: MongoRotationStore) => (await store.load()).map(({ id }) => id);

describe('dependents that cannot be carried', () => {
  const fromF = ({ collection, filter }: Op) =>
    collection === 'bindings' && filter?.['key'] === 'F';

  it('hold up their own slot, and no other', async () => {
    const state: DbState = { bindings: bindings() };
    let isBroken = true;
    const { open } = failing(state, (op) =>
      isBroken && fromF(op) ? new Error('not authorized') : undefined,
    );
    const store = open({ dependents });
    await store.addKeys([
      { id: 'F', secret: 'f' },
      { id: 'G', secret: 'g' },
    ]);
    await store.rotate('G', { reason: 'dead' });
    await store.addBackups([
      { id: 'A', secret: 'a' },
      { id: 'B', secret: 'b' },
    ]);
    expect(await store.rotate('F', { reason: 'dead' })).toMatchObject({ outcome: 'rotated' });
    await expect(store.recover()).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect((await idsIn(store)).sort()).toEqual(['A', 'B']);
    expect(state['bindings']?.['a']?.['key']).toBe('F');

    isBroken = false;
    expect(await store.recover()).toMatchObject({ finished: 1 });
    expect(['A', 'B']).toContain(state['bindings']?.['a']?.['key']);
    expect(await store.history()).toHaveLength(2);
  });

  it('hold up no other rotation that waits to be finished', async () => {
    const state: DbState = { bindings: bindings() };
    const broken = new Set(['F', 'G']);
    const { open } = failing(state, ({ collection, filter }) =>
      collection === 'bindings' && broken.has(String(filter?.['key']))
        ? new Error('not authorized')
        : undefined,
    );
    const store = open({ dependents });
    await store.addKeys(['F', 'G'].map((id) => ({ id, secret: id })));
    await store.addBackups(['A', 'B'].map((id) => ({ id, secret: id })));
    for (const id of ['F', 'G']) await store.rotate(id, { reason: 'dead' });
    expect(await store.history()).toEqual([]);

    broken.delete('G');
    await expect(store.recover()).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await store.history()).toMatchObject([{ from: 'G' }]);
    expect(state['bindings']?.['b']?.['key']).not.toBe('G');
  });

  it('are left where they are, loudly, when an index of theirs forbids it for ever', async () => {
    const state: DbState = { bindings: bindings() };
    const forbids = (op: Op) => (fromF(op) ? new DuplicateKey('E11000 bindings key') : undefined);
    const { open, errors } = failing(state, forbids);
    const store = open({ dependents });
    await store.addKeys([{ id: 'F', secret: 'f' }]);
    await store.addBackups([{ id: 'A', secret: 'a' }]);
    await store.rotate('F', { reason: 'dead' });
    expect(await store.history()).toHaveLength(1);
    expect(errors).toEqual([expect.stringContaining('a unique index forbids')]);
  });
});

it('dependents whose ids do not become fields stay, loudly, and hold up nothing', async () => {
  const { open, errors } = failing({ bindings: bindings() }, () => undefined);
  const toField = () => {
    throw new Error('not 24 hexadecimal digits');
  };
  const store = open({ dependents: [{ collection: 'bindings', field: 'key', toField }] });
  await store.addKeys([{ id: 'F', secret: 'f' }]);
  await store.addBackups([
    { id: 'A', secret: 'a' },
    { id: 'B', secret: 'b' },
  ]);
  expect(await store.rotate('F', { reason: 'dead' })).toMatchObject({ outcome: 'rotated' });
  expect(errors).toEqual([expect.stringContaining('toField failed')]);
  expect(await store.history()).toHaveLength(1);
});

it('dependents may hold something else than the id as a string', async () => {
  const state: DbState = { bindings: { a: { _id: 'a', key: 1 } } };
  const { open } = failing(state, () => undefined);
  const store = open({ dependents: [{ collection: 'bindings', field: 'key', toField: Number }] });
  await store.addKeys([{ id: '1', secret: 'f' }]);
  await store.addBackups([{ id: '2', secret: 'a' }]);
  await store.rotate('1', { reason: 'dead' });
  expect(state['bindings']?.['a']?.['key']).toBe(2);
});

it('a read that fails says that it was the store', async () => {
  const { open } = failing({}, ({ method }) =>
    method === 'find' ? new Error('connection reset') : undefined,
  );
  await expect(open().load()).rejects.toMatchObject({
    code: 'STORE_FAILED',
    cause: expect.objectContaining({ message: 'connection reset' }),
  });
});

describe('secrets that do not open', () => {
  const cipher = (name: string, fill: number, pepper = 'salt') =>
    aesGcmCipher({ keys: { [name]: new Uint8Array(32).fill(fill) }, primary: name, pepper });
  const both = aesGcmCipher({
    keys: { k1: new Uint8Array(32).fill(1), k2: new Uint8Array(32).fill(2) },
    primary: 'k2',
    pepper: 'salt',
  });

  it('are left out of the keys, unless all are so', async () => {
    const { open, errors } = failing({}, () => undefined);
    await open({ cipher: cipher('k1', 1) }).addKeys([{ id: 'F', secret: 'f' }]);
    await open({ cipher: both }).addKeys([{ id: 'G', secret: 'g' }]);
    expect(await idsIn(open({ cipher: cipher('k2', 2) }))).toEqual(['G']);
    expect(errors).toEqual(['A stored secret does not open']);
    await expect(open({ cipher: cipher('k3', 3) }).load()).rejects.toThrow('which was not given');
  });

  it('use up no backup in a process that cannot open it', async () => {
    const { open } = failing({}, () => undefined);
    const first = open({ cipher: cipher('k1', 1) });
    await first.addKeys([{ id: 'F', secret: 'f' }]);
    await first.addBackups([{ id: 'A', secret: 'a' }]);
    const late = open({ cipher: cipher('k2', 2) });
    await expect(late.rotate('F', { reason: 'dead' })).rejects.toThrow('which was not given');
    expect(await first.countBackups()).toBe(1);
    expect(await first.rotate('F', { reason: 'dead' })).toMatchObject({ outcome: 'rotated' });
  });

  it('hinder nobody from adding keys that open', async () => {
    const { open } = failing({}, () => undefined);
    await open({ cipher: cipher('k1', 1) }).addKeys([{ id: 'F', secret: 'f' }]);
    const other = open({ cipher: cipher('k2', 2) });
    expect(await other.addKeys([{ id: 'G', secret: 'g' }])).toMatchObject({ added: ['G'] });
  });

  it('a pepper that is not the first is refused before anything is added twice', async () => {
    const { open } = failing({}, () => undefined);
    await open({ cipher: cipher('k1', 1) }).addKeys([{ id: 'F', secret: 'f' }]);
    const other = open({ cipher: cipher('k1', 1, 'pepper') });
    const copy = [{ id: 'copy', secret: 'f' }];
    await expect(other.addKeys(copy)).rejects.toThrow('The pepper is not the one');
    await expect(other.addBackups(copy)).rejects.toThrow('The pepper is not the one');
    expect(await idsIn(open({ cipher: cipher('k1', 1) }))).toEqual(['F']);
  });

  it('two of one secret are both sealed anew, and told of', async () => {
    const state: DbState = {};
    const { open, errors } = failing(state, () => undefined);
    await open().addKeys([{ id: 'F', secret: 'f' }]);
    await open({ cipher: both }).addKeys([{ id: 'G', secret: 'g' }]);
    // As when both were added at once: to the index, one secret under two ciphers is two.
    const slots = Object.values(state['keypool_slots'] ?? {});
    const twin = await both.seal('f', { pool: 'p', keyId: 'G' });
    const other = slots.find(({ keyId }) => keyId === 'G');
    Object.assign(other ?? {}, { secret: twin, fp: await both.fingerprint('f') });
    expect(await open({ cipher: both }).reencrypt()).toEqual({ renewed: 1, skipped: 0 });
    expect(errors).toEqual([expect.stringContaining('the same secret')]);
    expect(JSON.stringify(state)).not.toContain('plain:');
  });
});

it.each([
  ['keys[1].limits', { limits: { request: { limit: 1, windowMs: 1 } } }],
  ['keys[1].weight', { weight: -1 }],
])('refuses a key whose options no pool would take: %s', async (path, options) => {
  const store = new MongoRotationStore({ db: memoryDb().db });
  const keys = [
    { id: 'a', secret: 'a' },
    { id: 'b', secret: 'b', ...options },
  ];
  await expect(store.addKeys(keys as never)).rejects.toThrow(`${path}: expected`);
  expect(await store.load()).toEqual([]);
});

it.each([
  ['reason', undefined],
  ['reason', { reason: '' }],
])('refuses a rotation without a reason', async (_, options) => {
  const store = new MongoRotationStore({ db: memoryDb().db });
  await expect(store.rotate('a', options as never)).rejects.toMatchObject({
    code: 'INVALID_OPTION',
  });
});
