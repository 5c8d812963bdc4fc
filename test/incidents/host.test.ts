import { describe, expect, it, vi } from 'vitest';
import { aPool, keys, MINUTE, ok, perMinute, START, tooMany } from '../helpers/pool.js';
import { traffic } from './traffic.js';

const HOUR = 3_600_000;
const invalidKey = { status: 401, headers: {}, body: { error: { code: 'invalid_api_key' } } };
const unavailable = { status: 503, headers: {} };

describe('an IP block turns every key 429 and empties the pool (gpt-load#143, gemini-balance#241)', () => {
  const blockedFrom = START + MINUTE;
  const blockedUntil = START + 2 * MINUTE;
  const answer = (_: string, now: number) =>
    now >= blockedFrom && now < blockedUntil ? tooMany() : ok;

  it('rests the host, punishes no key, says so once and goes on within seconds', async () => {
    const { pool, clock } = aPool({ keys: keys(10), limits: perMinute(600) });
    const suspected = vi.fn();
    const recovered = vi.fn();
    pool.on('outageSuspected', suspected);
    pool.on('recovered', recovered);

    await traffic({ pool, clock, everyMs: 200, forMs: MINUTE, latencyMs: 50, answer });
    const during = traffic({ pool, clock, everyMs: 200, forMs: MINUTE, latencyMs: 50, answer });
    const { attempts } = await during;
    expect(suspected).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ class: 'rate_limited', active: 10 }),
    );
    expect(attempts.length).toBeLessThan(40);
    for (const { cooldowns } of pool.keys()) {
      expect(cooldowns.map(({ scope }) => scope)).toContain('host');
    }
    const [first] = pool.explain().keys;
    expect(first?.sentence).toMatch(/^a rests \(rate_limited, every key of this host; .* guess\)/);

    const after = await traffic({
      pool,
      clock,
      everyMs: 200,
      forMs: 2 * MINUTE,
      latencyMs: 50,
      answer,
    });
    expect(recovered).toHaveBeenCalledWith(expect.objectContaining({ scope: 'host' }));
    expect(after.failed).toBe(0);
    expect(after.served).toBeGreaterThan(550);
    expect(pool.stats()).toMatchObject({ keys: 10, ready: 10, exhausted: 0, waiting: 0 });
  });

  it('does not take keys of one organisation for many: their limit may simply be used up', async () => {
    const grouped = keys(10, { group: 'org' });
    const { pool, clock } = aPool({ keys: grouped, limits: perMinute(600) });
    const suspected = vi.fn();
    pool.on('outageSuspected', suspected);
    await traffic({ pool, clock, everyMs: 200, forMs: 3 * MINUTE, answer });
    expect(suspected).not.toHaveBeenCalled();
  });

  it('does not stop one model for the limits of another', async () => {
    const { pool, clock } = aPool({ keys: keys(4), limits: perMinute(600) });
    const suspected = vi.fn();
    pool.on('outageSuspected', suspected);
    const shared = { pool, clock, everyMs: 100, forMs: 2 * MINUTE, latencyMs: 200 };
    const small = { ...shared, request: { model: 'small' }, answer: () => ok };
    const isLimited = (now: number) => now >= START + 10_000;
    const large = {
      ...shared,
      request: { model: 'large', retries: 0, maxWaitMs: 1_000 },
      answer: (_: string, now: number) => (isLimited(now) ? tooMany() : ok),
    };
    const [{ served }] = await Promise.all([traffic(small), traffic(large)]);
    // The last call of all is still on its way.
    expect(served).toBeGreaterThanOrEqual(1_198);
    expect(suspected).not.toHaveBeenCalled();
  });

  it('is asked again at once when the caller says so', async () => {
    const { pool, clock } = aPool({ keys: keys(4), limits: perMinute(600) });
    let isBlocked = false;
    const answer = () => (isBlocked ? tooMany() : ok);
    await traffic({ pool, clock, everyMs: 100, forMs: 5_000, answer });
    isBlocked = true;
    await traffic({ pool, clock, everyMs: 100, forMs: 20_000, answer });
    expect(pool.tryAcquire()).toBeUndefined();
    pool.enable('b');
    expect(pool.explain().keys.find(({ id }) => id === 'b')).toMatchObject({ ready: true });
    expect(pool.tryAcquire()).toBeDefined();
  });

  it('does not take limits that show what is left for an outage', async () => {
    const usedUp = { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0' };
    const { pool, clock } = aPool({ keys: keys(5) });
    const suspected = vi.fn();
    pool.on('outageSuspected', suspected);
    let calls = 0;
    await traffic({
      pool,
      clock,
      everyMs: 100,
      forMs: 5_000,
      answer: () => (++calls > 20 ? { status: 429, headers: usedUp } : ok),
    });
    expect(suspected).not.toHaveBeenCalled();
  });
});

describe('a revoked login server says 401 to every key (OpenHands verify_key, freellmapi#268)', () => {
  const broken = (from: number, until: number) => (_: string, now: number) =>
    now >= from && now < until ? invalidKey : ok;

  it('parks no key for it, and brings back those it took at first', async () => {
    const { pool, clock } = aPool({ keys: keys(8), limits: perMinute(600) });
    const suspected = vi.fn();
    pool.on('outageSuspected', suspected);
    const answer = broken(START + MINUTE, START + 3 * MINUTE);
    await traffic({ pool, clock, everyMs: 250, forMs: 2 * MINUTE, answer });
    expect(suspected).toHaveBeenCalledOnce();
    expect(pool.stats()).toMatchObject({ exhausted: 0, cooling: 8 });
    await traffic({ pool, clock, everyMs: 250, forMs: 3 * MINUTE, answer });
    expect(pool.stats()).toMatchObject({ exhausted: 0, ready: 8 });
  });

  it('believes it in the end, one key at a time', async () => {
    const { pool, clock } = aPool({ keys: keys(4), limits: perMinute(600) });
    const answer = broken(START + MINUTE, Infinity);
    await traffic({ pool, clock, everyMs: 500, forMs: 9 * MINUTE, answer });
    expect(pool.stats().exhausted).toBe(0);
    await traffic({ pool, clock, everyMs: 5_000, forMs: 2 * HOUR, answer });
    expect(pool.stats().exhausted).toBe(4);
  });

  it('loses half of the keys a minute at the most, whatever the answers say', async () => {
    const { pool, clock } = aPool({ keys: keys(8), limits: perMinute(600) });
    const dead = new Set<string>();
    const answer = (id: string) => (dead.has(id) ? invalidKey : ok);
    await traffic({ pool, clock, everyMs: 100, forMs: MINUTE, answer });
    // One after the other, with good answers between: no outage by any rule.
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      dead.add(id);
      await traffic({ pool, clock, everyMs: 100, forMs: 4_000, answer });
    }
    expect(pool.stats().exhausted).toBe(4);
    expect(pool.explain().keys.filter(({ reason }) => reason === 'exhausted')).toHaveLength(4);
    await traffic({ pool, clock, everyMs: 100, forMs: 4 * MINUTE, answer });
    expect(pool.stats()).toMatchObject({ exhausted: 7, ready: 1 });
  });

  it('finds out that it is the keys, once one that works has shown that the host does', async () => {
    const { pool, clock } = aPool({ keys: keys(8), limits: perMinute(600) });
    let isCancelled = false;
    const answer = (id: string) => (isCancelled && id !== 'h' ? invalidKey : ok);
    await traffic({ pool, clock, everyMs: 100, forMs: MINUTE, answer });
    isCancelled = true;
    const suspected = vi.fn();
    pool.on('outageSuspected', suspected);
    await traffic({ pool, clock, everyMs: 500, forMs: 10 * MINUTE, answer });
    expect(suspected).toHaveBeenCalledOnce();
    expect(pool.stats()).toMatchObject({ exhausted: 7, ready: 1 });
  });
});

describe('the provider answers 503 for a minute (gpt-load#278, gpt-load#361, new-api#4100)', () => {
  const answer = (_: string, now: number) =>
    now >= START + 10_000 && now < START + 70_000 ? unavailable : ok;

  it('blacklists no key, asks seldom, and serves all who can wait', async () => {
    const { pool, clock } = aPool({ keys: keys(5), limits: perMinute(6_000) });
    const request = { retries: 20 };
    const everyMs = 100;
    const seen = await traffic({
      pool,
      clock,
      everyMs,
      forMs: 60_000,
      latencyMs: 20,
      request,
      answer,
    });
    expect(pool.stats()).toMatchObject({ exhausted: 0, keys: 5 });
    expect(seen.attempts.filter(({ status }) => status === 503).length).toBeLessThan(30);
    for (const { reason, sentence } of pool.explain().keys) {
      expect(reason).toBe('cooling');
      expect(sentence).toContain('every key of this host');
    }
    const later = await traffic({
      pool,
      clock,
      everyMs,
      forMs: 90_000,
      latencyMs: 20,
      request,
      answer,
    });
    expect(seen.failed + later.failed).toBe(0);
    expect(seen.served + later.served).toBe(1_500);
    expect(pool.stats()).toMatchObject({ ready: 5, waiting: 0 });
  });

  it('does not stampede on the host that has just recovered', async () => {
    const { pool, clock } = aPool({ keys: keys(5), limits: perMinute(6_000) });
    const latencyMs = 1_000;
    const request = { retries: 20 };
    let inFlight = 0;
    const mostAt: [at: number, inFlight: number][] = [];
    const counted = (id: string, now: number) => {
      inFlight -= 1;
      return answer(id, now);
    };
    pool.on('leased', () => {
      inFlight += 1;
      mostAt.push([clock.now(), inFlight]);
    });
    await traffic({ pool, clock, everyMs: 50, forMs: 69_000, latencyMs, request, answer: counted });
    await clock.advance(60_000);
    const recovered = mostAt.filter(([at]) => at > START + 70_000);
    const start = recovered[0]?.[0] ?? 0;
    const most = (fromMs: number, toMs: number) =>
      Math.max(
        ...recovered.filter(([at]) => at >= start + fromMs && at < start + toMs).map(([, n]) => n),
      );
    expect(most(0, 1_000)).toBe(1);
    expect(most(1_000, 2_000)).toBeLessThanOrEqual(2);
    expect(most(2_000, 3_000)).toBeLessThanOrEqual(4);
    expect(most(3_000, 4_000)).toBeLessThanOrEqual(8);
  });
});
