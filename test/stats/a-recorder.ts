import type { CallRecord } from '../../src/stats/call-record.js';
import type { StatsBatch } from '../../src/stats/call-stats.js';
import type { StatsRecorderOptions } from '../../src/stats/options.js';
import { StatsRecorder } from '../../src/stats/stats-recorder.js';
import { FakeClock } from '../../src/testing/fake-clock.js';

export const START = Date.UTC(2026, 0, 1);

/** A call of key `a` that went well, unless told otherwise. */
export const aCall = (call: Partial<CallRecord> = {}): CallRecord => ({
  id: 'a',
  group: 'group-a',
  host: 'api.example.com',
  class: 'ok',
  status: 200,
  ms: 100,
  at: START,
  ...call,
});

export const aFailure = (call: Partial<CallRecord> = {}): CallRecord =>
  aCall({ class: 'rate_limited', status: 429, ...call });

class LogBook {
  readonly lines: { level: string; details: object; message: string }[] = [];
  readonly debug = this.#level('debug');
  readonly info = this.#level('info');
  readonly warn = this.#level('warn');
  readonly error = this.#level('error');

  levels(): string[] {
    return this.lines.map(({ level }) => level);
  }

  #level(level: string) {
    return (details: object, message: string): void => {
      this.lines.push({ level, details, message });
    };
  }
}

/** Takes batches, or does with each call whatever is next in `behaviour`. */
class FakeSink {
  readonly taken: StatsBatch[] = [];
  calls = 0;
  behaviour: ('throw' | 'reject' | 'hang')[] = [];
  readonly #hanging: { resolve(): void; reject(error: Error): void }[] = [];

  readonly take = (batch: StatsBatch): Promise<void> | void => {
    this.calls += 1;
    const behaviour = this.behaviour.shift();
    if (behaviour === 'throw') throw new Error('disk full');
    if (behaviour === 'reject') return Promise.reject(new Error('connection lost'));
    if (behaviour === undefined) {
      this.taken.push(batch);
      return;
    }
    return new Promise((resolve, reject) => {
      const take = () => {
        this.taken.push(batch);
        resolve();
      };
      this.#hanging.push({ resolve: take, reject });
    });
  };

  get hanging(): number {
    return this.#hanging.length;
  }

  /** What hangs is taken after all. */
  answer(): void {
    for (const { resolve } of this.#hanging.splice(0)) resolve();
  }

  /** What hangs fails after all. */
  refuse(): void {
    for (const { reject } of this.#hanging.splice(0)) reject(new Error('timed out'));
  }

  requests(): number {
    return sumOf(this.taken.flatMap(({ keys }) => keys.map(({ requests }) => requests)));
  }
}

export const sumOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0);

export function aRecorder(options: StatsRecorderOptions = {}) {
  const clock = new FakeClock(START);
  const logger = new LogBook();
  const sink = new FakeSink();
  const recorder = new StatsRecorder({ clock, logger, sink: sink.take, ...options });
  return { recorder, clock, logger, sink };
}
