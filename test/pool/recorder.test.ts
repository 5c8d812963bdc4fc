import { expect, it, vi } from 'vitest';
import { generic } from '../../src/provider/generic.js';
import type { StatsBatch } from '../../src/stats/call-stats.js';
import { StatsRecorder } from '../../src/stats/stats-recorder.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { aPool, keys, ok, perMinute, START, tooMany } from '../helpers/pool.js';

it('counts each call of the pool once, by key and host, with its latency', async () => {
  const clock = new FakeClock(START);
  const recorder = new StatsRecorder({ clock });
  const provider = generic({ origins: ['https://api.acme.example'] });
  const { pool } = aPool({ clock, keys: keys(2), limits: perMinute(60), provider, recorder });

  const answered = pool.tryAcquire({ key: 'a' });
  await clock.advance(250);
  answered?.observe(ok);
  answered?.observe(tooMany());
  await clock.advance(1_000);
  answered?.release();
  pool.tryAcquire({ key: 'b' })?.release();
  const refused = pool.tryAcquire({ key: 'b' });
  refused?.observe({ ...tooMany('60'), body: 'Slow down, sk-live-1234567890abcdef' });
  refused?.release();

  const { hosts, keys: rows } = recorder.snapshot();
  expect(hosts).toMatchObject([
    { host: 'https://api.acme.example', requests: 3, ok: 1, failures: 1, unobserved: 1 },
  ]);
  const [a, b] = ['a', 'b'].map((id) => rows.find((row) => row.id === id));
  expect(a).toMatchObject({ requests: 1, ok: 1, latency: { count: 1, maxMs: 250 } });
  expect(b).toMatchObject({ requests: 2, byStatus: { 429: 1 }, lastError: { status: 429 } });
  expect(JSON.stringify(recorder.snapshot())).not.toContain('1234567890abcdef');
});

it('is flushed when the pool closes, and a failing sink harms nothing', async () => {
  const clock = new FakeClock(START);
  const sink = vi.fn((_: StatsBatch) => Promise.reject(new Error('disk full')));
  const recorder = new StatsRecorder({ clock, sink });
  const { pool } = aPool({ clock, keys: keys(1), recorder });
  const lease = pool.tryAcquire();
  lease?.observe(ok);
  lease?.release();
  await pool.close();
  expect(sink.mock.calls.at(-1)?.[0].keys).toMatchObject([{ id: 'a', requests: 1 }]);
});
