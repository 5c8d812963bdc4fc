import Bottleneck from 'bottleneck';
import { choosingLater } from '../choosing.js';
import { type Crowd, ENDLESS, each } from '../crowd.js';
import { newId, newSecret } from '../secrets.js';
import type { Operate } from '../timed.js';

/** A limiter for each key, in turn: asking whether it would wait takes another millisecond. */
export function roundRobin(crowd: Crowd): Operate {
  const limiters = each(crowd, newLimiter);
  let turn = 0;
  const choose = async () => {
    const limiter = limiters[turn];
    turn = turn + 1 === limiters.length ? 0 : turn + 1;
    return (await limiter?.schedule(use)) === true;
  };
  return choosingLater(choose, crowd);
}

/** Enqueues callers and drains the queue, a hundred at a time. */
export async function drain(callers: number): Promise<void> {
  const limiter = new Bottleneck({ maxConcurrent: 100 });
  await Promise.all(each({ keys: callers }, () => limiter.schedule(use)));
}

/** What a pool of keys holds: for each its strings and one limit, since it has no more. */
export function hold(keys: number): unknown {
  return each({ keys }, (index) => ({
    id: newId(index),
    secret: newSecret(),
    limiter: newLimiter(),
  }));
}

function newLimiter(): Bottleneck {
  return new Bottleneck({
    reservoir: ENDLESS,
    reservoirRefreshAmount: ENDLESS,
    reservoirRefreshInterval: 60_000,
  });
}

const use = () => Promise.resolve(true);
