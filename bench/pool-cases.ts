import {
  type AcquireRequest,
  KeyPool,
  type Lease,
  type Limits,
  type Selector,
  type Usage,
} from 'keypool';
import { whole } from './table.js';

/** Something to measure: `open` makes it ready, what that returns performs `count` operations. */
export interface Case {
  readonly name: string;
  readonly open: () => (count: number) => void | Promise<void>;
}

export interface PoolCase {
  readonly selector: () => Selector;
  readonly keys: number;
  /** Share of the keys that rest for an hour: 0, 0.9 or 1. @defaultValue 0 */
  readonly exhausted?: number;
  /** @defaultValue one, of requests */
  readonly limits?: Limits;
  readonly request?: AcquireRequest;
  readonly usage?: Usage;
}

/** Far above what a run can take. */
const ENDLESS = { limit: 1e15, windowMs: 60_000 };

export const fourLimits: Omit<PoolCase, 'selector' | 'keys'> = {
  limits: { requests: ENDLESS, tokens: ENDLESS, inputTokens: ENDLESS, outputTokens: ENDLESS },
  request: { inputTokens: 1_000, outputTokens: 500 },
  usage: { inputTokens: 1_100, outputTokens: 200, tokens: 1_300 },
};

/** tryAcquire, settle, release. */
export function served(options: PoolCase): Case {
  const { request = {}, usage = { requests: 1 } } = options;
  const open = () => {
    const pool = openPool(options);
    return (count: number) => {
      for (let done = 0; done < count; done += 1) finish(pool.tryAcquire(request), usage);
    };
  };
  return { name: nameOf(options), open };
}

/** A tryAcquire that finds every key exhausted. */
export function refused(options: PoolCase): Case {
  const open = () => {
    const pool = openPool(options);
    return (count: number) => {
      for (let done = 0; done < count; done += 1) {
        if (pool.tryAcquire() !== undefined) throw new Error('Expected no lease');
      }
    };
  };
  return { name: `${nameOf(options)}, refused`, open };
}

/** `await acquire()` that need not wait, settle, release. */
export function awaited(options: PoolCase): Case {
  const { request = {}, usage = { requests: 1 } } = options;
  const open = () => {
    const pool = openPool(options);
    return async (count: number) => {
      for (let done = 0; done < count; done += 1) finish(await pool.acquire(request), usage);
    };
  };
  return { name: `${nameOf(options)}, await acquire`, open };
}

function finish(lease: Lease | undefined, usage: Usage): void {
  if (lease === undefined) throw new Error('Expected a lease');
  lease.settle(usage);
  lease.release();
}

function openPool({ selector, keys, exhausted = 0, limits }: PoolCase): KeyPool {
  const ids = Array.from({ length: keys }, (_, index) => `key-${index}`);
  const pool = new KeyPool({
    keys: ids.map((id) => ({ id, secret: `sk-${id}` })),
    limits: limits ?? { requests: ENDLESS },
    selector: selector(),
  });
  // Spread evenly, as keys of many organisations run out.
  const resting = ids.filter((_, index) => index % 10 >= 10 * (1 - exhausted));
  for (const id of resting) pool.cooldown(id, { forMs: 3_600_000 });
  return pool;
}

function nameOf({ selector, keys, exhausted = 0, limits }: PoolCase): string {
  const shape = `${whole(keys)} ${keys === 1 ? 'key' : 'keys'}, ${100 * exhausted} % exhausted`;
  return `${selector.name}, ${shape}${limits === undefined ? '' : ', four limits'}`;
}
