import { describe, expect, it } from 'vitest';
import type { KeyPool } from '../../src/pool/key-pool.js';
import type { Lease } from '../../src/pool/lease.js';
import { anthropic } from '../../src/provider/anthropic.js';
import { aPool, keys, perMinute } from '../helpers/pool.js';

/** What Anthropic answers a call of an organisation with `remaining` of 50 requests left. */
const from = (organisation: string, remaining?: number) => ({
  status: 200,
  headers: {
    'anthropic-organization-id': organisation,
    ...(remaining === undefined
      ? {}
      : {
          'anthropic-ratelimit-requests-limit': '50',
          'anthropic-ratelimit-requests-remaining': String(remaining),
        }),
  },
});

const take = (pool: KeyPool, key: string): Lease => {
  const lease = pool.tryAcquire({ key });
  if (lease === undefined) throw new Error('no lease');
  return lease;
};

function answer(lease: Lease, organisation: string, remaining?: number): void {
  lease.observe(from(organisation, remaining));
  lease.release();
}

function drain(pool: KeyPool): Lease[] {
  const leases: Lease[] = [];
  for (let lease = pool.tryAcquire(); lease !== undefined; lease = pool.tryAcquire()) {
    leases.push(lease);
  }
  return leases;
}

const groupsOf = (pool: KeyPool) => pool.keys().map(({ id, group }) => `${id}:${group}`);

describe('a declared group', () => {
  it('shares one limit among its keys', () => {
    const { pool } = aPool({ keys: keys(3, { group: 'team', limits: perMinute(10) }) });
    const ids = drain(pool).map(({ id }) => id);
    expect(ids).toHaveLength(10);
    expect(new Set(ids)).toEqual(new Set(['a', 'b', 'c']));
  });

  it('is not moved by what headers say', () => {
    const { pool } = aPool({ keys: keys(1, { group: 'team' }), provider: anthropic() });
    answer(take(pool, 'a'), 'org-1', 49);
    expect(groupsOf(pool)).toEqual(['a:team']);
  });

  it('is suspected once when two of them report one organisation', () => {
    const declared = keys(2).map((key) => ({ ...key, group: `team-${key.id}` }));
    const { pool } = aPool({ keys: declared, provider: anthropic() });
    const suspected: unknown[] = [];
    pool.on('groupSuspected', (payload) => suspected.push(payload));
    for (const id of ['a', 'b', 'a', 'b']) answer(take(pool, id), 'org-1', 49);
    expect(suspected).toEqual([{ groups: ['team-a', 'team-b'], organisation: 'org-1' }]);
    expect(groupsOf(pool)).toEqual(['a:team-a', 'b:team-b']);
  });

  it('is suspected too when an undeclared key reports its organisation', () => {
    const [a, b] = keys(2);
    const { pool } = aPool({
      keys: [
        { ...a, secret: 'secret-of-a', group: 'team' },
        { secret: 'secret-of-b', ...b },
      ],
      provider: anthropic(),
    });
    const suspected: unknown[] = [];
    pool.on('groupSuspected', (payload) => suspected.push(payload));
    for (const id of ['a', 'b']) answer(take(pool, id), 'org-1', 49);
    expect(suspected).toHaveLength(1);
  });
});

describe('a discovered group', () => {
  const aPoolOf = (count: number) => aPool({ keys: keys(count), provider: anthropic() });

  it('takes the name of its organisation', () => {
    const { pool } = aPoolOf(1);
    answer(take(pool, 'a'), 'org-1', 49);
    expect(groupsOf(pool)).toEqual(['a:org-1']);
  });

  it('unites keys of one organisation and keeps others apart', () => {
    const { pool } = aPoolOf(3);
    for (const [id, organisation] of [
      ['a', 'org-1'],
      ['b', 'org-1'],
      ['c', 'org-2'],
    ] as const) {
      answer(take(pool, id), organisation);
    }
    expect(groupsOf(pool)).toEqual(['a:org-1', 'b:org-1', 'c:org-2']);
  });

  it('adds up what its keys had used apart, and never goes over the limit', () => {
    const { pool } = aPoolOf(2);
    const [a1, a2] = [take(pool, 'a'), take(pool, 'a')];
    const [b1, b2] = [take(pool, 'b'), take(pool, 'b')];
    answer(a1, 'org-1', 49);
    answer(b1, 'org-1', 48);
    answer(a2, 'org-1', 47);
    answer(b2, 'org-1', 46);
    // 46 are left; a call of b's own, counted twice, is too careful by one.
    const admitted = drain(pool).length;
    expect(admitted).toBeLessThanOrEqual(46);
    expect(admitted).toBeGreaterThanOrEqual(44);
  });

  it('settles and releases calls that were in flight at the merge', () => {
    const { pool } = aPoolOf(2);
    const out = ['a', 'a', 'b', 'b', 'b'].map((id) => take(pool, id));
    for (const lease of out) lease.observe(from('org-1'));
    expect(pool.stats().inFlight).toBe(5);
    for (const lease of out) {
      lease.settle({ outputTokens: 7 });
      lease.release();
      lease.release();
    }
    expect(pool.stats().inFlight).toBe(0);
    expect(pool.keys().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    expect(pool.keys().map(({ load }) => load)).toEqual([0, 0]);
  });

  it('has only four in flight until calls of keys not yet placed came back', () => {
    const { pool } = aPoolOf(2);
    const [a, b] = [take(pool, 'a'), take(pool, 'b')];
    answer(a, 'org-1', 48);
    for (let index = 0; index < 4; index += 1) take(pool, 'a');
    expect(pool.tryAcquire({ key: 'a' })).toBeUndefined();
    answer(b, 'org-1', 48);
    expect(pool.tryAcquire({ key: 'a' })).toBeDefined();
  });

  it('is overrun by four calls at most of a key that makes its first calls later', () => {
    const { pool } = aPoolOf(2);
    answer(take(pool, 'a'), 'org-1', 49);
    expect(drain(pool).length).toBeLessThanOrEqual(49 + 4);
  });

  it('tells the classes of models apart', () => {
    const { pool } = aPoolOf(1);
    const lease = pool.tryAcquire({ model: 'claude-opus-4-1' });
    if (lease !== undefined) answer(lease, 'org-1', 0);
    expect(pool.tryAcquire({ model: 'claude-opus-4-5' })).toBeUndefined();
    expect(pool.tryAcquire({ model: 'claude-sonnet-4-5' })).toBeDefined();
  });

  it('welcomes a key that is added later', () => {
    const { pool } = aPoolOf(1);
    answer(take(pool, 'a'), 'org-1', 0);
    pool.addKey({ id: 'z', secret: 'secret-of-z' });
    answer(take(pool, 'z'), 'org-1');
    expect(groupsOf(pool)).toEqual(['a:org-1', 'z:org-1']);
    expect(pool.tryAcquire()).toBeUndefined();
  });

  it('does not bring back a key that was removed', () => {
    const { pool } = aPoolOf(2);
    const late = take(pool, 'b');
    answer(take(pool, 'a'), 'org-1', 49);
    void pool.removeKey('b', { drain: false });
    answer(late, 'org-1', 48);
    expect(drain(pool).map(({ id }) => id)).not.toContain('b');
  });

  it('loses no key when another of its keys moves to another organisation', () => {
    const { pool } = aPoolOf(3);
    for (const [id, organisation] of [
      ['a', 'org-1'],
      ['b', 'org-1'],
      ['c', 'org-2'],
      ['b', 'org-2'],
    ] as const) {
      answer(take(pool, id), organisation);
    }
    expect(pool.tryAcquire({ key: 'a' })).toBeDefined();
  });

  it('keeps the stated rest of a key that joins it', () => {
    const { pool } = aPoolOf(2);
    answer(take(pool, 'a'), 'org-1', 49);
    const [first, second] = [take(pool, 'b'), take(pool, 'b')];
    first.observe({ status: 429, headers: { 'retry-after': '60' } });
    answer(second, 'org-1', 48);
    expect(pool.tryAcquire()).toBeUndefined();
  });
});

it('goes on with the keys that are left when it was the turn of one that left', async () => {
  const { pool } = aPool({ keys: keys(3, { group: 'g', limits: perMinute(100) }) });
  for (let call = 0; call < 2; call += 1) pool.tryAcquire()?.release();
  await pool.removeKey('b');
  await pool.removeKey('c');
  expect(pool.tryAcquire()?.id).toBe('a');
});
