import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailureClass } from '../../src/failure/failure.js';
import type { CallRecord } from '../../src/stats/call-record.js';
import type { CallStats, StatsBatch } from '../../src/stats/call-stats.js';
import { property } from '../helpers/proof.js';
import { aCall, aRecorder, START } from './a-recorder.js';

describe('a sink that fails', () => {
  it.each(['throw', 'reject'] as const)(
    'gets the counts again with the next batch: %s',
    async (how) => {
      const { recorder, clock, sink } = aRecorder({ flushEveryMs: 1_000 });
      sink.behaviour = [how];
      recorder.record(aCall());
      await clock.advance(1_000);
      recorder.record(aCall());
      await clock.advance(1_000);
      expect(sink.taken).toMatchObject([
        { from: START, to: START + 2_000, keys: [{ requests: 2 }] },
      ]);
    },
  );

  it('is asked again also when no call comes', async () => {
    const { recorder, clock, sink } = aRecorder({ flushEveryMs: 1_000 });
    sink.behaviour = ['throw', 'reject', 'throw'];
    recorder.record(aCall());
    await clock.advance(4_000);
    expect([sink.calls, sink.requests(), clock.pendingTimers]).toEqual([4, 1, 0]);
  });

  it('is logged once, and once when it works again', async () => {
    const { recorder, clock, sink, logger } = aRecorder({ flushEveryMs: 1_000 });
    sink.behaviour = ['throw', 'reject', 'throw'];
    recorder.record(aCall());
    await clock.advance(10_000);
    expect(logger.levels()).toEqual(['warn', 'info']);
    expect(logger.lines[1]?.details).toEqual({ refusals: 3 });
    sink.behaviour = ['throw'];
    recorder.record(aCall());
    await clock.advance(10_000);
    expect(logger.levels()).toEqual(['warn', 'info', 'warn', 'info']);
  });

  it('and a logger that throws harm nobody together', async () => {
    const fail = () => {
      throw new Error('no log');
    };
    const logger = { debug: fail, info: fail, warn: fail, error: fail };
    const { recorder, sink } = aRecorder({ logger });
    sink.behaviour = ['throw'];
    recorder.record(aCall());
    await recorder.flush();
    await recorder.flush();
    expect(sink.requests()).toBe(1);
  });
});

describe('a sink that hangs', () => {
  it('gets one batch, and everything since in the next', async () => {
    const { recorder, clock, sink } = aRecorder({ flushEveryMs: 1_000 });
    sink.behaviour = ['hang'];
    for (let second = 0; second < 60; second += 1) {
      recorder.record(aCall());
      await clock.advance(1_000);
    }
    expect([sink.calls, clock.pendingTimers]).toEqual([1, 0]);
    sink.answer();
    await clock.advance(1_000);
    expect(sink.taken.map(({ keys }) => keys[0]?.requests)).toEqual([1, 59]);
  });
});

describe('close', () => {
  it('delivers what is left and leaves no timer', async () => {
    const { recorder, clock, sink } = aRecorder();
    recorder.record(aCall());
    await recorder.close();
    expect([sink.requests(), clock.pendingTimers]).toEqual([1, 0]);
  });

  it('may be called again and again', async () => {
    const { recorder, sink } = aRecorder();
    recorder.record(aCall());
    expect(recorder.close()).toBe(recorder.close());
    await recorder[Symbol.asyncDispose]();
    expect(sink.calls).toBe(1);
  });

  it('lets nothing run afterwards', async () => {
    const { recorder, clock, sink } = aRecorder();
    await recorder.close();
    recorder.record(aCall());
    await recorder.flush();
    await clock.advance(60_000);
    expect([sink.calls, clock.pendingTimers]).toEqual([0, 0]);
    expect(recorder.snapshot().keys).toMatchObject([{ requests: 1 }]);
  });

  it('takes along what came while a batch was on its way', async () => {
    const { recorder, clock, sink } = aRecorder();
    sink.behaviour = ['hang'];
    recorder.record(aCall());
    await clock.advance(10_000);
    recorder.record(aCall());
    const closed = recorder.close();
    await clock.advance(4_000);
    sink.answer();
    await closed;
    expect([sink.calls, sink.requests(), clock.pendingTimers]).toEqual([2, 2, 0]);
  });

  it('tries once more, and says what is lost', async () => {
    const { recorder, clock, sink, logger } = aRecorder();
    sink.behaviour = ['throw'];
    recorder.record(aCall());
    await recorder.close();
    await clock.advance(60_000);
    expect([sink.calls, clock.pendingTimers]).toEqual([1, 0]);
    expect(logger.lines.at(-1)).toMatchObject({ level: 'warn', details: { requests: 1 } });
  });

  it('waits for a hanging sink for so long, whose late answer starts nothing', async () => {
    const { recorder, clock, sink, logger } = aRecorder({ closeTimeoutMs: 300 });
    sink.behaviour = ['throw', 'hang'];
    recorder.record(aCall());
    await recorder.flush();
    let isClosed = false;
    void recorder.close().then(() => {
      isClosed = true;
    });
    await clock.advance(299);
    expect(isClosed).toBe(false);
    await clock.advance(1);
    expect([isClosed, clock.pendingTimers]).toEqual([true, 0]);
    const lines = logger.lines.length;
    recorder.record(aCall());
    sink.answer();
    await clock.advance(60_000);
    await recorder.flush();
    expect([sink.calls, clock.pendingTimers, logger.lines.length]).toEqual([2, 0, lines]);
  });
});

type Step = CallRecord | 'throw' | 'reject' | 'hang' | 'answer' | 'refuse' | 'flush' | 'wait';

const call: fc.Arbitrary<CallRecord> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  group: fc.constant('g'),
  host: fc.constantFrom('one', 'two', 'three'),
  class: fc.constantFrom<FailureClass | undefined>(
    'ok',
    'ok',
    'overloaded',
    'bad_request',
    undefined,
  ),
  status: fc.constantFrom(200, 400, 529, undefined),
  ms: fc.nat(50_000),
  at: fc.nat(1_000).map((ms) => START + ms),
});
const faults = fc.constantFrom<Step>(
  'throw',
  'reject',
  'hang',
  'answer',
  'refuse',
  'flush',
  'wait',
);
const step = fc.oneof({ weight: 3, arbitrary: call as fc.Arbitrary<Step> }, faults);
const steps = fc.array(step, { maxLength: 120, size: 'max' });

/** Everything in it that adds up. */
function totals({ hosts, keys }: Pick<StatsBatch, 'hosts' | 'keys'>): Record<string, number> {
  const sums: Record<string, number> = {};
  const add = (name: string, count: number) => {
    sums[name] = (sums[name] ?? 0) + count;
  };
  const addAll = (of: string, rows: readonly CallStats[]) => {
    for (const row of rows) {
      add(`${of} requests`, row.requests);
      for (const [name, count] of Object.entries(row.byClass)) add(`${of} ${name}`, count);
      for (const [status, count] of Object.entries(row.byStatus)) add(`${of} ${status}`, count);
      for (const kind of ['latency', 'failureLatency'] as const) {
        add(`${of} ${kind}`, row[kind].count);
        add(`${of} ${kind} ms`, row[kind].meanMs * row[kind].count);
      }
    }
  };
  addAll('hosts', hosts);
  addAll('keys', keys);
  return sums;
}

function summed(batches: readonly Pick<StatsBatch, 'hosts' | 'keys'>[]): Record<string, number> {
  const hosts = batches.flatMap((batch) => batch.hosts);
  const keys = batches.flatMap((batch) => batch.keys);
  return rounded(totals({ hosts, keys }));
}

/** Means times counts are whole milliseconds but for the rounding; zeros are as good as absent. */
function rounded(sums: Record<string, number>): Record<string, number> {
  const entries = Object.entries(sums).map(([name, sum]) => [name, Math.round(sum)] as const);
  return Object.fromEntries(entries.filter(([, sum]) => sum !== 0));
}

describe('in any sequence of calls, flushes and faults', () => {
  property(
    'what was delivered and what is pending is all that was recorded, each call once',
    [steps, fc.constantFrom(2, 4, 100)],
    async (life, maxKeys) => {
      const { recorder, clock, sink } = aRecorder({ maxKeys, flushEveryMs: 1_000 });
      const truth = aRecorder({ maxKeys: 100 }).recorder;
      for (const step of life) {
        if (typeof step === 'object') {
          recorder.record(step);
          truth.record(step);
          expect(summed([recorder.snapshot()])).toEqual(summed([truth.snapshot()]));
        } else if (step === 'answer') sink.answer();
        else if (step === 'refuse') sink.refuse();
        else if (step === 'flush') void recorder.flush();
        else if (step === 'wait') await clock.advance(1_000);
        else sink.behaviour.push(step);
        await clock.advance(0);
        expect(sink.hanging).toBeLessThanOrEqual(1);
        expect(clock.pendingTimers).toBeLessThanOrEqual(1);
      }
      expect(summed([recorder.snapshot()])).toEqual(summed([truth.snapshot()]));

      sink.behaviour = [];
      sink.answer();
      await recorder.close();
      expect(summed(sink.taken)).toEqual(summed([truth.snapshot()]));
      expect(clock.pendingTimers).toBe(0);
    },
  );
});
