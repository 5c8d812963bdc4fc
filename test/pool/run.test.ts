import { describe, expect, it, vi } from 'vitest';
import { aPool, keys, ok, perMinute, tooMany } from '../helpers/pool.js';

const status = (code: number, body?: unknown) => ({ status: code, headers: {}, body });

describe('run', () => {
  it('passes the answer on and releases', async () => {
    const { pool } = aPool({ keys: keys(1) });
    const answer = { ...ok, body: 'hello' };
    expect(await pool.run({}, (lease) => (lease.id === 'a' ? answer : undefined))).toBe(answer);
    expect(pool.stats().inFlight).toBe(0);
  });

  it('takes a status alone for a response', async () => {
    const { pool } = aPool({ keys: keys(2), limits: perMinute(10) });
    const tried: string[] = [];
    const answer = await pool.run({}, ({ id }) => {
      tried.push(id);
      return tried.length === 1 ? { status: 429 } : { status: 200 };
    });
    expect(answer).toEqual({ status: 200 });
    expect(new Set(tried).size).toBe(2);
    expect(pool.stats()).toMatchObject({ cooling: 1, inFlight: 0 });
  });

  it.each([0, 99, 600, 401.5, '401', null])('takes the status %s for none', async (code) => {
    const { pool } = aPool({ keys: keys(2) });
    const call = vi.fn(() => ({ status: code }));
    expect(await pool.run({}, call)).toEqual({ status: code });
    expect(call).toHaveBeenCalledOnce();
  });

  it('says when it may be tried again, once it gave up', async () => {
    const { pool } = aPool({ keys: keys(2), limits: perMinute(10) });
    const waits = ['60', '30'];
    const outcome = pool.run({ retries: 0 }, () => tooMany(waits.shift()));
    await expect(outcome).rejects.toMatchObject({
      code: 'ATTEMPTS_EXHAUSTED',
      retryAfterMs: 30_000,
    });
  });

  it('says that it may be tried again at once where its own call was all that was in the way', async () => {
    const { pool } = aPool({ keys: keys(1), limits: { concurrency: 1 } });
    const outcome = pool.run({ retries: 0 }, () => status(500));
    await expect(outcome).rejects.toMatchObject({ code: 'ATTEMPTS_EXHAUSTED', retryAfterMs: 0 });
  });

  it('names no wait where none is known to help', async () => {
    const { pool } = aPool({ keys: keys(1) });
    const body = { error: { code: 'invalid_api_key' } };
    const error = await pool.run({}, () => status(401, body)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ATTEMPTS_EXHAUSTED' });
    expect(error).not.toHaveProperty('retryAfterMs');
  });

  it('moves on to another group when one is refused', async () => {
    const { pool } = aPool({ keys: keys(3), limits: perMinute(10) });
    const tried: string[] = [];
    const answer = await pool.run({}, ({ id }) => {
      tried.push(id);
      return tried.length < 3 ? tooMany('60') : ok;
    });
    expect(answer).toBe(ok);
    expect(new Set(tried).size).toBe(3);
    expect(pool.stats()).toMatchObject({ cooling: 2, ready: 1, inFlight: 0 });
  });

  it('leaves the failing group: its other keys share the limit', async () => {
    const grouped = [...keys(2, { group: 'org' }), { id: 'z', secret: 'z', tier: 1 }];
    const { pool } = aPool({ keys: grouped, limits: perMinute(10) });
    const tried: string[] = [];
    await pool.run({ exclude: [] }, ({ id }) => {
      tried.push(id);
      return id === 'z' ? ok : tooMany('60');
    });
    expect(tried.filter((id) => id !== 'z').length).toBeLessThanOrEqual(1);
    expect(tried.at(-1)).toBe('z');
  });

  it.each([400, 403, 404, 413, 422])(
    'never repeats a %i: it is the fault of the caller',
    async (code) => {
      const { pool } = aPool({ keys: keys(3) });
      const call = vi.fn(() => status(code));
      expect(await pool.run({}, call)).toMatchObject({ status: code });
      expect(call).toHaveBeenCalledOnce();
      expect(pool.stats().ready).toBe(3);
    },
  );

  it('gives up after its retries when the host fails, with a trail', async () => {
    const { pool, clock } = aPool({ keys: keys(2), limits: perMinute(10) });
    const outcome = expect(pool.run({ retries: 1 }, () => status(500))).rejects.toMatchObject({
      code: 'ATTEMPTS_EXHAUSTED',
      status: 500,
      trail: [
        { id: expect.any(String), class: 'server_error', status: 500, waitedMs: 0, ms: 0 },
        { class: 'server_error', status: 500 },
      ],
    });
    await clock.advance(1_000);
    await outcome;
    expect(pool.stats().ready).toBe(2);
  });

  it('carries the trail when no key is left to wait for', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(10) });
    const outcome = expect(
      pool.run({ maxWaitMs: 5_000 }, () => tooMany('60')),
    ).rejects.toMatchObject({
      code: 'ACQUIRE_TIMEOUT',
      trail: [{ id: 'a', class: 'rate_limited' }],
    });
    await clock.advance(5_000);
    await outcome;
    expect(pool.stats()).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  it('waits for the stated time and tries again when every group refused', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(10) });
    let calls = 0;
    const running = pool.run({}, () => {
      calls += 1;
      return calls === 1 ? tooMany('3') : ok;
    });
    await clock.advance(2_999);
    expect(calls).toBe(1);
    await clock.advance(1);
    expect(await running).toBe(ok);
  });

  it('passes on what the call throws, untouched, and releases', async () => {
    const { pool } = aPool({ keys: keys(2) });
    const error = new TypeError('fetch failed');
    await expect(pool.run({}, () => Promise.reject(error))).rejects.toBe(error);
    expect(pool.stats()).toMatchObject({ inFlight: 0, ready: 2 });
  });

  it('reads a failed fetch response to classify it, and leaves a good one unread', async () => {
    const { pool } = aPool({ keys: keys(1) });
    const good = new Response('{"answer":42}');
    expect(await (await pool.run({}, () => good)).json()).toEqual({ answer: 42 });
    const refused = new Response('{"error":"no"}', { status: 400 });
    expect(await (await pool.run({}, () => refused)).json()).toEqual({ error: 'no' });
  });

  it('observes nothing when the call returns something else', async () => {
    const { pool } = aPool({ keys: keys(1) });
    expect(await pool.run({}, () => 42)).toBe(42);
  });
});
