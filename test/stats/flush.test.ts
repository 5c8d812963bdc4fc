import { describe, expect, it } from 'vitest';
import { StatsRecorder } from '../../src/stats/stats-recorder.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { aCall, aRecorder, START } from './a-recorder.js';

describe('the timer', () => {
  it('runs only while something is not delivered', async () => {
    const { recorder, clock, sink } = aRecorder();
    expect(clock.pendingTimers).toBe(0);
    recorder.record(aCall());
    recorder.record(aCall());
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(9_999);
    expect(sink.calls).toBe(0);
    await clock.advance(1);
    expect(sink.requests()).toBe(2);
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(60_000);
    expect(sink.calls).toBe(1);
  });

  it('is never set without a sink', async () => {
    const clock = new FakeClock();
    const recorder = new StatsRecorder({ clock });
    recorder.record(aCall());
    await recorder.flush();
    expect(clock.pendingTimers).toBe(0);
    expect(recorder.snapshot().keys).toMatchObject([{ requests: 1 }]);
    await recorder.close();
  });

  it('is not needed after a flush', async () => {
    const { recorder, clock } = aRecorder();
    recorder.record(aCall());
    await recorder.flush();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a batch', () => {
  it('holds what came since the last one, and their stretches join', async () => {
    const { recorder, clock, sink } = aRecorder({ flushEveryMs: 1_000 });
    recorder.record(aCall({ ms: 10 }));
    await clock.advance(1_000);
    recorder.record(aCall({ ms: 30, at: START + 1_000 }));
    await clock.advance(5_000);
    expect(sink.taken).toMatchObject([
      { from: START, to: START + 1_000, keys: [{ requests: 1, latency: { maxMs: 10 } }] },
      { from: START + 1_000, to: START + 2_000, hosts: [{ requests: 1, latency: { meanMs: 30 } }] },
    ]);
    expect(Object.isFrozen(sink.taken[0]?.keys)).toBe(true);
  });

  it('names only keys that were used', async () => {
    const { recorder, sink } = aRecorder();
    recorder.record(aCall());
    await recorder.flush();
    recorder.record(aCall({ id: 'b' }));
    await recorder.flush();
    expect(sink.taken[1]?.keys.map(({ id }) => id)).toEqual(['b']);
  });
});

describe('flush', () => {
  it('calls no sink when there is nothing to deliver', async () => {
    const { recorder, sink } = aRecorder();
    await recorder.flush();
    expect(sink.calls).toBe(0);
  });

  it('delivers also what came while a batch was on its way', async () => {
    const { recorder, clock, sink } = aRecorder();
    sink.behaviour = ['hang'];
    recorder.record(aCall());
    const first = recorder.flush();
    await clock.advance(0);
    recorder.record(aCall());
    const both = Promise.all([recorder.flush(), recorder.flush()]);
    await clock.advance(0);
    expect(sink.calls).toBe(1);
    sink.answer();
    await Promise.all([first, both]);
    expect([sink.calls, sink.requests()]).toEqual([2, 2]);
  });

  it('resolves for everybody when the sink has answered, not before', async () => {
    const { recorder, clock, sink } = aRecorder();
    sink.behaviour = ['hang'];
    recorder.record(aCall());
    let done = 0;
    for (let caller = 0; caller < 3; caller += 1) {
      void recorder.flush().then(() => {
        done += 1;
      });
    }
    await clock.advance(0);
    expect([sink.calls, done]).toEqual([1, 0]);
    sink.answer();
    await clock.advance(0);
    expect([sink.calls, done]).toEqual([1, 3]);
  });

  it('may be called by the sink, which is still asked for one batch at a time', async () => {
    let running = 0;
    let most = 0;
    const recorder = new StatsRecorder({
      clock: new FakeClock(),
      sink: async () => {
        running += 1;
        most = Math.max(most, running);
        void recorder.flush();
        await Promise.resolve();
        running -= 1;
      },
    });
    recorder.record(aCall());
    await recorder.flush();
    expect(most).toBe(1);
  });
});
