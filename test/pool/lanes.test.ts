import { expect, it } from 'vitest';
import { aPool, keys, MINUTE, perMinute, tooMany } from '../helpers/pool.js';

const HOUR = 60 * MINUTE;

/** The model classes of which the pool knows anything. */
const known = (pool: ReturnType<typeof aPool>['pool']): readonly string[] =>
  Object.keys(pool.keys()[0]?.limits ?? {});

/** Calls models that nobody called before. */
function callModels(
  pool: ReturnType<typeof aPool>['pool'],
  count: number,
  prefix = 'made-up',
): void {
  for (let index = 0; index < count; index += 1) {
    pool.tryAcquire({ model: `${prefix}-${index}` })?.release();
  }
}

it('forgets models that nobody calls any more, once there are many', async () => {
  const { pool, clock } = aPool({ keys: keys(2), limits: perMinute(100) });
  callModels(pool, 100);
  expect(known(pool)).toHaveLength(100);
  await clock.advance(HOUR + MINUTE);
  callModels(pool, 1, 'new');
  expect(known(pool).length).toBeLessThan(5);
});

it('keeps a few models, however long nobody called them', async () => {
  const { pool, clock } = aPool({ keys: keys(1), limits: perMinute(100) });
  callModels(pool, 10);
  await clock.advance(24 * HOUR);
  callModels(pool, 1, 'new');
  expect(known(pool)).toHaveLength(11);
});

it('forgets no model with a lease out, a caller waiting, a rest, or a limit in use', async () => {
  const { pool, clock } = aPool({
    keys: keys(1, { modelLimits: { daily: { requests: { limit: 1, windowMs: 24 * HOUR } } } }),
    limits: { ...perMinute(100), concurrency: 2 },
    leaseTtlMs: 100 * HOUR,
  });
  const held = pool.tryAcquire({ model: 'held' });
  const first = pool.tryAcquire({ model: 'waited' });
  pool.tryAcquire({ model: 'waited' });
  const waiter = pool.acquire({ model: 'waited' });
  pool.tryAcquire({ model: 'daily' })?.release();
  const refused = pool.tryAcquire({ model: 'refused' });
  refused?.observe({ status: 429, headers: { 'retry-after': '7200' } });
  refused?.release();
  callModels(pool, 40);
  await clock.advance(HOUR + MINUTE);
  callModels(pool, 1, 'new');
  expect(known(pool).slice(0, 4)).toEqual(['held', 'waited', 'daily', 'refused']);
  expect(pool.tryAcquire({ model: 'daily' })).toBeUndefined();
  held?.release();
  first?.release();
  expect((await waiter).id).toBe('a');
});

it.each(['key', 'group'] as const)('forgets models whose %s was refused', async (scope) => {
  const failureRules = [{ class: 'rate_limited', scope, statuses: [429] }] as const;
  const { pool, clock } = aPool({ keys: keys(2), limits: perMinute(100), failureRules });
  for (let index = 0; index < 100; index += 1) {
    const lease = pool.tryAcquire({ model: `made-up-${index}` });
    lease?.observe(tooMany());
    lease?.release();
  }
  await clock.advance(HOUR + MINUTE);
  callModels(pool, 1, 'new');
  expect(known(pool).length).toBeLessThan(5);
});
