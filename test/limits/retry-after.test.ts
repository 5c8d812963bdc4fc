import { describe, expect, it } from 'vitest';
import { readLimits } from '../../src/limits/read-limits.js';

const now = Date.UTC(2026, 0, 1);
const wait = (headers: Record<string, string>, status = 429) =>
  readLimits({ status, headers, now }).retryAfterMs;

describe('Retry-After', () => {
  it.each([
    ['30', 30_000],
    ['0', 0],
    ['1.5', 1500],
    ['5s', 5000],
    ['2, 120', 120_000],
    ['1767225630', 30_000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Thursday, 01-Jan-26 00:01:00 GMT', 60_000],
    ['Thu Jan  1 00:01:00 2026', 60_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['0x10', undefined],
  ])('of %s is read', (text, ms) => {
    expect(wait({ 'retry-after': text })).toBe(ms);
  });

  it('is obeyed on 418, 429, 503 and 529 only', () => {
    for (const status of [418, 429, 503, 529])
      expect(wait({ 'retry-after': '5' }, status)).toBe(5000);
    for (const status of [200, 202, 301, 403, 500]) {
      expect(wait({ 'retry-after': '59' }, status)).toBeUndefined();
    }
  });

  it('counts on a success whose limit is overdrawn', () => {
    const headers = { 'retry-after': '4', 'x-ratelimit-remaining-tokens': '-27689' };
    expect(wait(headers, 200)).toBe(4000);
  });

  it('yields to retry-after-ms, but not to 0', () => {
    expect(wait({ 'retry-after': '2', 'retry-after-ms': '1500' })).toBe(1500);
    expect(wait({ 'retry-after': '1', 'retry-after-ms': '0' })).toBe(1000);
  });

  it('is found under a limit’s stem, on refusals', () => {
    for (const stem of ['X-RateLimit', 'RateLimit', 'X-Rate-Limit']) {
      expect(wait({ [`${stem}-Retry-After`]: '7' })).toBe(7000);
      expect(wait({ [`${stem}-Retry-After`]: '7', 'retry-after': '2' })).toBe(2000);
      expect(wait({ [`${stem}-Retry-After`]: '7' }, 200)).toBeUndefined();
    }
  });

  it('is found behind a prefix, on refusals', () => {
    for (const name of ['X-Retry-After', 'Acme-Cloud-Retry-After', 'llm_provider-retry-after']) {
      expect(wait({ [name]: '9' })).toBe(9000);
      expect(wait({ [name]: '9', 'retry-after': '3' })).toBe(3000);
      expect(wait({ [name]: '9' }, 500)).toBeUndefined();
    }
    expect(wait({ 'X-Acme-Retry-After-Ms': '80', 'X-Acme-Retry-After': '1' })).toBe(80);
    expect(wait({ 'X-Acme-Retry-After-Ms': '80', 'X-Retry-After': '2' })).toBe(2000);
    expect(wait({ 'X-Retry-After-Hint': '9', 'No-Retry-After': 'soon' })).toBeUndefined();
  });

  it('as a date is relative to the response’s own Date', () => {
    const headers = {
      date: 'Thu, 01 Jan 2026 07:00:00 GMT',
      'retry-after': 'Thu, 01 Jan 2026 07:00:09 GMT',
    };
    expect(wait(headers)).toBe(9000);
  });
});
