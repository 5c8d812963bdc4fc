import { describe, expect, it } from 'vitest';
import type { KeyPoolOptions } from '../../src/pool/options.js';
import { MemoryRotationStore } from '../../src/rotation/memory-rotation-store.js';
import { aPool, keys } from '../helpers/pool.js';

const misspelt = (path: string, meant: string) =>
  expect.objectContaining({
    code: 'INVALID_OPTION',
    path,
    message: expect.stringContaining(`expected "${meant}", got`),
  });

describe('a misspelt name is refused', () => {
  it.each([
    ['options.key', 'keys', { key: [] }],
    ['options.maxqueue', 'maxQueue', { maxqueue: 5 }],
    ['options.selecter', 'selector', { selecter: undefined }],
    ['lossCap.window', 'windowMs', { lossCap: { window: 5 } }],
    ['keys[1].limit', 'limits', { keys: [...keys(1), { secret: 's', limit: {} }] }],
    ['keys[0].wieght', 'weight', { keys: [{ secret: 's', wieght: 2 }] }],
  ])('in the options of a pool: %s', (path, meant, options) => {
    expect(() => aPool(options as KeyPoolOptions)).toThrow(misspelt(path, meant));
  });

  it('in a key that is added', () => {
    const { pool } = aPool();
    const key = { secret: 's', teir: 1 };
    expect(() => pool.addKey(key)).toThrow(misspelt('key.teir', 'tier'));
  });

  it('in what acquire and run are asked for', async () => {
    const { pool } = aPool({ keys: keys(1) });
    const acquire = (request: object) => pool.acquire(request);
    const run = (request: object) => pool.run(request, () => 5);
    for (const ask of [acquire, run]) {
      const asked = ask({ maxWait: 50 });
      await expect(asked).rejects.toThrow(misspelt('request.maxWait', 'maxWaitMs'));
    }
    await expect(run({ retry: 1 })).rejects.toThrow(misspelt('request.retry', 'retries'));
    expect(await run({ retries: 0, moves: 0 })).toBe(5);
  });
});

it('what resembles nothing may ride along, as in rows of a database', async () => {
  const row = { _id: 'a', secret: 's', owner: 'me', createdAt: 5 };
  const { pool } = aPool({ keys: [row] });
  const request = { model: 'm', messages: [], max_tokens: 5, stream: true };
  expect((await pool.acquire(request)).id).toBe('key-1');
});

it('a key as a store holds it is a key', async () => {
  const store = new MemoryRotationStore();
  await store.addKeys(keys(1));
  const [stored] = await store.load();
  expect(aPool().pool.addKey({ ...stored!, exhausted: true } as never).id).toBe('a');
});

describe('an event that there is none of', () => {
  const { pool } = aPool();
  it.each([
    ['rotate', "event: expected 'rotated', got 'rotate'"],
    ['relased', "event: expected 'released', got 'relased'"],
    ['error', "event: expected 'leased' or 'released' or 'cooled'"],
    [undefined, "event: expected 'leased' or"],
    ['toString', "event: expected 'leased' or"],
  ])('%s is refused', (event, message) => {
    expect(() => pool.on(event as never, () => {})).toThrow(message);
  });
});
