import { describe, expectTypeOf, it } from 'vitest';
import type { KEY_NAMES } from '../../src/core/check-key.js';
import {
  type AcquireRequest,
  type CostExceedsLimitError,
  type Dimension,
  type Explanation,
  type ExplanationReason,
  type FailureClass,
  type InvalidOptionError,
  isKeyPoolError,
  type KeyOptions,
  KeyPool,
  type KeyPoolError,
  type KeyPoolErrorCode,
  type KeyPoolOptions,
  type KeyView,
  type Lease,
  type Limits,
  leastLoaded,
  type PoolEvents,
  type PoolStats,
  QuotaLimiter,
  type Secret,
  type Selector,
  systemClock,
  type Verdict,
} from '../../src/index.js';

declare const pool: KeyPool;
declare const lease: Lease;

describe('KeyPool', () => {
  it('gives a lease or undefined at once, and a promise of one to callers that wait', () => {
    expectTypeOf(pool.tryAcquire).returns.toEqualTypeOf<Lease | undefined>();
    expectTypeOf(pool.acquire).returns.toEqualTypeOf<Promise<Lease>>();
    expectTypeOf(pool.tryAcquire).parameter(0).toEqualTypeOf<AcquireRequest | undefined>();
  });

  it('infers the result of run from what is called, synchronous or not', () => {
    expectTypeOf(pool.run({}, () => 5)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(pool.run({}, async ({ secret }) => secret.reveal())).toEqualTypeOf<
      Promise<string>
    >();
    expectTypeOf(pool.run({ retries: 1 }, () => fetch('https://x.test'))).toEqualTypeOf<
      Promise<Response>
    >();
  });

  it('knows the payload of each event', () => {
    pool.on('leased', (payload) => expectTypeOf(payload).toEqualTypeOf<PoolEvents['leased']>());
    pool.on('groupSuspected', ({ groups }) =>
      expectTypeOf(groups).toEqualTypeOf<readonly string[]>(),
    );
    pool.on('limitsLearned', ({ limits }) =>
      expectTypeOf<keyof typeof limits>().toEqualTypeOf<Dimension>(),
    );
    expectTypeOf(pool.on('cooled', () => {})).toEqualTypeOf<() => void>();
    // @ts-expect-error no such event
    pool.on('exploded', () => {});
  });

  it('shows frozen views and plain numbers', () => {
    expectTypeOf(pool.keys()).toEqualTypeOf<readonly KeyView[]>();
    expectTypeOf(pool.stats()).toEqualTypeOf<PoolStats>();
    expectTypeOf(pool.explain()).toEqualTypeOf<Explanation>();
    expectTypeOf(pool.earliestAvailability()).toEqualTypeOf<number | undefined>();
    expectTypeOf<KeyView>().not.toHaveProperty('secret');
    // @ts-expect-error read-only
    pool.stats().keys = 1;
  });

  it('can be disposed of', () => {
    expectTypeOf(pool).toExtend<AsyncDisposable>();
    expectTypeOf(lease).toExtend<Disposable>();
  });
});

describe('options', () => {
  it('are all optional', () => {
    expectTypeOf<Record<never, never>>().toExtend<KeyPoolOptions>();
    expectTypeOf(KeyPool).constructorParameters.toEqualTypeOf<[options?: KeyPoolOptions]>();
  });

  it('take limits of known dimensions only', () => {
    expectTypeOf<keyof Limits>().toEqualTypeOf<Dimension | 'concurrency'>();
    const rate = { limit: 1, windowMs: 1 };
    expectTypeOf({ limits: { outputTokens: rate } }).toExtend<KeyPoolOptions>();
    // @ts-expect-error no such dimension
    new KeyPool({ limits: { images: rate } });
    // @ts-expect-error no such kind
    new KeyPool({ limits: { requests: { ...rate, kind: 'leaky' } } });
    // @ts-expect-error a key needs a secret
    new KeyPool({ keys: [{ id: 'a' }] });
  });

  it('take a selector, a clock and nothing made up', () => {
    expectTypeOf(leastLoaded()).toEqualTypeOf<Selector>();
    new KeyPool({ selector: leastLoaded(), clock: systemClock });
    // @ts-expect-error no such option
    new KeyPool({ selektor: leastLoaded() });
  });
});

describe('a lease', () => {
  it('tells what a response meant', () => {
    expectTypeOf(lease.observe).returns.toEqualTypeOf<Verdict>();
    expectTypeOf<Verdict['failure']['class']>().toEqualTypeOf<FailureClass>();
    expectTypeOf<Response>().toExtend<Parameters<Lease['observe']>[0]>();
    expectTypeOf({ status: 200, headers: { date: 'x' } }).toExtend<
      Parameters<Lease['observe']>[0]
    >();
  });

  it('holds a secret, not a string', () => {
    expectTypeOf(lease.secret).toEqualTypeOf<Secret>();
    expectTypeOf(lease.secret).not.toExtend<string>();
    // @ts-expect-error read-only
    lease.id = 'b';
  });

  it('settles by dimension', () => {
    lease.settle({ inputTokens: 1, outputTokens: 2 });
    // @ts-expect-error no such dimension
    lease.settle({ images: 1 });
  });
});

describe('errors', () => {
  it('have codes of one union', () => {
    expectTypeOf<KeyPoolErrorCode>().toExtend<string>();
    expectTypeOf<
      | 'ACQUIRE_TIMEOUT'
      | 'COST_EXCEEDS_LIMIT'
      | 'INVALID_OPTION'
      | 'NO_KEY_AVAILABLE'
      | 'POOL_CLOSED'
      | 'QUEUE_FULL'
      | 'UNKNOWN_KEY'
    >().toExtend<KeyPoolErrorCode>();
    expectTypeOf<string>().not.toExtend<KeyPoolErrorCode>();
  });

  it('are narrowed by isKeyPoolError', () => {
    const error: unknown = undefined;
    if (isKeyPoolError(error)) expectTypeOf(error.code).toEqualTypeOf<KeyPoolErrorCode>();
    if (isKeyPoolError(error) && error.code === 'ACQUIRE_TIMEOUT') {
      expectTypeOf(error.retryAfterMs).toEqualTypeOf<number | undefined>();
    }
    if (isKeyPoolError(error, 'QUEUE_FULL')) expectTypeOf(error.code).toEqualTypeOf<'QUEUE_FULL'>();
    if (isKeyPoolError(error, 'ATTEMPTS_EXHAUSTED')) {
      expectTypeOf(error.status).toEqualTypeOf<number>();
    }
    // @ts-expect-error no such code
    isKeyPoolError(error, 'NOPE');
  });

  it('carry fields of their own', () => {
    expectTypeOf<CostExceedsLimitError>().toExtend<KeyPoolError>();
    expectTypeOf<CostExceedsLimitError['limit']>().toEqualTypeOf<number>();
    expectTypeOf<InvalidOptionError['path']>().toEqualTypeOf<string>();
  });
});

describe('the rest', () => {
  it('is public: limiters stand alone, reasons are a union', () => {
    expectTypeOf(new QuotaLimiter({}, 0).readyAt).returns.toEqualTypeOf<number>();
    expectTypeOf<'limited' | 'cooling'>().toExtend<ExplanationReason>();
    expectTypeOf<string>().not.toExtend<ExplanationReason>();
  });
});

it('checks the spelling of each name that a key may have', () => {
  expectTypeOf<keyof typeof KEY_NAMES>().toEqualTypeOf<keyof KeyOptions>();
});
