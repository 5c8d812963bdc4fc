import { describe, expect, it } from 'vitest';
import { isKeyPoolError } from '../../src/core/errors.js';
import { silentLogger } from '../../src/core/logger.js';
import { MemoryRotationStore } from '../../src/rotation/memory-rotation-store.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { rotationStoreContract } from '../../src/testing/rotation-store-contract.js';

const newStore = () => new MemoryRotationStore();

describe('the contract', () => {
  for (const { name, run } of rotationStoreContract) it(name, () => run(newStore));
});

it('dates rotations by its clock', async () => {
  const clock = new FakeClock();
  const store = new MemoryRotationStore({ clock });
  await store.addKeys([{ id: 'F', secret: 'f' }]);
  await store.addBackups([{ id: 'B', secret: 'b' }]);
  await clock.advance(5_000);
  await store.rotate('F', { reason: 'dead' });
  expect(await store.history()).toMatchObject([{ from: 'F', to: 'B', at: clock.now() }]);
});

it('goes on when a watcher throws, and says so', async () => {
  const errors: string[] = [];
  const logger = { ...silentLogger, error: (_: object, message: string) => errors.push(message) };
  const store = new MemoryRotationStore({ logger });
  const { signal } = new AbortController();
  const told: string[] = [];
  await store.watch(
    () => {
      throw new Error('no');
    },
    { signal },
  );
  await store.watch(({ id }) => told.push(id), { signal });
  await store.addKeys([{ id: 'F', secret: 'f' }]);
  expect(told).toEqual(['F']);
  expect(errors).toEqual(['A watcher of rotations failed']);
});

it('is not changed by what callers do to what they passed in or got', async () => {
  const store = newStore();
  const labels = { team: 'a' };
  await store.addKeys([{ id: 'F', secret: 'f', labels }]);
  labels.team = 'b';
  const [key] = await store.load();
  expect(key?.labels).toEqual({ team: 'a' });
  expect(Object.isFrozen(key)).toBe(true);
});

it('names what is wrong with a key, never its secret', async () => {
  const refusal = await newStore()
    .addKeys([{ id: '', secret: 'sk-very-secret' }])
    .catch((error: unknown) => error);
  expect(isKeyPoolError(refusal, 'INVALID_OPTION')).toBe(true);
  expect(String(refusal)).toContain('keys[0].id');
  expect(String(refusal)).not.toContain('sk-very-secret');
});
