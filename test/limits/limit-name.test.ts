import { expect, it } from 'vitest';
import { limitName } from '../../src/limits/parse/limit-name.js';

it.each([
  ['x-ratelimit-limit', '', undefined],
  ['ratelimit-remaining', '', undefined],
  ['rate-limit-left', '', undefined],
  ['x-rate-limit', '', undefined],
  ['x-ratelimit-burst-capacity', '', undefined],
  ['x-ratelimit-remaining-tokens', 'tokens', undefined],
  ['x-ratelimit-input-tokens-remaining', 'input-tokens', undefined],
  ['x-ratelimit-limit-hour', '', 3_600_000],
  ['x-ratelimit-limit-10-second', '', 10_000],
  ['x-rate-limit-tokens-quota-day', 'tokens', 86_400_000],
  ['x-ratelimit-limit-audio-seconds', 'audio-seconds', undefined],
])('of %s says what is limited, and in which window', (name, thing, windowMs) => {
  expect(limitName(name)).toMatchObject({ thing, windowMs });
});

it.each([
  ['x-ratelimit-reset-ms', 'reset', 1],
  ['x-rate-limit-interval-milliseconds', 'interval', 1],
  ['x-rate-limit-time-window-seconds', 'window', 1000],
  ['x-ratelimit-reset-after', 'reset-after', undefined],
])('of %s says what its numbers count', (name, figure, unitMs) => {
  expect(limitName(name)).toMatchObject({ figure, scope: '', unitMs });
});

it('says whose limit it is', () => {
  expect(limitName('x-team-rate-limit-max')).toMatchObject({ owner: 'team', figure: 'max' });
});

it.each([
  'x-concurrency-limit',
  'anthropic-ratelimit-requests-limit',
  'x-ratelimit-resource',
  'x-ratelimit-requested-tokens',
  'x-ratelimit-hard-limit-remaining',
  'x-ratelimitbysize-limit-minute',
  'x-ratelimit-limit-__proto__',
])('of %s is not understood', (name) => {
  expect(limitName(name)).toBeUndefined();
});
