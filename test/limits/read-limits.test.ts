import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readLimits } from '../../src/limits/read-limits.js';
import { property } from '../helpers/proof.js';

const now = Date.UTC(2026, 0, 1);

const NAMES = [
  'date',
  'retry-after',
  'retry-after-ms',
  'anthropic-ratelimit-requests-limit',
  'anthropic-ratelimit-requests-remaining',
  'anthropic-ratelimit-requests-reset',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-tokens',
  'x-ratelimit-renewalperiod-tokens',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
];

const hostileValue = fc.oneof(
  fc.anything(),
  fc.string(),
  fc.integer().map(String),
  fc.stringMatching(/^-?[\d.,:hmsTZ -]{0,24}$/),
  fc.constantFrom('-1', '0', 'NaN', 'Infinity', '1e999', '2026-01-01T00:00:00Z', '9'.repeat(999)),
);
const headers = fc.dictionary(fc.constantFrom(...NAMES), hostileValue);
const provider = fc.constantFrom(undefined, 'anthropic', 'openai', 'azure', 'generic', 'nobody');

// Types promise more than the wire keeps.
const readAnything = (facts: object) => Reflect.apply(readLimits, undefined, [facts]);

property(
  'whatever the headers say, every number is finite and no wait is negative',
  [headers, provider, fc.constantFrom(200, 403, 429, 503, 529)],
  (source, name, status) => {
    const { group, retryAfterMs, extra, ...dimensions } = readAnything({
      provider: name,
      status,
      headers: source,
      now,
    });
    expect(retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
    expect(group).toBeUndefined();
    for (const reading of [...Object.values(dimensions), ...Object.values(extra ?? {})]) {
      const { limit = 0, remaining = 0, resetAt = now, windowMs = 1 } = Object(reading);
      expect([limit, remaining, resetAt, windowMs].every(Number.isFinite)).toBe(true);
      expect(limit >= 0 && resetAt >= now && windowMs > 0).toBe(true);
    }
  },
  { numRuns: 2000 },
);

property(
  'never throws, whatever it is given',
  [fc.anything(), fc.anything(), fc.anything()],
  (status, source, time) => {
    expect(readAnything({ status, headers: source, now: time })).toBeTypeOf('object');
  },
);

it('survives what throws when it is touched', () => {
  const trap = new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail });
  expect(readAnything({ status: 429, headers: trap, now })).toEqual({});
  expect(readAnything(trap)).toEqual({});
  expect(readAnything({ status: 429, headers: { get: fail }, now })).toEqual({});
});

it('reads a fetch Response as it is', () => {
  const response = new Response('', { status: 429, headers: { 'Retry-After': '7' } });
  expect(readLimits({ status: response.status, headers: response.headers, now })).toEqual({
    retryAfterMs: 7000,
  });
});

function fail(): never {
  throw new Error('no');
}
