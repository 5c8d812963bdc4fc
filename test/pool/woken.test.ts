import { describe, expect, it } from 'vitest';
import { leastLoaded } from '../../src/selector/least-loaded.js';
import { aPool, keys, ok, perMinute, START } from '../helpers/pool.js';

const limits = perMinute(600);
const unavailable = { status: 503, headers: { 'retry-after': '1' } };
const failed = { status: 500, headers: {} };

/** A pool whose host rests for a second, then is asked by one call for `large`. */
async function asked(count = 2) {
  const { pool, clock } = aPool({ keys: keys(count), limits, leaseTtlMs: 60_000 });
  for (let strike = 0; strike < 3; strike += 1)
    pool.tryAcquire({ model: 'large' })?.observe(failed);
  await clock.advance(1_000);
  const probe = pool.tryAcquire({ model: 'large' });
  expect(probe).toBeDefined();
  const waiting = pool.acquire({ model: 'small' });
  await clock.advance(1);
  expect(pool.stats().waiting).toBe(1);
  return { pool, clock, probe, waiting };
}

describe('who waits in another lane than the call that asks is woken', () => {
  it('when the host fails again, and its rest is over', async () => {
    const { clock, probe, waiting } = await asked();
    probe?.observe(failed);
    probe?.release();
    await clock.advance(10_000);
    expect((await waiting).id).toMatch(/[ab]/);
  });

  it('when the call comes back well', async () => {
    const { clock, probe, waiting } = await asked();
    probe?.observe(ok);
    await clock.advance(1);
    expect((await waiting).id).toMatch(/[ab]/);
  });

  it('when nobody observes it', async () => {
    const { clock, probe, waiting } = await asked();
    probe?.release();
    await clock.advance(2_000);
    expect((await waiting).id).toMatch(/[ab]/);
  });

  it('when its key is removed', async () => {
    const { pool, clock, probe, waiting } = await asked();
    await pool.removeKey(probe?.id ?? '', { drain: false });
    probe?.release();
    await clock.advance(2_000);
    expect((await waiting).id).toMatch(/[ab]/);
  });

  it('when its lease expires', async () => {
    const { clock, waiting } = await asked();
    await clock.advance(70_000);
    expect((await waiting).id).toMatch(/[ab]/);
  });

  it('when the last key is parked: no wait would help', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: { concurrency: 1 } });
    const lease = pool.tryAcquire({ model: 'large' });
    lease?.observe({ status: 429, headers: { 'retry-after': '60' } });
    const held = pool.tryAcquire({ model: 'small' });
    const outcome = expect(pool.acquire({ model: 'small' })).rejects.toMatchObject({
      code: 'NO_KEY_AVAILABLE',
    });
    lease?.observe({ status: 401, headers: {}, body: { error: { code: 'invalid_api_key' } } });
    await clock.advance(1);
    await outcome;
    held?.release();
  });
});

it('a selector that throws loses neither the place nor the call that asks', async () => {
  const inner = leastLoaded();
  let isBroken = false;
  const selector = {
    add: inner.add.bind(inner),
    remove: inner.remove.bind(inner),
    update: inner.update.bind(inner),
    next: inner.next.bind(inner),
    leased() {
      if (isBroken) throw new Error('selector broke');
    },
  };
  const { pool, clock } = aPool({ keys: keys(1), limits, selector });
  pool.tryAcquire()?.observe(unavailable);
  await clock.advance(1_000);
  isBroken = true;
  expect(() => pool.tryAcquire()).toThrow('selector broke');
  isBroken = false;
  await clock.advance(1_000);
  expect(pool.tryAcquire()).toBeDefined();
});

describe('one answer', () => {
  it('counts once, however often it is observed', () => {
    const { pool } = aPool({ keys: keys(1), limits });
    const lease = pool.tryAcquire();
    const bare = { status: 401, headers: {} };
    expect(lease?.observe(bare)).toMatchObject({ action: 'cooled' });
    expect(lease?.observe(bare)).toMatchObject({ action: 'cooled' });
    expect(pool.keys()[0]?.state).toBe('cooling');
    const other = aPool({ keys: keys(1), limits }).pool;
    const failing = other.tryAcquire();
    for (let time = 0; time < 3; time += 1) failing?.observe(failed);
    expect(other.explain().ready).toBe(true);
  });

  it('in words is confirmed by a call that was sent later, not by one beside it', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits });
    const bare = { status: 401, headers: {} };
    const [first, beside] = [pool.tryAcquire(), pool.tryAcquire()];
    first?.observe(bare);
    expect(beside?.observe(bare)).toMatchObject({ action: 'cooled' });
    await clock.advance(2_000);
    expect(pool.tryAcquire()?.observe(bare)).toMatchObject({ action: 'parked' });
  });
});

it('a scope of `none` or `host` is heeded', () => {
  for (const [scope, reason] of [
    ['none', 'ready'],
    ['host', 'cooling'],
  ] as const) {
    const failureRules = [{ class: 'rate_limited', scope, codes: ['odd'] }] as const;
    const { pool } = aPool({ keys: keys(2), limits, failureRules });
    const body = { error: { code: 'odd' } };
    pool.tryAcquire({ key: 'a' })?.observe({ status: 429, headers: { 'retry-after': '9' }, body });
    expect(pool.explain().keys.map((key) => key.reason)).toEqual([reason, reason]);
  }
});

it('the state of a key tells of its own rest for a model', () => {
  const failureRules = [{ class: 'rate_limited', scope: 'key', codes: ['odd'] }] as const;
  const grouped = keys(2, { group: 'org' });
  const { pool } = aPool({ keys: grouped, limits, failureRules });
  const body = { error: { code: 'odd' } };
  pool.tryAcquire({ key: 'a' })?.observe({ status: 429, headers: { 'retry-after': '9' }, body });
  expect(pool.keys().map(({ state }) => state)).toEqual(['cooling', 'ready']);
  expect(pool.stats()).toMatchObject({ ready: 1, cooling: 1 });
});

it('a key’s rest for a model outlives the discovery of its group', () => {
  const failureRules = [{ class: 'rate_limited', scope: 'key', codes: ['odd'] }] as const;
  const { pool } = aPool({ keys: keys(2), failureRules });
  const organisation = { 'anthropic-organization-id': 'org' };
  pool.tryAcquire({ key: 'b' })?.observe({ status: 200, headers: organisation });
  const body = { error: { code: 'odd' } };
  const headers = { 'retry-after': '600' };
  pool.tryAcquire({ key: 'a' })?.observe({ status: 429, headers, body });
  expect(pool.explain({ key: 'a' }).retryAt).toBe(START + 600_000);
  pool.tryAcquire({ key: 'a', model: 'm' })?.observe({ status: 200, headers: organisation });
  expect(pool.keys()[0]?.group).toBe('org');
  expect(pool.explain({ key: 'a' }).retryAt).toBe(START + 600_000);
});

it('close() ends a pause of run(): nothing runs afterwards', async () => {
  const { pool, clock } = aPool({ keys: keys(1), limits });
  const outcome = expect(pool.run({}, () => failed)).rejects.toMatchObject({ code: 'POOL_CLOSED' });
  await clock.advance(10);
  await pool.close();
  await outcome;
});

it('a recorder that throws harms no call', async () => {
  const recorder = {
    record: () => {
      throw new Error('full');
    },
    close: () => Promise.reject(new Error('gone')),
  };
  const { pool } = aPool({ keys: keys(1), limits, recorder });
  pool.tryAcquire()?.release();
  expect(pool.stats().inFlight).toBe(0);
  await pool.close();
});

it('the caller’s own rest outlives an outage', async () => {
  const { pool, clock } = aPool({ keys: keys(4), limits });
  for (const id of ['a', 'b', 'c', 'd']) {
    const lease = pool.tryAcquire({ key: id });
    lease?.observe(ok);
    lease?.release();
  }
  await clock.advance(10);
  for (const id of ['a', 'b', 'c'])
    pool.tryAcquire({ key: id })?.observe({ status: 429, headers: {} });
  pool.cooldown('a', { forMs: 3_600_000, reason: 'maintenance' });
  await clock.advance(5_000);
  const probe = pool.tryAcquire({ key: 'd' });
  probe?.observe(ok);
  probe?.release();
  const [a, b] = pool.explain().keys;
  expect(a?.sentence).toContain('maintenance');
  expect(b?.ready).toBe(true);
});

it('no part of a secret is in a verdict, whatever its looks', () => {
  const secret = 'correct-horse-battery-staple';
  const { pool } = aPool({ keys: [{ id: 'a', secret }], limits });
  const message = `${'word '.repeat(95)}your key ${secret} is wrong`;
  const body = { error: { code: secret, message } };
  const verdict = pool.tryAcquire()?.observe({ status: 400, headers: {}, body });
  expect(JSON.stringify(verdict)).not.toContain('correct');
});

it('is woken earlier, who waits out a debt, once a late word of what a call cost makes it less', async () => {
  const tokens = { limit: 1_000, windowMs: 60_000 };
  const { pool, clock } = aPool({ keys: keys(1, { limits: { tokens } }) });
  const [large, other] = [pool.tryAcquire({ tokens: 500 }), pool.tryAcquire({ tokens: 500 })];
  large?.settle({ tokens: 1_500 });
  large?.release();
  other?.release();
  const waiting = pool.acquire({ tokens: 100 });
  other?.settle({ tokens: 100 });
  await clock.advance(42_000);
  expect(pool.stats().waiting).toBe(0);
  (await waiting).release();
});

it('who excludes every key hears so at once, though others wait', async () => {
  const { pool } = aPool({ keys: keys(1), limits: perMinute(1) });
  pool.tryAcquire()?.release();
  const waiting = pool.acquire().catch(() => undefined);
  await expect(pool.acquire({ exclude: ['a'] })).rejects.toMatchObject({
    code: 'NO_KEY_AVAILABLE',
  });
  await pool.close();
  await waiting;
});

it('who waits is woken when a new rest ends before the slow start after an older one', async () => {
  const { pool, clock } = aPool({ keys: keys(1) });
  pool.cooldown('a', { forMs: 2_000 });
  await clock.advance(2_000);
  pool.tryAcquire();
  pool.tryAcquire();
  const waiting = pool.acquire({ maxWaitMs: 5_000 });
  await clock.advance(0);
  pool.cooldown('a', { forMs: 1_000 });
  await clock.advance(1_000);
  expect((await waiting).id).toBe('a');
});
