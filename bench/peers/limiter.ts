import { RateLimiter } from 'limiter';
import { choosing } from '../choosing.js';
import { type Crowd, ENDLESS, each, isExhausted } from '../crowd.js';
import { newId, newSecret } from '../secrets.js';
import type { Operate } from '../timed.js';

/** A RateLimiter for each key: the first in turn that gives a token. */
export function roundRobin(crowd: Crowd): Operate {
  const limiters = limitersOf(crowd);
  let turn = 0;
  const choose = () => {
    for (let looked = 0; looked < limiters.length; looked += 1) {
      const limiter = limiters[turn];
      turn = turn + 1 === limiters.length ? 0 : turn + 1;
      if (limiter?.tryRemoveTokens(1) === true) return true;
    }
    return false;
  };
  return choosing(choose, crowd);
}

/** The one with the most tokens left. */
export function leastLoaded(crowd: Crowd): Operate {
  const limiters = limitersOf(crowd);
  const choose = () => {
    let best = limiters[0];
    let most = -1;
    for (const limiter of limiters) {
      const left = limiter.getTokensRemaining();
      if (left <= most) continue;
      best = limiter;
      most = left;
    }
    return best?.tryRemoveTokens(1) === true;
  };
  return choosing(choose, crowd);
}

/** What a pool of keys holds: for each its strings and four limits. */
export function hold(keys: number): unknown {
  return each({ keys }, (index) => ({
    id: newId(index),
    secret: newSecret(),
    limiters: Array.from({ length: 4 }, () => {
      const limiter = new RateLimiter({ tokensPerInterval: ENDLESS, interval: 'minute' });
      limiter.tryRemoveTokens(1);
      return limiter;
    }),
  }));
}

function limitersOf(crowd: Crowd): RateLimiter[] {
  return each(crowd, (index) => {
    if (!isExhausted(index, crowd)) {
      return new RateLimiter({ tokensPerInterval: ENDLESS, interval: 'minute' });
    }
    const limiter = new RateLimiter({ tokensPerInterval: 1, interval: 'hour' });
    limiter.tryRemoveTokens(1);
    return limiter;
  });
}
