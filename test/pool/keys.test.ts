import { describe, expect, it, vi } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import { aPool, keys, MINUTE, perMinute } from '../helpers/pool.js';

describe('adding keys', () => {
  it('names keys that have no id', () => {
    const { pool } = aPool({
      keys: [{ secret: 's1' }, { id: 'key-1', secret: 's2' }, { secret: 's3' }],
    });
    expect(pool.keys().map(({ id }) => id)).toHaveLength(3);
    expect(new Set(pool.keys().map(({ id }) => id)).size).toBe(3);
  });

  it('announces the key and serves with it', () => {
    const { pool } = aPool();
    const added = vi.fn();
    pool.on('keyAdded', added);
    expect(pool.addKey({ id: 'a', secret: 's' })).toMatchObject({ id: 'a', state: 'ready' });
    expect(added).toHaveBeenCalledWith({ id: 'a', group: 'a' });
    expect(pool.tryAcquire()?.id).toBe('a');
  });

  it.each([
    [
      { secret: '' },
      'key.secret: expected a string that is not empty, or a Secret, got an empty string',
    ],
    [
      { secret: 's', limits: { requests: { limit: 0, windowMs: 1 } } },
      'key.limits.requests.limit: expected a finite number above 0, got 0',
    ],
    [
      { secret: 's', limits: { reqests: {} } },
      'key.limits: expected one of requests, tokens, inputTokens, outputTokens, concurrency, got "reqests"',
    ],
    [
      { secret: 's', limits: { tokens: { limit: 1, windowMs: 1, kind: 'sliding' } } },
      "key.limits.tokens.kind: expected 'refill' or 'window', got 'sliding'",
    ],
    [{ secret: 's', weight: -1 }, 'key.weight: expected a finite number, 0 or above, got -1'],
    [{ id: 'a', secret: 's' }, 'key.id: expected an id that no other key has, got "a"'],
    [{ secret: 'secret-of-a' }, 'key.secret: expected a secret that no other key has'],
  ])('refuses %j and stays as it was', (key, message) => {
    const { pool } = aPool({ keys: keys(1) });
    // @ts-expect-error some of these are wrong in their types too
    expect(() => pool.addKey(key)).toThrow(message);
    expect(pool.keys()).toHaveLength(1);
  });

  it.each(['sk-do-not-print\n', ' sk-do-not-print', 'sk-do-not-print\r\n', '\t'])(
    'refuses a secret with white space around it, and shows nothing of it',
    (secret) => {
      for (const given of [secret, new Secret(secret)]) {
        expect(() => aPool({ keys: [{ secret: given }] })).toThrow(
          expect.objectContaining({
            path: 'keys[0].secret',
            message:
              'keys[0].secret: expected text without white space around it, got some, such as a line break of a file',
          }),
        );
      }
    },
  );

  it('takes a secret of several lines', () => {
    const secret = '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----';
    const { pool } = aPool({ keys: [{ id: 'pem', secret }] });
    expect(pool.key('pem')?.secret.reveal()).toBe(secret);
  });

  it('names the path of a bad key given to the constructor, and not its secret', () => {
    const bad = [...keys(1), { id: 'b', secret: 'sk-do-not-print', group: '' }];
    expect(() => aPool({ keys: bad })).toThrow(
      'keys[1].group: expected a string that is not empty',
    );
    try {
      aPool({ keys: [{ secret: 'x', tier: 'sk-do-not-print' as never }] });
    } catch (error) {
      expect(String(error)).not.toContain('sk-do-not-print');
    }
  });

  it('holds keys to the limits they stated, whatever becomes of the objects these stood in', () => {
    const { pool } = aPool();
    const limits = perMinute(3);
    pool.addKey({ id: 'a', secret: 'secret-of-a', limits });
    pool.tryAcquire({ key: 'a' });
    limits.requests.limit = 50;
    pool.addKey({ id: 'b', secret: 'secret-of-b', limits: perMinute(3) });
    limits.requests = { limit: 2, windowMs: MINUTE };
    pool.addKey({ id: 'c', secret: 'secret-of-c', limits });
    const left = (key: string): number =>
      pool.tryAcquire({ key }) === undefined ? 0 : 1 + left(key);
    expect(['a', 'b', 'c'].map(left)).toEqual([2, 3, 2]);
  });

  it('refuses other limits for a group that has some', () => {
    const grouped = [
      { secret: 's1', group: 'org', limits: perMinute(5) },
      { secret: 's2', group: 'org', limits: perMinute(6) },
    ];
    expect(() => aPool({ keys: grouped })).toThrow(
      'keys[1].limits: expected the limits that the group "org" has',
    );
  });
});

describe('taking keys out', () => {
  it('drains: serves no further call and leaves with its last lease', async () => {
    const { pool } = aPool({ keys: keys(2) });
    const lease = pool.tryAcquire({ key: 'a' });
    const removed = vi.fn();
    pool.on('keyRemoved', removed);
    const removal = pool.removeKey('a');
    expect(pool.keys()[0]).toMatchObject({ id: 'a', state: 'draining' });
    expect(pool.tryAcquire({ key: 'a' })).toBeUndefined();
    expect(removed).not.toHaveBeenCalled();
    lease?.release();
    await removal;
    expect(removed).toHaveBeenCalledWith({ id: 'a', group: 'a' });
    expect(pool.keys().map(({ id }) => id)).toEqual(['b']);
    expect(() => pool.tryAcquire({ key: 'a' })).toThrow('No key has the id "a"');
  });

  it('leaves at once without drain; its lease still works', async () => {
    const { pool } = aPool({ keys: keys(2) });
    const lease = pool.tryAcquire({ key: 'a' });
    await pool.removeKey('a', { drain: false });
    expect(pool.keys()).toHaveLength(1);
    lease?.observe({ status: 200, headers: {} });
    lease?.settle({ inputTokens: 5 });
    lease?.release();
    expect(pool.stats().inFlight).toBe(0);
  });

  it('takes a key back that was removed and is added again', async () => {
    const { pool } = aPool({ keys: keys(1), limits: perMinute(5) });
    await pool.removeKey('a');
    pool.addKey({ id: 'a', secret: 'secret-of-a' });
    expect(pool.tryAcquire()?.id).toBe('a');
  });

  it('disables and enables', () => {
    const { pool } = aPool({ keys: keys(2) });
    pool.disable('a');
    expect(pool.stats()).toMatchObject({ keys: 2, ready: 1, disabled: 1 });
    expect(pool.tryAcquire()?.id).toBe('b');
    pool.enable('a');
    expect(pool.stats()).toMatchObject({ ready: 2, disabled: 0 });
  });
});
