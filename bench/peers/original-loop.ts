import { choosing } from '../choosing.js';
import { type Crowd, ENDLESS, each, isExhausted } from '../crowd.js';
import { newId, newSecret } from '../secrets.js';
import type { Operate } from '../timed.js';

/** The loop of the Go relay this library comes from, under its selector `round_robin`. */
export function roundRobin(crowd: Crowd): Operate {
  let turn = 0;
  return looping(crowd, (candidates) => {
    const chosen = candidates[turn % candidates.length];
    turn += 1;
    return chosen;
  });
}

/** The same under `least_loaded`: of all candidates the one with the most capacity left. */
export function leastLoaded(crowd: Crowd): Operate {
  return looping(crowd, (candidates) => {
    let best: OriginalKey | undefined;
    let most = -1;
    for (const key of candidates) {
      const capacity = key.capacity();
      if (capacity <= most) continue;
      best = key;
      most = capacity;
    }
    return best;
  });
}

/** What its pool of keys holds, three limits each: it knows none of tokens in and out together. */
export function hold(keys: number): unknown {
  const held = each({ keys }, (index) => new OriginalKey(index, ENDLESS, 60_000));
  for (const key of held) key.allow();
  return new Map(held.map((key) => [key.id, key]));
}

type Select = (candidates: readonly OriginalKey[]) => OriginalKey | undefined;

/**
 * GetKey: asks the selector, then the chosen key's limiter; a key that refuses is no candidate any
 * more, and the selector is asked again. Nothing is given back.
 */
function looping(crowd: Crowd, select: Select): Operate {
  const keys = each(crowd, (index) => {
    const key = new OriginalKey(index, ENDLESS, 60_000);
    // MarkKeyExhausted, as after a 429: of its two ways to be passed by the cheaper.
    if (isExhausted(index, crowd)) key.coolingUntil = Date.now() + 3_600_000;
    return key;
  });
  const getKey = () => {
    const now = Date.now();
    let candidates = keys.filter((key) => key.coolingUntil <= now);
    while (candidates.length > 0) {
      const chosen = select(candidates);
      if (chosen?.allow() === true) return true;
      candidates = candidates.filter((key) => key !== chosen);
    }
    return false;
  };
  return choosing(getKey, crowd);
}

/** A key with its token buckets: requests, input tokens and output tokens a minute. */
class OriginalKey {
  readonly id: string;
  readonly secret = newSecret();
  coolingUntil = 0;
  readonly #requests: OriginalBucket;
  readonly #inputTokens: OriginalBucket;
  readonly #outputTokens: OriginalBucket;

  constructor(index: number, limit: number, windowMs: number) {
    this.id = newId(index);
    this.#requests = new OriginalBucket(limit, windowMs);
    this.#inputTokens = new OriginalBucket(limit, windowMs);
    this.#outputTokens = new OriginalBucket(limit, windowMs);
  }

  /** Whether the limiter lets a request pass. Tokens it never takes. */
  allow(): boolean {
    return this.#requests.take(Date.now());
  }

  /** How much is left, 0 to 1, over the three limits. */
  capacity(): number {
    const now = Date.now();
    const tokens = this.#inputTokens.left(now) + this.#outputTokens.left(now);
    return (this.#requests.left(now) + tokens) / 3;
  }
}

class OriginalBucket {
  readonly #limit: number;
  readonly #perMs: number;
  #level: number;
  #filledAt = Date.now();

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#perMs = limit / windowMs;
    this.#level = limit;
  }

  take(now: number): boolean {
    this.#fill(now);
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }

  left(now: number): number {
    this.#fill(now);
    return this.#level / this.#limit;
  }

  #fill(now: number): void {
    this.#level = Math.min(this.#limit, this.#level + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }
}
