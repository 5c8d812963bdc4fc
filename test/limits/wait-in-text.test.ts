import fc from 'fast-check';
import { expect, it } from 'vitest';
import { waitInText } from '../../src/limits/body/wait-in-text.js';
import { property } from '../helpers/proof.js';

const now = Date.UTC(2026, 0, 1);

it.each([
  ['Please try again in 644ms.', 644],
  ['Please try again in 1.984999999s. Need more tokens?', 1985],
  ['Please try again in 9m38.016s.', 578_016],
  ['Please try again in 114h18m0s. Visit', 411_480_000],
  ['Please retry after 86400 seconds.', 86_400_000],
  ['Please retry in 48.9s', 48_900],
  ['Your rate limit resets in ~5s.', 5000],
  ['Try again in 20 minutes', 1_200_000],
  ['try again in 500milliseconds', 500],
  ['Please wait 42 seconds before retrying.', 42_000],
  ['Please wait at least 3 seconds.', 3000],
  ['Request was throttled. Expected available in 7 seconds.', 7000],
  ['Try again in 1 hour and 5 minutes.', 3_900_000],
  ['Please retry after 2 minutes, 30 seconds', 150_000],
  ['It will reset at 2026-01-01 12:00:00 +0800 CST.', 14_400_000],
  ['try again in 1s or try again in 2s', 2000],
  ['You will regain access on 2026-01-02 at 00:00 UTC.', 86_400_000],
  ['usage limit reached, resets at 2026-01-01T05:00:00Z (2056)', 18_000_000],
  ['Available again on 2026-01-01T02:00:30.5+02:00.', 30_500],
])('reads %j', (text, ms) => {
  expect(waitInText(text, now)).toBe(ms);
});

it.each([
  'try again in 30',
  'retry after the reset',
  'wait 42',
  'available for 30 days',
  'Await 5 seconds of silence',
  'try again in a minute',
  'Limit 30000, Used 29937',
  'try again in 99999 days',
  'You will regain access on 2026-02-30 at 00:00 UTC.',
  'resets at 2026-01-02T00:00:00',
])('finds no wait in %j', (text) => {
  expect(waitInText(text, now)).toBeUndefined();
});

property('is never negative or fractional', [fc.string()], (text) => {
  const wait = waitInText(`retry in ${text}`, now) ?? 0;
  expect(Number.isInteger(wait) && wait >= 0).toBe(true);
});
