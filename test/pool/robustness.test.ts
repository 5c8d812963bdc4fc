import { describe, expect, it, vi } from 'vitest';
import { anthropic } from '../../src/provider/anthropic.js';
import { generic } from '../../src/provider/generic.js';
import { fromFunction } from '../../src/selector/from-function.js';
import { aPool, keys, MINUTE, ok, perMinute, START, tooMany } from '../helpers/pool.js';

const answer = (status: number) => ({ status, headers: {} });

describe('waiters of several model classes', () => {
  it('are all served when a rest that they share ends with a probe', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(100) });
    for (let failure = 0; failure < 3; failure += 1) {
      pool.tryAcquire({ model: 'a' })?.observe(answer(500));
    }
    const served: string[] = [];
    for (const model of ['a', 'b']) {
      void pool.acquire({ model }).then((lease) => {
        served.push(model);
        lease.observe(ok);
        lease.release();
      });
    }
    await clock.advance(5_000);
    expect(served.sort()).toEqual(['a', 'b']);
  });

  it('are served when a found group is let go', async () => {
    const organisation = { 'anthropic-organization-id': 'org' };
    const { pool, clock } = aPool({ keys: keys(2), provider: anthropic() });
    const take = (key: string, model: string) => pool.tryAcquire({ key, model });
    const unplaced = take('b', 'claude-a');
    const found = Array.from({ length: 4 }, () => take('a', 'claude-b'));
    found[0]?.observe({ status: 200, headers: organisation });
    const waiting = pool.acquire({ key: 'a', model: 'claude-b' });
    for (const lease of found.slice(0, 1)) lease?.release();
    unplaced?.observe({ status: 200, headers: organisation });
    await clock.advance(0);
    expect((await waiting).id).toBe('a');
  });
});

describe('a found group', () => {
  it('waits for the calls that were on their way, not for later ones that never say', () => {
    const { pool } = aPool({ keys: keys(2), provider: anthropic(), limits: perMinute(1_000) });
    const silent = pool.tryAcquire({ key: 'b' });
    pool
      .tryAcquire({ key: 'a' })
      ?.observe({ status: 200, headers: { 'anthropic-organization-id': 'org' } });
    const later = pool.tryAcquire({ key: 'b' });
    silent?.observe(ok);
    silent?.release();
    expect(later).toBeDefined();
    const leases = Array.from({ length: 20 }, () => pool.tryAcquire({ key: 'a' }));
    expect(leases.every((lease) => lease !== undefined)).toBe(true);
  });
});

describe('a selector of the caller', () => {
  it('that throws ends the wait that asked it, and harms nobody else', async () => {
    let isBroken = false;
    const selector = fromFunction((ready) => {
      if (isBroken) throw new Error('from the selector');
      return ready[0];
    });
    const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(60), selector });
    for (let index = 0; index < 60; index += 1) pool.tryAcquire();
    const broken = expect(pool.acquire()).rejects.toThrow('from the selector');
    isBroken = true;
    await clock.advance(1_000);
    await broken;
    isBroken = false;
    const next = pool.acquire();
    await clock.advance(1_000);
    expect((await next).id).toBe('a');
  });

  it('that declines one caller starves no other', async () => {
    const selector = fromFunction((ready, { model }) =>
      model === 'picky' ? undefined : ready.find(({ id }) => id === 'b'),
    );
    const provider = generic({ modelClass: () => 'all' });
    const { pool, clock } = aPool({ keys: keys(2), limits: perMinute(10), selector, provider });
    void pool.acquire({ model: 'picky', maxWaitMs: 60_000 }).catch(() => undefined);
    const other = pool.acquire({ model: 'easy' });
    await clock.advance(1_000);
    expect((await other).id).toBe('b');
  });
});

describe('a listener that calls the pool', () => {
  it('serves nobody twice', async () => {
    const { pool, clock } = aPool({ keys: keys(2), limits: perMinute(60) });
    for (let index = 0; index < 120; index += 1) pool.tryAcquire();
    pool.on('leased', ({ id }) => pool.enable(id));
    const waiting = [pool.acquire(), pool.acquire(), pool.acquire()];
    await clock.advance(5_000);
    await Promise.all(waiting);
    expect(pool.stats()).toMatchObject({ waiting: 0, inFlight: 123 });
  });
});

describe('a key that leaves twice', () => {
  it('does not take its successor along', async () => {
    const { pool } = aPool({ keys: keys(1) });
    const removed = vi.fn();
    pool.on('keyRemoved', removed);
    const lease = pool.tryAcquire();
    void pool.removeKey('a');
    await pool.removeKey('a', { drain: false });
    pool.addKey({ id: 'a', secret: 'another' });
    lease?.release();
    expect(removed).toHaveBeenCalledOnce();
    expect(pool.keys()).toHaveLength(1);
  });

  it('leaves no seat behind when its answer comes late', async () => {
    const { pool } = aPool({ keys: keys(2) });
    const lease = pool.tryAcquire({ key: 'a' });
    await pool.removeKey('a', { drain: false });
    lease?.observe(tooMany('60'));
    lease?.release();
    expect(pool.earliestAvailability()).toBe(START);
    expect(pool.tryAcquire()?.id).toBe('b');
  });
});

describe('a declared group named like a key', () => {
  it('is another group than that key', () => {
    const { pool } = aPool({ keys: [...keys(1), { id: 'b', secret: 'sb', group: 'a' }] });
    expect(pool.keys().map(({ id, group }) => `${id}:${group}`)).toEqual(['a:a#2', 'b:a']);
    expect(pool.tryAcquire({ key: 'b' })?.id).toBe('b');
  });
});

describe('a group found in headers', () => {
  const named = (organisation: string) => ({
    status: 200,
    headers: { 'anthropic-organization-id': organisation },
  });

  it('is joined by a key that is added later and declares it', () => {
    const { pool } = aPool({ keys: keys(1), provider: anthropic() });
    pool.tryAcquire()?.observe(named('org'));
    pool.addKey({ id: 'z', secret: 'secret-of-z', group: 'org' });
    expect(pool.keys().map(({ group }) => group)).toEqual(['org', 'org']);
  });

  it('is not mistaken for a key that has its name', () => {
    const { pool } = aPool({ keys: keys(2), provider: anthropic() });
    pool.tryAcquire({ key: 'a' })?.observe(named('b'));
    expect(pool.keys().map(({ id, group }) => `${id}:${group}`)).toEqual(['a:b', 'b:b#2']);
    expect(pool.tryAcquire({ key: 'b' })?.id).toBe('b');
  });
});

describe('run', () => {
  it('judges a broken error body by its status', async () => {
    const { pool } = aPool({ keys: keys(2), limits: perMinute(10) });
    const broken = () => {
      const body = new ReadableStream({
        start: (controller) => controller.error(new Error('socket hang up')),
      });
      return new Response(body, { status: 429, headers: { 'retry-after': '60' } });
    };
    let calls = 0;
    const answered = await pool.run({}, () => {
      calls += 1;
      return calls === 1 ? broken() : new Response('fine');
    });
    expect(answered.status).toBe(200);
    expect(pool.stats().cooling).toBe(1);
  });

  it('does not mind a body that the call has read itself', async () => {
    const { pool } = aPool({ keys: keys(2), limits: perMinute(10) });
    let calls = 0;
    const answered = await pool.run({}, async () => {
      calls += 1;
      const response = new Response('slow down', { status: calls === 1 ? 429 : 200 });
      if (calls === 1) await response.text();
      return response;
    });
    expect(answered.status).toBe(200);
  });

  it('does not ask a key again that was just turned down', async () => {
    const { pool } = aPool({ keys: keys(2), limits: perMinute(10) });
    const call = vi.fn(() => answer(401));
    await expect(pool.run({}, call)).rejects.toMatchObject({
      code: 'ATTEMPTS_EXHAUSTED',
      status: 401,
      trail: [{ class: 'invalid_key' }, { class: 'invalid_key' }],
    });
    expect(call).toHaveBeenCalledTimes(2);
    expect(pool.stats().exhausted).toBe(0);
  });

  it("settles from the answer's body unless the call did", async () => {
    const tokens = { inputTokens: { limit: 1_000, windowMs: MINUTE } };
    const { pool } = aPool({ keys: keys(1), limits: tokens, provider: anthropic() });
    const left = () => pool.keys()[0]?.limits['default']?.inputTokens?.remaining;
    const body = { type: 'message', usage: { input_tokens: 40, output_tokens: 2 } };
    await pool.run({ inputTokens: 500 }, () => ({ ...ok, body }));
    expect(left()).toBe(960);
    await pool.run({ inputTokens: 500 }, (lease) => {
      lease.settle({ inputTokens: 10 });
      return { ...ok, body };
    });
    expect(left()).toBe(950);
  });
});

describe('a rest by hand', () => {
  it('is not asked about before its end, however long it is', async () => {
    const { pool, clock } = aPool({ keys: keys(1) });
    pool.cooldown('a', { forMs: 24 * 60 * MINUTE });
    await clock.advance(2 * 60 * MINUTE);
    expect(pool.tryAcquire()).toBeUndefined();
    expect(pool.earliestAvailability()).toBe(START + 24 * 60 * MINUTE);
  });
});

describe('pinned calls', () => {
  it('do not wait behind pins on another key', async () => {
    const { pool } = aPool({ keys: keys(2), limits: perMinute(1) });
    pool.tryAcquire({ key: 'a' });
    for (let index = 0; index < 300; index += 1) void pool.acquire({ key: 'a' });
    expect((await pool.acquire({ key: 'b' })).id).toBe('b');
  });
});

describe('earliestAvailability', () => {
  it('knows the instant also while somebody waits', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(1) });
    pool.tryAcquire();
    void pool.acquire();
    expect(pool.earliestAvailability()).toBe(START + MINUTE);
  });
});

describe('secrets', () => {
  it('that a provider echoes reach no verdict, event or error, whatever they look like', async () => {
    const { pool } = aPool({ keys: [{ id: 'a', secret: 'hunter22' }] });
    const said: unknown[] = [];
    pool.on('cooled', (event) => said.push(event));
    const body = { error: { message: 'The key hunter22 is not valid', code: 'invalid_api_key' } };
    const verdict = pool.tryAcquire()?.observe({ status: 401, headers: {}, body });
    const error = await pool.acquire().catch((reason: unknown) => reason);
    expect(JSON.stringify([verdict, said, error, String(error)])).not.toContain('hunter22');
  });

  it('are erased before what only looks like one, which might take half of one away', () => {
    const { pool } = aPool({ keys: [{ id: 'a', secret: 'first,second-half' }] });
    const body = { error: { message: 'Not valid: key=first,second-half' } };
    const verdict = pool.tryAcquire()?.observe({ status: 400, headers: {}, body });
    expect(verdict?.failure.message).toMatch(/^Not valid: key=/);
    expect(verdict?.failure.message).not.toContain('half');
  });

  it('that are given in place of an id are not repeated', () => {
    const { pool } = aPool({ keys: [{ id: 'a', secret: 'hunter22' }] });
    expect(() => pool.disable('hunter22')).toThrow('A secret was given in place of an id');
  });
});

describe('a logger that throws', () => {
  it('harms nobody', () => {
    const fail = () => {
      throw new Error('disk full');
    };
    const logger = { debug: fail, info: fail, warn: fail, error: fail };
    const { pool } = aPool({ keys: keys(1), limits: perMinute(5), logger });
    pool.on('leased', fail);
    const lease = pool.tryAcquire();
    lease?.observe(tooMany('5'));
    lease?.release();
    expect(pool.stats()).toMatchObject({ inFlight: 0, cooling: 1 });
  });
});

describe('limits by model', () => {
  it('may be stated under the name of any model of the class', () => {
    const modelLimits = { 'claude-sonnet-4-5': perMinute(1) };
    const { pool } = aPool({ keys: keys(1, { modelLimits }), provider: anthropic() });
    expect(pool.tryAcquire({ model: 'claude-sonnet-4-5-20250929' })).toBeDefined();
    expect(pool.tryAcquire({ model: 'claude-sonnet-4-5' })).toBeUndefined();
  });
});

describe('what answers and callers say', () => {
  it('costs no response where a provider of the caller’s own throws', () => {
    const broken = () => {
      throw new Error('no such header');
    };
    const provider = { ...generic(), readLimits: broken, classify: broken };
    const { pool } = aPool({ keys: keys(1), provider });
    const verdict = pool.tryAcquire()?.observe({ status: 401, headers: {} });
    expect(verdict).toMatchObject({ limits: {}, failure: { class: 'invalid_key' } });
  });

  it('names no group after a key that an answer echoes', () => {
    const { pool } = aPool({ keys: keys(1), provider: anthropic() });
    const headers = { 'anthropic-organization-id': 'of secret-of-a' };
    pool.tryAcquire()?.observe({ status: 200, headers });
    expect(JSON.stringify(pool.keys())).not.toContain('secret-of-a');
  });

  it('shows no key that a reason quotes', async () => {
    const { pool } = aPool({ keys: keys(1) });
    pool.cooldown('a', { forMs: 1_000, reason: 'leaked secret-of-a' });
    await pool.rotate('a', { reason: 'leaked secret-of-a' });
    expect(JSON.stringify([pool.keys(), pool.explain()])).not.toContain('secret-of-a');
  });
});
