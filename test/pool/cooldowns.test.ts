import { describe, expect, it, vi } from 'vitest';
import { aPool, keys, MINUTE, ok, perMinute, START, tooMany } from '../helpers/pool.js';

const HOUR = 3_600_000;
const known = { limits: perMinute(1_000) };

describe('a stated wait', () => {
  it('rests the group for exactly as long as the provider says', async () => {
    const { pool, clock } = aPool({ keys: keys(1), ...known });
    const verdict = pool.tryAcquire()?.observe(tooMany('30'));
    expect(verdict).toMatchObject({ action: 'cooled', failure: { class: 'rate_limited' } });
    expect(pool.earliestAvailability()).toBe(START + 30_000);
    expect(pool.keys()[0]).toMatchObject({
      state: 'cooling',
      cooldowns: [{ scope: 'group-model', until: START + 30_000, source: 'stated' }],
    });
    await clock.advance(29_999);
    expect(pool.tryAcquire()).toBeUndefined();
    await clock.advance(1);
    expect(pool.tryAcquire()).toBeDefined();
  });

  it('is never shortened by an older call', () => {
    const { pool } = aPool({ keys: keys(1), ...known });
    const [first, second] = [pool.tryAcquire(), pool.tryAcquire()];
    first?.observe(tooMany('60'));
    second?.observe(tooMany('5'));
    expect(pool.earliestAvailability()).toBe(START + 60_000);
  });

  it('rests one model class only', () => {
    const { pool } = aPool({ keys: keys(1), ...known });
    pool.tryAcquire({ model: 'large' })?.observe(tooMany('60'));
    expect(pool.tryAcquire({ model: 'large' })).toBeUndefined();
    expect(pool.tryAcquire({ model: 'small' })).toBeDefined();
  });

  it('is obeyed for maxStatedWaitMs, then asked about by one call an hour', async () => {
    const { pool, clock } = aPool({ keys: keys(1), ...known });
    const sixDays = 6 * 24 * HOUR;
    pool.tryAcquire()?.observe(tooMany(String(sixDays / 1_000)));
    expect(pool.earliestAvailability()).toBe(START + HOUR);
    await clock.advance(HOUR);
    const probe = pool.tryAcquire();
    expect(probe).toBeDefined();
    expect(pool.tryAcquire()).toBeUndefined();
    probe?.observe(tooMany(String((sixDays - HOUR) / 1_000)));
    probe?.release();
    expect(pool.earliestAvailability()).toBe(START + 2 * HOUR);
    await clock.advance(HOUR);
    const lifted = pool.tryAcquire();
    lifted?.observe(ok);
    lifted?.release();
    expect(pool.tryAcquire()).toBeDefined();
    expect(pool.keys()[0]?.cooldowns).toEqual([]);
  });
});

describe('a guessed wait', () => {
  it('doubles from a second to a minute while calls fail, and ends with one probe', async () => {
    const { pool, clock } = aPool({ keys: keys(1), ...known });
    const waits: number[] = [];
    for (let strike = 0; strike < 8; strike += 1) {
      const probe = pool.tryAcquire();
      if (strike > 0) expect(pool.tryAcquire()).toBeUndefined();
      probe?.observe(tooMany());
      probe?.release();
      const wait = (pool.earliestAvailability() ?? 0) - clock.now();
      waits.push(wait);
      await clock.advance(wait);
    }
    // The jitter of random() = 0.5 takes a tenth off.
    expect(waits).toEqual([900, 1_800, 3_600, 7_200, 14_400, 28_800, 54_000, 54_000]);
  });

  it('takes calls sent before it for one strike, not many', () => {
    const { pool } = aPool({ keys: keys(1), ...known });
    const leases = Array.from({ length: 10 }, () => pool.tryAcquire());
    for (const lease of leases) lease?.observe(tooMany());
    for (const lease of leases) lease?.release();
    expect(pool.earliestAvailability()).toBe(START + 900);
  });

  it('is ended by a good answer to a call sent after it, not by one sent before', async () => {
    const { pool, clock } = aPool({ keys: keys(1), ...known });
    const [early, refused] = [pool.tryAcquire(), pool.tryAcquire()];
    refused?.observe(tooMany());
    await clock.advance(500);
    early?.observe(ok);
    expect(pool.tryAcquire()).toBeUndefined();
    await clock.advance(400);
    const recovered = vi.fn();
    pool.on('recovered', recovered);
    pool.tryAcquire()?.observe(ok);
    expect(recovered).toHaveBeenCalledWith({ id: 'a', group: 'a', scope: 'group-model' });
    expect(pool.tryAcquire()).toBeDefined();
  });

  it('lets another call ask when the probe ends without an answer', async () => {
    const { pool, clock } = aPool({ keys: keys(1), ...known });
    pool.tryAcquire()?.observe(tooMany());
    await clock.advance(900);
    const probe = pool.tryAcquire();
    expect(pool.tryAcquire()).toBeUndefined();
    probe?.release();
    // Not at once: a hundred callers who give up would be a hundred probes.
    expect(pool.tryAcquire()).toBeUndefined();
    await clock.advance(1_000);
    expect(pool.tryAcquire()).toBeDefined();
  });
});

describe('pool.cooldown', () => {
  it('rests one key, by instant or by length, and enable lifts it', () => {
    const { pool } = aPool({ keys: keys(2), ...known });
    const cooled = vi.fn();
    pool.on('cooled', cooled);
    pool.cooldown('a', { untilMs: START + 5_000, reason: 'maintenance' });
    expect(cooled).toHaveBeenCalledWith({
      id: 'a',
      group: 'a',
      scope: 'key',
      until: START + 5_000,
      reason: 'maintenance',
      source: 'stated',
    });
    expect(pool.tryAcquire()?.id).toBe('b');
    expect(pool.tryAcquire({ key: 'a' })).toBeUndefined();
    pool.enable('a');
    expect(pool.tryAcquire({ key: 'a' })).toBeDefined();
  });

  it('rests one key of a group while the others serve', () => {
    const { pool } = aPool({ keys: keys(2, { group: 'org' }), ...known });
    pool.cooldown('a', { forMs: MINUTE });
    expect([pool.tryAcquire()?.id, pool.tryAcquire()?.id]).toEqual(['b', 'b']);
  });

  it('refuses a rest that says neither', () => {
    const { pool } = aPool({ keys: keys(1) });
    expect(() => pool.cooldown('a', {})).toThrow('rest.forMs: expected a finite number');
    expect(() => pool.cooldown('x', { forMs: 1 })).toThrow('No key has the id "x"');
  });
});
