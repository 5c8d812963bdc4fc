import {
  type AcquireRequest,
  type Clock,
  type KeyOptions,
  KeyPool,
  type Lease,
  type Limits,
  type Selector,
  type Usage,
} from 'keypool';
import { type Crowd, ENDLESS, each, isExhausted } from './crowd.js';
import type { Operate } from './timed.js';

export interface PoolOptions extends Crowd {
  readonly selector: () => Selector;
  /** @defaultValue one, of requests */
  readonly limits?: Limits;
  /** What else key number `index` is told. @defaultValue nothing */
  readonly keyOptions?: ((index: number) => Partial<KeyOptions>) | undefined;
  readonly clock?: Clock;
}

/** What is asked for, and what it turns out to have cost. */
export interface Work {
  readonly request?: AcquireRequest;
  readonly usage?: Usage;
}

const HOUR = 3_600_000;
const endless = { limit: ENDLESS, windowMs: 60_000 };

export const fourLimits: Limits = {
  requests: endless,
  tokens: endless,
  inputTokens: endless,
  outputTokens: endless,
};
export const fourCosts: Work = {
  request: { inputTokens: 1_000, outputTokens: 500 },
  usage: { inputTokens: 1_100, outputTokens: 200, tokens: 1_300 },
};

/** A pool whose exhausted keys have used their limit up. */
export function openPool({ limits = { requests: endless }, ...options }: PoolOptions): KeyPool {
  const { selector, keyOptions, clock } = options;
  const pool = new KeyPool({
    keys: each(options, (index) => ({
      id: `key-${index}`,
      secret: `sk-${index}`,
      limits: isExhausted(index, options) ? { requests: { limit: 1, windowMs: HOUR } } : limits,
      ...keyOptions?.(index),
    })),
    selector: selector(),
    ...(clock === undefined ? {} : { clock }),
  });
  for (let index = 0; index < options.keys; index += 1) {
    if (isExhausted(index, options)) finish(pool.tryAcquire({ key: `key-${index}` }), {});
  }
  return pool;
}

/** tryAcquire, settle, release: the works in turn. */
export function served(pool: KeyPool, works: readonly Work[] = [{}]): Operate {
  let turn = 0;
  return (count) => {
    for (let done = 0; done < count; done += 1) {
      const { request = {}, usage = ONE } = works[turn] ?? {};
      turn = turn + 1 === works.length ? 0 : turn + 1;
      finish(pool.tryAcquire(request), usage);
    }
  };
}

/** A tryAcquire that finds every key exhausted. */
export function refused(pool: KeyPool): Operate {
  return (count) => {
    for (let done = 0; done < count; done += 1) {
      if (pool.tryAcquire() !== undefined) throw new Error('Expected no lease');
    }
  };
}

/** `await acquire()` that need not wait, settle, release. */
export function awaited(pool: KeyPool): Operate {
  return async (count) => {
    for (let done = 0; done < count; done += 1) finish(await pool.acquire(), ONE);
  };
}

export function finish(lease: Lease | undefined, usage: Usage): void {
  if (lease === undefined) throw new Error('Expected a lease');
  lease.settle(usage);
  lease.release();
}

const ONE: Usage = { requests: 1 };
