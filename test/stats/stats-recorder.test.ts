import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../../src/stats/call-record.js';
import type { StatsRecorderOptions } from '../../src/stats/options.js';
import { StatsRecorder } from '../../src/stats/stats-recorder.js';
import { aCall, aFailure, aRecorder, START, sumOf } from './a-recorder.js';

describe('a snapshot', () => {
  it('counts per key and per host', () => {
    const { recorder } = aRecorder();
    recorder.record(aCall());
    recorder.record(aFailure());
    recorder.record(aCall({ id: 'b', host: 'eu.example.com' }));
    const { hosts, keys } = recorder.snapshot();
    expect(hosts.map(({ host, requests }) => [host, requests])).toEqual([
      ['eu.example.com', 1],
      ['api.example.com', 2],
    ]);
    expect(keys[1]).toMatchObject({ id: 'a', group: 'group-a', host: 'api.example.com' });
    expect(keys[1]).toMatchObject({ requests: 2, ok: 1, failures: 1, unobserved: 0 });
    expect(keys[1]?.byClass).toMatchObject({ ok: 1, rate_limited: 1, overloaded: 0 });
    expect(keys[1]?.byStatus).toEqual({ 200: 1, 429: 1 });
  });

  it('tells calls that nobody observed from good ones and failures', () => {
    const { recorder } = aRecorder();
    recorder.record(aCall({ class: undefined, status: undefined }));
    const [key] = recorder.snapshot().keys;
    expect(key).toMatchObject({ requests: 1, ok: 0, failures: 0, unobserved: 1, byStatus: {} });
    expect(key?.latency.count).toBe(1);
  });

  it('measures failures apart from all calls', () => {
    const { recorder } = aRecorder();
    recorder.record(aCall({ ms: 1_000 }));
    recorder.record(aFailure({ ms: 10 }));
    const [key] = recorder.snapshot().keys;
    expect(key?.latency).toMatchObject({ count: 2, meanMs: 505, maxMs: 1_000 });
    expect(key?.failureLatency).toMatchObject({ count: 1, meanMs: 10, maxMs: 10, p99Ms: 10 });
  });

  it('tells when a key was first and last used, and its last error', () => {
    const { recorder } = aRecorder();
    recorder.record(aFailure({ at: START + 5, message: 'Too many', modelClass: 'large' }));
    recorder.record(aFailure({ at: START + 2, class: 'overloaded', status: 529 }));
    recorder.record(aCall({ at: START + 9 }));
    const [key] = recorder.snapshot().keys;
    expect(key).toMatchObject({ firstAt: START + 2, lastUsedAt: START + 9 });
    const lastError = { class: 'rate_limited', status: 429, modelClass: 'large' };
    expect(key?.lastError).toEqual({ ...lastError, message: 'Too many', at: START + 5 });
  });

  it('has the latest group of a key, which may be found out late', () => {
    const { recorder } = aRecorder();
    recorder.record(aCall({ group: 'a' }));
    recorder.record(aCall({ group: 'organisation' }));
    expect(recorder.snapshot().keys).toMatchObject([{ group: 'organisation', requests: 2 }]);
  });

  it('keeps keys of one name on two hosts apart', () => {
    const { recorder } = aRecorder();
    recorder.record(aCall({ id: 'key-1', host: 'one' }));
    recorder.record(aCall({ id: 'key-1', host: 'two' }));
    expect(recorder.snapshot().keys.map(({ requests }) => requests)).toEqual([1, 1]);
  });

  it('is plain, frozen data that later calls leave alone', () => {
    const { recorder } = aRecorder();
    recorder.record(aFailure({ message: 'no' }));
    const before = recorder.snapshot();
    const copy = structuredClone(before);
    recorder.record(aFailure());
    expect(before).toEqual(copy);
    expect(JSON.parse(JSON.stringify(before))).toEqual(copy);
    expectFrozen(before);
  });

  it('is the same whether the sink took everything, something or nothing', async () => {
    const { recorder, clock, sink } = aRecorder();
    recorder.record(aCall({ ms: 5 }));
    await recorder.flush();
    sink.behaviour = ['hang'];
    recorder.record(aFailure({ ms: 50 }));
    const hanging = recorder.flush();
    await clock.advance(0);
    recorder.record(aCall({ ms: 500 }));
    const [key] = recorder.snapshot().keys;
    expect(key).toMatchObject({ requests: 3, latency: { count: 3, meanMs: 185 } });
    sink.answer();
    await hanging;
    expect(recorder.snapshot().keys[0]).toEqual(key);
  });
});

describe('a key too many', () => {
  it('gives the counts of the least recently used one to `others`', () => {
    const { recorder } = aRecorder({ maxKeys: 2 });
    for (const id of ['a', 'b', 'a', 'c']) recorder.record(aCall({ id }));
    const { keys } = recorder.snapshot();
    expect(keys.map(({ id, requests }) => [id, requests])).toEqual([
      ['c', 1],
      ['a', 2],
      ['others', 1],
    ]);
    expect(keys.at(-1)).toMatchObject({ group: 'others', host: 'others' });
  });

  it('loses no count, in keys, hosts or batches', async () => {
    const { recorder, sink } = aRecorder({ maxKeys: 3 });
    for (let index = 0; index < 1_000; index += 1) {
      recorder.record(aCall({ id: `key-${index % 7}`, host: `host-${index % 5}` }));
      if (index % 100 === 0) await recorder.flush();
    }
    await recorder.flush();
    const { hosts, keys } = recorder.snapshot();
    expect([hosts.length, keys.length]).toEqual([4, 4]);
    expect(sumOf(hosts.map(({ requests }) => requests))).toBe(1_000);
    expect(sumOf(keys.map(({ requests }) => requests))).toBe(1_000);
    expect(sink.requests()).toBe(1_000);
  });
});

describe('record', () => {
  const throwing = new Proxy(aCall(), {
    get() {
      throw new Error('hostile');
    },
  });
  const nameless = [undefined, null, 7, 'call', {}, [], throwing, { id: 'a' }, { host: 'h' }];
  const odd: Record<string, unknown>[] = [
    { class: '__proto__' },
    { class: 'toString' },
    { class: Symbol('ok') },
    { status: 99 },
    { status: 600 },
    { status: 200.5 },
    { status: Number.NaN },
    { status: '200' },
    { ms: Number.NaN },
    { ms: -5 },
    { ms: Infinity },
    { ms: '7' },
    { ms: 1e308 },
    { ms: undefined },
    { at: Number.NaN },
    { at: 'now' },
    { group: undefined },
    { class: 'overloaded', message: {} },
    { class: 'overloaded', message: 'x'.repeat(1e6), modelClass: 3 },
    { id: '__proto__', host: 'constructor' },
    { id: '', host: '' },
  ];

  it('never throws, whatever it is given', () => {
    const { recorder } = aRecorder();
    for (const call of nameless) expect(recorder.record(call as CallRecord)).toBeUndefined();
    expect(recorder.snapshot()).toEqual({ hosts: [], keys: [] });
    for (const call of odd) recorder.record({ ...aCall(), ...call } as CallRecord);
    const { keys } = recorder.snapshot();
    expect(sumOf(keys.map(({ requests }) => requests))).toBe(odd.length);
  });

  it('counts what is sound of an odd call', () => {
    const { recorder } = aRecorder();
    recorder.record(aCall({ status: 1_000, ms: Number.NaN, at: Number.NaN }));
    recorder.record(aCall({ ms: -5 }));
    const [key] = recorder.snapshot().keys;
    expect(key).toMatchObject({ requests: 2, byStatus: { 200: 1 }, lastUsedAt: START });
    expect(key?.latency).toMatchObject({ count: 1, maxMs: 0 });
  });

  it('keeps 500 characters of a message', () => {
    const { recorder } = aRecorder();
    recorder.record(aFailure({ message: 'x'.repeat(10_000) }));
    expect(recorder.snapshot().keys[0]?.lastError?.message).toHaveLength(500);
  });
});

describe('options', () => {
  const bad: [path: string, options: unknown][] = [
    ['options', null],
    ['options.maxKey', { maxKey: 5 }],
    ['sink', { sink: 'console' }],
    ['flushEveryMs', { flushEveryMs: 0 }],
    ['flushEveryMs', { flushEveryMs: '10s' }],
    ['maxKeys', { maxKeys: 0 }],
    ['maxKeys', { maxKeys: Infinity }],
    ['closeTimeoutMs', { closeTimeoutMs: -1 }],
    ['clock.setTimer', { clock: { now: () => 0 } }],
    ['logger.warn', { logger: { debug() {}, info() {} } }],
  ];

  it.each(bad)('that are wrong are named: %s', (path, options) => {
    expect(() => new StatsRecorder(options as StatsRecorderOptions)).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION', path }),
    );
  });

  it('may all be left out', () => {
    const recorder = new StatsRecorder();
    recorder.record(aCall());
    expect(recorder.snapshot().keys).toHaveLength(1);
  });
});

function expectFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  expect(Object.isFrozen(value)).toBe(true);
  for (const each of Object.values(value)) expectFrozen(each);
}
