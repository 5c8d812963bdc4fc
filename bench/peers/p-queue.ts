import PQueue from 'p-queue';
import { choosingLater } from '../choosing.js';
import { type Crowd, ENDLESS, each } from '../crowd.js';
import type { Operate } from '../timed.js';

/** A queue for each key, in turn: it cannot be asked whether it would wait. */
export function roundRobin(crowd: Crowd): Operate {
  const queues = each(crowd, () => new PQueue({ interval: 60_000, intervalCap: ENDLESS }));
  let turn = 0;
  const choose = async () => {
    const queue = queues[turn];
    turn = turn + 1 === queues.length ? 0 : turn + 1;
    return (await queue?.add(use)) === true;
  };
  return choosingLater(choose, crowd);
}

/** Enqueues callers and drains the queue, a hundred at a time. `deadline`: each one's, in ms. */
export async function drain(callers: number, deadline?: () => number): Promise<void> {
  const queue = new PQueue({ concurrency: 100 });
  const calls: Promise<unknown>[] = [];
  for (let index = 0; index < callers; index += 1) {
    // Its own `timeout` begins only when the wait is over.
    const options = deadline === undefined ? {} : { signal: AbortSignal.timeout(deadline()) };
    calls.push(queue.add(use, options));
  }
  await Promise.all(calls);
}

const use = () => true;
