import fc from 'fast-check';
import { expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.js';
import { property } from '../helpers/proof.js';

const now = Date.UTC(2026, 0, 1);
const KINDS = ['invalid_key', 'budget_exceeded'];

// Types promise more than the wire keeps.
const classifyAnything = (facts: object) => Reflect.apply(classify, undefined, [facts]);

property(
  'never throws, whatever it is given, and never waits less than nothing',
  [fc.anything(), fc.anything(), fc.anything(), fc.anything()],
  (status, headers, body, provider) => {
    const failure = classifyAnything({ status, headers, body, provider, now });
    const wait = failure.retryAfterMs ?? 0;
    expect(Number.isFinite(wait) && wait >= 0).toBe(true);
  },
  { numRuns: 1000 },
);

property(
  'no server error costs a key, unless the body says that money is gone',
  [fc.integer({ min: 500, max: 599 }), fc.json()],
  (status, body) => {
    expect(KINDS).not.toContain(classifyAnything({ status, headers: {}, body, now }).class);
  },
);

property(
  'a body cut short anywhere never costs a key that the whole would not',
  [fc.nat(400)],
  (length) => {
    const body = JSON.stringify({
      error: {
        message: 'Rate limit reached: Limit 30000, Used 29937, Requested 385. Try again in 644ms.',
        type: 'tokens',
        param: null,
        code: 'rate_limit_exceeded',
      },
    });
    const failure = classifyAnything({
      status: 429,
      headers: {},
      body: body.slice(0, length),
      now,
    });
    expect(KINDS).not.toContain(failure.class);
  },
);

it('survives what throws when it is touched', () => {
  const trap = new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail });
  expect(classifyAnything({ status: 429, headers: trap, body: trap, now }).class).toBe(
    'rate_limited',
  );
  expect(classifyAnything(trap).scope).toBe('none');
});

it('survives JSON nested deeper than the stack', () => {
  const body = '['.repeat(60_000);
  expect(classifyAnything({ status: 429, headers: {}, body, now }).class).toBe('rate_limited');
});

function fail(): never {
  throw new Error('no');
}
