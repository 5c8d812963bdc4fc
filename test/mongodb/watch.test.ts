import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/core/logger.js';
import { Secret } from '../../src/core/secret.js';
import type { Database, SlotChanges } from '../../src/mongodb/documents.js';
import { SlotWatch } from '../../src/mongodb/watch.js';
import { FakeClock } from '../../src/testing/fake-clock.js';

/** A database of which only the slots are looked at. */
function aWatch(watchSlots?: Database['watchSlots']) {
  const generations: Record<string, number> = { a: 0, b: 3 };
  const clock = new FakeClock();
  const warnings: string[] = [];
  const told: string[] = [];
  const errors: string[] = [];
  const sealed = new Set<string>();
  const failing = { reads: 0 };
  const controller = new AbortController();
  const find = async ({ _id }: { _id?: unknown }) => {
    failing.reads -= 1;
    if (failing.reads >= 0) throw new Error('no primary');
    return Object.entries(generations)
      .map(([id, gen]) => ({ _id: id, gen }))
      .filter((slot) => typeof _id !== 'string' || slot._id === _id);
  };
  const database = {
    hasChangeStreams: watchSlots !== undefined,
    slots: { find },
    watchSlots,
  } as unknown as Database;
  const watch = new SlotWatch({
    database,
    pool: 'p',
    clock,
    logger: {
      ...silentLogger,
      warn: (_, message) => warnings.push(message),
      error: (_, message) => errors.push(message),
    },
    pollMs: 3_000,
    signal: controller.signal,
    open: async ({ _id, gen }) => {
      if (sealed.has(`${_id}:${gen}`)) throw new Error('sealed by a key that is not here yet');
      const secret = new Secret('sk');
      return { id: _id, secret, slot: _id, generation: gen };
    },
    deliver: ({ slot, generation }) => {
      told.push(`${slot}:${generation}`);
      if (told.length === 1) throw new Error('a listener that fails');
    },
  });
  const stop = () => controller.abort();
  return { watch, clock, generations, told, warnings, errors, sealed, failing, stop };
}

/** Changes that the test makes. */
class Stream implements SlotChanges {
  isClosed = false;
  #settle: { resolve(id: string): void; reject(error: unknown): void } | undefined;
  next(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }
  tell(id: string): void {
    this.#settle?.resolve(id);
  }
  fail(error: unknown): void {
    this.#settle?.reject(error);
  }
  async close(): Promise<void> {
    this.isClosed = true;
    this.fail(new Error('closed'));
  }
}

describe('without change streams', () => {
  it('polls, and tells of what grew since it began', async () => {
    const { watch, clock, generations, told, stop } = aWatch();
    await watch.start();
    await clock.advance(3_000);
    expect(told).toEqual([]);
    Object.assign(generations, { a: 1, c: 0 });
    await clock.advance(2_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual(['a:1', 'c:0']);
    stop();
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('with a change stream', () => {
  it('looks when told to, and closes the stream at its end', async () => {
    const stream = new Stream();
    const { watch, clock, generations, told, stop } = aWatch(async () => stream);
    await watch.start();
    Object.assign(generations, { a: 1, b: 4 });
    stream.tell('b');
    await clock.advance(0);
    stream.tell('b');
    await clock.advance(0);
    expect(told).toEqual(['b:4']);
    stop();
    await clock.advance(0);
    expect([stream.isClosed, clock.pendingTimers]).toEqual([true, 0]);
  });

  it('opens another when one ends, and makes up for what it missed', async () => {
    const streams = [new Stream(), new Stream()];
    let opened = 0;
    const { watch, clock, generations, told, stop } = aWatch(async () => {
      opened += 1;
      return streams[opened - 1] ?? Promise.reject(new Error('no more'));
    });
    await watch.start();
    streams[0]?.fail(new Error('reset'));
    generations['a'] = 1;
    await clock.advance(3_000);
    expect([opened, told]).toEqual([2, ['a:1']]);
    stop();
  });

  it('looks again by itself when a read failed, however quiet it stays', async () => {
    const stream = new Stream();
    const { watch, clock, generations, told, failing, stop } = aWatch(async () => stream);
    await watch.start();
    failing.reads = 2;
    generations['a'] = 1;
    stream.tell('a');
    await clock.advance(0);
    expect(told).toEqual([]);
    await clock.advance(6_000);
    expect(told).toEqual(['a:1']);
    stop();
  });

  it('delivers a key once its secret opens, and says only once that it does not', async () => {
    const stream = new Stream();
    const { watch, clock, generations, told, sealed, errors, stop } = aWatch(async () => stream);
    await watch.start();
    sealed.add('a:1');
    generations['a'] = 1;
    stream.tell('a');
    await clock.advance(30_000);
    expect([told, errors]).toEqual([[], ['A stored secret does not open']]);
    sealed.clear();
    await clock.advance(3_000);
    expect(told).toEqual(['a:1']);
    stop();
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([40573, 59])('polls for good when there is none: error %d', async (code) => {
    let tries = 0;
    const { watch, clock, generations, told, warnings, stop } = aWatch(async () => {
      tries += 1;
      throw Object.assign(new Error('only on replica sets'), { code });
    });
    await watch.start();
    for (const gen of [1, 2]) {
      generations['a'] = gen;
      await clock.advance(3_000);
    }
    expect([tries, told]).toEqual([1, ['a:1', 'a:2']]);
    expect(warnings).toEqual(['No change stream of rotations: polling from now on']);
    stop();
  });
});
