import { describe, expect, it } from 'vitest';
import { aPool, keys, MINUTE, perMinute, START, tooMany } from '../helpers/pool.js';

const refused = {
  status: 401,
  headers: {},
  body: { error: { code: 'invalid_api_key', message: 'Incorrect API key provided: secret-of-a' } },
};

describe('explain', () => {
  it('says that a key can serve', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(5) });
    expect(pool.explain()).toEqual({
      ready: true,
      retryAt: START,
      keys: [{ id: 'a', ready: true, reason: 'ready', readyAt: START, sentence: 'a can serve' }],
    });
  });

  it('says when a key is at its limit, what is left and when it is ready', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(2) });
    pool.tryAcquire();
    pool.tryAcquire();
    expect(pool.explain()).toEqual({
      ready: false,
      retryAt: START + 30_000,
      keys: [
        {
          id: 'a',
          ready: false,
          reason: 'limited',
          readyAt: START + 30_000,
          sentence: 'a is at its limit: 0 of 2 requests left; ready in 30.0 s',
        },
      ],
    });
  });

  it('blames a stated bound of calls in flight, not limits that are unknown', async () => {
    const { pool, clock } = aPool({ keys: keys(1), limits: { concurrency: 1 } });
    pool.tryAcquire();
    const sentence = 'a has 1 call in flight, as many as it may have';
    expect(pool.explain().keys).toMatchObject([{ reason: 'in-flight', sentence }]);
    const late = expect(pool.acquire({ maxWaitMs: 10 })).rejects.toThrow(sentence);
    await clock.advance(10);
    await late;
  });

  it('blames limits that are unknown where these bind before the stated bound', () => {
    const { pool } = aPool({ keys: keys(1), limits: { concurrency: 5 } });
    for (let call = 0; call < 4; call += 1) pool.tryAcquire();
    const sentence = 'a has 4 calls in flight, while its limits are unknown';
    expect(pool.explain().keys).toMatchObject([{ sentence }]);
  });

  it('names what binds longest of a rest and a limit, as earliestAvailability does', () => {
    const hourly = { requests: { limit: 1, windowMs: 60 * MINUTE, kind: 'window' } } as const;
    const { pool } = aPool({ keys: keys(1), limits: hourly });
    pool.tryAcquire()?.release();
    pool.cooldown('a', { forMs: 1_000 });
    const readyAt = START + 60 * MINUTE;
    expect(pool.earliestAvailability()).toBe(readyAt);
    expect(pool.explain()).toMatchObject({ retryAt: readyAt, keys: [{ reason: 'limited' }] });
    pool.cooldown('a', { forMs: 90 * MINUTE });
    const rests = { reason: 'cooling', readyAt: START + 90 * MINUTE };
    expect(pool.explain()).toMatchObject({ keys: [rests] });
  });

  it('says that a key is kept for a call that came first, and until when', async () => {
    const limits = { tokens: { limit: 100, windowMs: MINUTE } };
    const { pool, clock } = aPool({ keys: keys(1), limits });
    pool.tryAcquire({ tokens: 100 });
    const first = pool.acquire({ tokens: 90 });
    await clock.advance(10_000);
    expect(pool.tryAcquire({ tokens: 1 })).toBeUndefined();
    const readyAt = START + 54_000;
    expect(pool.earliestAvailability({ tokens: 1 })).toBe(readyAt);
    expect(pool.explain({ tokens: 1 })).toEqual({
      ready: false,
      retryAt: readyAt,
      keys: [
        {
          id: 'a',
          ready: false,
          reason: 'kept',
          readyAt,
          sentence: 'a is kept for a call that came first; ready in 44.0 s',
        },
      ],
    });
    const late = pool.acquire({ tokens: 1, maxWaitMs: 1 });
    const timedOut = expect(late).rejects.toMatchObject({ retryAfterMs: 43_999 });
    expect(pool.explain({ tokens: 1, priority: 1 }).ready).toBe(true);
    expect(pool.earliestAvailability({ tokens: 1, priority: 1 })).toBe(START + 10_000);
    await clock.advance(1);
    await timedOut;
    await clock.advance(43_999);
    await first;
    expect(pool.explain({ tokens: 1 }).keys[0]?.reason).toBe('limited');
  });

  it('names every dimension that is short', () => {
    const limits = { ...perMinute(1), tokens: { limit: 10, windowMs: MINUTE } };
    const { pool } = aPool({ keys: keys(1), limits });
    pool.tryAcquire({ tokens: 8 });
    const [key] = pool.explain({ tokens: 5 }).keys;
    expect(key?.sentence).toContain('0 of 1 requests and 2 of 10 tokens left');
  });

  it('says that calls are in flight while limits are unknown', () => {
    const { pool } = aPool({ keys: keys(1) });
    for (let calls = 0; calls < 4; calls += 1) pool.tryAcquire();
    const { keys: explained, retryAt } = pool.explain();
    expect(retryAt).toBeUndefined();
    expect(explained).toEqual([
      {
        id: 'a',
        ready: false,
        reason: 'in-flight',
        sentence: 'a has 4 calls in flight, while its limits are unknown',
      },
    ]);
  });

  it('says that as many calls are in flight as may be', () => {
    const { pool } = aPool({ keys: keys(1), limits: { ...perMinute(9), concurrency: 1 } });
    pool.tryAcquire();
    expect(pool.explain().keys[0]?.sentence).toBe('a has 1 call in flight, as many as it may have');
  });

  it('says that a cost is above the limit, and gives no instant', () => {
    const { pool } = aPool({ keys: keys(1), limits: { tokens: { limit: 10, windowMs: MINUTE } } });
    expect(pool.explain({ tokens: 11 }).keys[0]).toEqual({
      id: 'a',
      ready: false,
      reason: 'cost-exceeds-limit',
      sentence: 'a can never serve 11 tokens: its limit is 10',
    });
  });

  it('says who rests, why, and whether the wait was stated', () => {
    const { pool } = aPool({ keys: keys(2), limits: perMinute(5) });
    pool.tryAcquire({ key: 'a' })?.observe(tooMany('90'));
    pool.cooldown('b', { forMs: 3 * 3_600_000, reason: 'maintenance' });
    const [a, b] = pool.explain().keys;
    expect(a).toMatchObject({ reason: 'cooling', readyAt: START + 90_000 });
    expect(a?.sentence).toBe(
      'a rests (rate_limited, its group, for this model; the wait was stated); ready in 90.0 s',
    );
    expect(b?.sentence).toContain('b rests (maintenance, this key; the wait was stated)');
  });

  it('says that a wait is a guess', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(5) });
    pool.tryAcquire()?.observe(tooMany());
    expect(pool.explain().keys[0]?.sentence).toContain('the wait is a guess');
  });

  it('says who is disabled, being removed, excluded or not the one asked for', () => {
    const { pool } = aPool({ keys: keys(4), limits: perMinute(5) });
    pool.disable('a');
    pool.tryAcquire({ key: 'b' });
    void pool.removeKey('b');
    const sentences = pool.explain({ key: 'd', exclude: ['c'] }).keys;
    expect(sentences.map(({ id, reason, sentence }) => [id, reason, sentence])).toEqual([
      ['a', 'disabled', 'a was disabled by hand; enable() brings it back'],
      ['b', 'draining', 'b is being removed'],
      ['c', 'excluded', 'c is not asked for: the request names "d"'],
      ['d', 'ready', 'd can serve'],
    ]);
    expect(pool.explain({ exclude: ['c'] }).keys[2]?.sentence).toBe('c is excluded by the request');
  });

  it('says that the provider refused a key for good', () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(5) });
    pool.tryAcquire()?.observe(refused);
    expect(pool.explain().keys[0]).toMatchObject({
      reason: 'exhausted',
      sentence: 'a was refused by the provider for good (invalid_key); enable() brings it back',
    });
  });

  it.each([
    ['leaked', 'is out of service'],
    // By the provider's word or by a spend checker's.
    ['budget_exceeded', 'has used up its budget'],
    ['proactive_threshold', 'has nearly used up its budget'],
  ])('says why a key is out of service that was not refused: %s', async (reason, words) => {
    const { pool } = aPool({ keys: keys(1) });
    await pool.rotate('a', { reason });
    const sentence = `a ${words} (${reason}); enable() brings it back`;
    expect(pool.explain().keys[0]?.sentence).toBe(sentence);
  });

  it('gives the earliest instant of all keys', () => {
    const { pool } = aPool({ keys: keys(3), limits: perMinute(5) });
    pool.cooldown('a', { forMs: 5_000 });
    pool.cooldown('b', { forMs: 2_000 });
    pool.disable('c');
    expect(pool.explain()).toMatchObject({ ready: false, retryAt: START + 2_000 });
  });

  it('agrees with tryAcquire on whether and when a call can be served', async () => {
    const { pool, clock } = aPool({ keys: keys(2), limits: perMinute(2) });
    for (let calls = 0; calls < 30; calls += 1) {
      const { ready, retryAt } = pool.explain();
      expect(pool.earliestAvailability()).toBe(retryAt);
      expect(pool.tryAcquire() !== undefined).toBe(ready);
      await clock.advance(7_000);
    }
  });

  it('holds no secret, whatever the provider echoed', () => {
    const { pool } = aPool({ keys: keys(3), limits: perMinute(5) });
    pool.tryAcquire({ key: 'a' })?.observe(refused);
    pool.tryAcquire({ key: 'b' })?.observe(tooMany());
    expect(JSON.stringify([pool.explain(), pool.keys(), pool.stats()])).not.toContain('secret-of');
  });
});
