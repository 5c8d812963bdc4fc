import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { choosingLater } from '../choosing.js';
import { type Crowd, ENDLESS, each, isExhausted } from '../crowd.js';
import { newId, newSecret } from '../secrets.js';
import type { Operate } from '../timed.js';

const HOUR_S = 3_600;

/** One limiter for all keys: the first in turn from which a point can be consumed. */
export async function roundRobin(crowd: Crowd): Promise<Operate> {
  const ids = each(crowd, newId);
  const limiter = new RateLimiterMemory({ points: ENDLESS, duration: 60 });
  for (const [index, id] of ids.entries()) {
    if (isExhausted(index, crowd)) await limiter.block(id, HOUR_S);
  }
  let turn = 0;
  const choose = async () => {
    for (let looked = 0; looked < ids.length; looked += 1) {
      const id = ids[turn] ?? '';
      turn = turn + 1 === ids.length ? 0 : turn + 1;
      if (await isConsumed(limiter, id)) return true;
    }
    return false;
  };
  return choosingLater(choose, crowd);
}

/** What a pool of keys holds: for each its strings, and its points in four limiters. */
export async function hold(keys: number): Promise<unknown> {
  const limiters = Array.from(
    { length: 4 },
    (_, index) => new RateLimiterMemory({ points: ENDLESS, duration: 60, keyPrefix: `${index}` }),
  );
  const held = each({ keys }, (index) => ({ id: newId(index), secret: newSecret() }));
  for (const { id } of held) {
    for (const limiter of limiters) await limiter.consume(id);
  }
  return { limiters, held };
}

async function isConsumed(limiter: RateLimiterMemory, id: string): Promise<boolean> {
  try {
    await limiter.consume(id);
    return true;
  } catch (refusal) {
    // A refusal is no Error; anything else is a fault.
    if (refusal instanceof RateLimiterRes) return false;
    throw refusal;
  }
}
