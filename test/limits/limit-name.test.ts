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
  ['x-ratelimit-limit-weekly', '', 604_800_000],
  ['x-ratelimit-daily-remaining-tokens', 'tokens', 86_400_000],
  ['x-rate-limit-remaining-rpd', 'requests', 86_400_000],
  ['x-ratelimit-limit-tenant-tpm', 'tenant-tokens', 60_000],
  ['x-ratelimit-time-remaining', 'time', undefined],
  ['x-ratelimit-reset-5-minutes', '5-minutes', undefined],
])('of %s says what is limited, and in which window', (name, thing, windowMs) => {
  expect(limitName(name)).toMatchObject({ thing, windowMs });
});

it.each([
  ['x-ratelimit-reset-ms', 'reset', 1],
  ['x-rate-limit-interval-milliseconds', 'interval', 1],
  ['x-rate-limit-time-window-seconds', 'window', 1000],
  ['x-ratelimit-reset-after', 'reset-after', undefined],
  ['x-ratelimit-reset-minutes', 'reset', 60_000],
  ['x-ratelimit-window-hours', 'window', 3_600_000],
  ['x-ratelimit-reset-at', 'reset-at', undefined],
  ['x-ratelimit-reset-timestamp', 'reset-at', undefined],
  ['x-rate-limit-reset-date', 'reset-at', undefined],
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
