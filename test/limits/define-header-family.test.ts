import { expect, it } from 'vitest';
import {
  defineHeaderFamily,
  type HeaderFamilyOptions,
} from '../../src/limits/define-header-family.js';
import { readLimits } from '../../src/limits/read-limits.js';
import { generic } from '../../src/provider/generic.js';

const now = Date.UTC(2026, 0, 1);

const acme = defineHeaderFamily({
  limits: [
    {
      dimension: 'requests',
      limit: 'Acme-Calls',
      remaining: 'Acme-Calls-Left',
      reset: 'Acme-Calls-Reset',
      windowMs: 60_000,
      kind: 'window',
    },
    { extra: 'seats', limit: 'acme-seats', used: 'acme-seats-taken' },
  ],
  group: 'Acme-Account',
});

const headers = {
  'acme-calls': '100',
  'ACME-CALLS-LEFT': '40',
  'acme-calls-reset': '30',
  'acme-seats': '5',
  'acme-seats-taken': '2',
  'acme-account': 'account-1',
};

const read = {
  requests: { limit: 100, remaining: 40, resetAt: now + 30_000, windowMs: 60_000, kind: 'window' },
  extra: { seats: { limit: 5, remaining: 3 } },
  group: 'account-1',
};

it('reads what no built-in family knows, from a record and from a Headers object', () => {
  expect(readLimits({ family: acme, status: 200, headers, now })).toEqual(read);
  expect(readLimits({ family: acme, status: 200, headers: new Headers(headers), now })).toEqual(
    read,
  );
  expect(readLimits({ status: 200, headers, now })).toEqual({});
});

it('serves a preset of one’s own', () => {
  const provider = generic({ name: 'acme', family: acme });
  expect(provider.readLimits({ status: 200, headers, now })).toEqual(read);
});

it('leaves to the built-in families what has none of its headers', () => {
  const update = readLimits({
    family: acme,
    status: 200,
    headers: { 'x-ratelimit-limit': '7' },
    now,
  });
  expect(update).toEqual({ requests: { limit: 7 } });
});

it.each([
  ['seconds', '30', 30_000],
  ['milliseconds', '30', 30],
  ['none', '30', undefined],
  ['none', '30s', 30_000],
] as const)('counts a bare reset in %s: %s', (resetUnit, text, ms) => {
  const family = defineHeaderFamily({
    limits: [{ dimension: 'tokens', limit: 'size', reset: 'again' }],
    resetUnit,
  });
  const { tokens } = readLimits({
    family,
    status: 200,
    headers: { size: '9', again: text },
    now,
  });
  expect(tokens?.resetAt).toBe(ms === undefined ? undefined : now + ms);
});

it.each([
  [{}, 'limits: expected a list of at least one limit, got undefined'],
  [{ limits: [] }, 'limits: expected a list of at least one limit'],
  [{ limits: ['x'] }, 'limits[0]: expected an object, got'],
  [{ limits: [{ dimension: 'requests' }] }, 'limits[0]: expected a header'],
  [{ limits: [{ limit: 'a' }] }, 'limits[0]: expected a dimension'],
  [{ limits: [{ dimension: 'tokens', extra: 'b', limit: 'a' }] }, 'limits[0]: expected a dim'],
  [
    { limits: [{ dimension: 'tokens', remainig: 'a' }] },
    'limits[0]: expected only dimension, extra',
  ],
  [{ limits: [{ dimension: 'tokens', limit: 'a: ' }] }, 'limits[0].limit: expected a header'],
  [{ limits: [{ dimension: 'tokens', used: 'a' }] }, 'limits[0].limit'],
  [{ limits: [{ dimension: 'tokens', limit: 'a', kind: 'refill' }] }, 'limits[0].windowMs'],
  [{ limits: [{ dimension: 'tokens', limit: 'a', windowMs: 1e12 }] }, 'limits[0].windowMs'],
  [{ limits: [{ dimension: 'tokens', limit: 'a' }], groups: 'a' }, 'options: expected only limits'],
  [undefined, 'options: expected an object'],
  [{ limits: [{ dimension: 'calls', limit: 'a' }] }, 'limits[0].dimension'],
  [{ limits: [{ dimension: 'requests', limit: '' }] }, 'limits[0].limit'],
  [{ limits: [{ dimension: 'requests', limit: 'a', windowMs: 0 }] }, 'limits[0].windowMs'],
  [
    { limits: [{ dimension: 'requests', limit: 'a', windowMs: 1, kind: 'leaky' }] },
    'limits[0].kind',
  ],
  [{ limits: [{ dimension: 'requests', limit: 'a' }], resetUnit: 'ms' }, 'resetUnit'],
  [{ limits: [{ dimension: 'requests', limit: 'a' }], group: '' }, 'group'],
])('refuses %j', (options, message) => {
  const define = () => Reflect.apply(defineHeaderFamily, undefined, [options]);
  expect(define).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  expect(define).toThrow(message);
});

it('keeps several limits on one dimension apart', () => {
  const family = defineHeaderFamily({
    limits: [
      { dimension: 'requests', limit: 'a-min', remaining: 'b-min', windowMs: 60_000 },
      { dimension: 'requests', limit: 'a-day', remaining: 'b-day', windowMs: 86_400_000 },
    ],
  });
  const headers = { 'a-min': '60', 'b-min': '59', 'a-day': '1000', 'b-day': '2' };
  const day = { limit: 1000, remaining: 2, windowMs: 86_400_000, policy: 'day' };
  const minute = { limit: 60, remaining: 59, windowMs: 60_000, policy: 'minute' };
  expect(readLimits({ family, status: 200, headers, now })).toEqual({
    requests: day,
    extra: { minute: { ...minute, dimension: 'requests' } },
  });
});

it('is typed by its options', () => {
  const options: HeaderFamilyOptions = { limits: [{ extra: 'credits', remaining: 'left' }] };
  expect(defineHeaderFamily(options).headers).toEqual(['left']);
});
