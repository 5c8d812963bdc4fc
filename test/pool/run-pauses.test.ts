import { expect, it, vi } from 'vitest';
import { aPool, keys, ok, perMinute } from '../helpers/pool.js';

const failed = { status: 500, headers: {} };

it('pauses before it tries a failing host again, longer each time', async () => {
  const { pool, clock } = aPool({ keys: keys(2), limits: perMinute(60) });
  const startedAt = clock.now();
  const at: number[] = [];
  const done = pool.run({ retries: 2 }, () => {
    at.push(clock.now() - startedAt);
    return at.length < 3 ? failed : ok;
  });
  await clock.advance(10_000);
  expect(await done).toBe(ok);
  // 250 and 500 ms, less half of a fifth.
  expect(at).toEqual([0, 225, 675]);
  expect(pool.stats()).toMatchObject({ ready: 2, inFlight: 0 });
});

it('holds no key while it pauses, and ends with the caller’s signal', async () => {
  const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(60) });
  const controller = new AbortController();
  const call = vi.fn(() => failed);
  const done = pool.run({ signal: controller.signal }, call);
  const outcome = expect(done).rejects.toThrow('the user left');
  await clock.advance(100);
  expect(pool.stats().inFlight).toBe(0);
  controller.abort(new Error('the user left'));
  await outcome;
  await clock.advance(60_000);
  expect(call).toHaveBeenCalledOnce();
});

it('keeps a trail of the latest hundred attempts', async () => {
  const { pool } = aPool({
    keys: Array.from({ length: 150 }, (_, at) => ({ id: `k${at}`, secret: `s${at}` })),
    limits: perMinute(60),
  });
  const dead = { status: 401, headers: {}, body: { error: { code: 'invalid_api_key' } } };
  await expect(pool.run({}, () => dead)).rejects.toMatchObject({
    code: 'ATTEMPTS_EXHAUSTED',
    trail: { length: 100 },
  });
});

it.each([
  [{ retries: -1 }, 'request.retries'],
  [{ moves: Number.NaN }, 'request.moves'],
])('refuses %j', async (request, path) => {
  const { pool } = aPool({ keys: keys(1) });
  await expect(pool.run(request, () => ok)).rejects.toThrow(path);
});
