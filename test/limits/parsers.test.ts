import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutOf, members } from '../../src/limits/parse/commas.js';
import { parseDate } from '../../src/limits/parse/date.js';
import { parseGoDuration, parseIsoDuration } from '../../src/limits/parse/duration.js';
import { parseCount } from '../../src/limits/parse/number.js';
import { parseWait, seconds, unitless } from '../../src/limits/parse/reset.js';
import { property } from '../helpers/proof.js';

const NEW_YEAR = Date.UTC(2026, 0, 1);
const anchor = { writtenAt: NEW_YEAR };

describe('counts', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['-27689', -27_689],
    ['30,000', 30_000],
    ['1,234,567', 1_234_567],
    ['99999999999999999999', 1e20],
  ])('reads %s', (text, count) => {
    expect(parseCount(text)).toBe(count);
  });

  it.each([
    '',
    ' ',
    '0x10',
    '1e3',
    '+5',
    '1.5',
    '1.000',
    '12_000',
    '١٢',
    'ten',
    'NaN',
    '30, 000',
    '1,00',
  ])('does not understand %j', (text) => {
    expect(parseCount(text)).toBeUndefined();
  });

  it('does not take a number too large to be finite', () => {
    expect(parseCount('9'.repeat(400))).toBeUndefined();
  });
});

describe('joined values', () => {
  it('splits what several hops have joined', () => {
    expect(members('0s, req_b176')).toEqual(['0s', 'req_b176']);
  });

  it('keeps thousands and dates whole', () => {
    expect(members('30,000')).toEqual(['30,000']);
    expect(members('Thu, 01 Jan 2026 00:00:00 GMT')).toHaveLength(1);
  });

  it.each([
    ['300,3000', '45,450', ['300', '3000'], ['45', '450']],
    ['50', '15,150', ['50'], ['15', '150']],
    ['40,000', '39,125', ['40,000'], ['39,125']],
    ['40,500', '995', ['40,500'], ['995']],
    ['40,500', '39,600', ['40,500'], ['39,600']],
    ['40,500', '39,400', [], []],
    ['40,500', '41,600', [], []],
    ['2000', '0,150', ['2000'], ['0', '150']],
  ])('are lists or thousands in all of a limit: %s beside %s', (limit, remaining, ...expected) => {
    const cut = cutOf({ limit, count: remaining, resets: [] });
    expect([cut(limit), cut(remaining)]).toEqual(expected);
  });

  it('are lists where the resets are', () => {
    const reset = '20, 60';
    const cut = cutOf({ limit: '100,900', count: '90,800', resets: [{ text: reset }] });
    expect([cut('90,800'), cut(reset)]).toEqual([
      ['90', '800'],
      ['20', '60'],
    ]);
    const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
    expect(cutOf({ limit: '30,000', resets: [{ text: date }] })('30,000')).toEqual(['30,000']);
  });
});

describe('Go durations', () => {
  it.each([
    ['0s', 0],
    ['4ms', 4],
    ['6m0s', 360_000],
    ['1m13.588s', 73_588],
    ['24h6m34s', 86_794_000],
    ['114h18m0s', 411_480_000],
    ['17.399999999s', 17_400],
    ['17.400000000001s', 17_400],
    ['50.597142857s', 50_598],
    ['500µs', 1],
    ['500μs', 1],
  ])('reads %s', (text, ms) => {
    expect(parseGoDuration(text)).toBe(ms);
  });

  it.each(['', '5', '-1s', 's', '1s1m', '1s1s', '5 s', '5s.', '1e3s', '1.s', '5sec'])(
    'does not understand %j',
    (text) => {
      expect(parseGoDuration(text)).toBeUndefined();
    },
  );

  property(
    'are read back as they were written',
    [fc.nat(2000), fc.nat(59), fc.nat(59_999)],
    (hours, minutes, ms) => {
      expect(parseGoDuration(`${hours}h${minutes}m${ms / 1000}s`)).toBe(
        hours * 3_600_000 + minutes * 60_000 + ms,
      );
    },
  );
});

it('reads ISO 8601 durations of days and less', () => {
  expect(parseIsoDuration('PT1M30S')).toBe(90_000);
  expect(parseIsoDuration('P1DT0.5S')).toBe(86_400_500);
  for (const text of ['P', 'PT', 'P1M', '1M30S']) expect(parseIsoDuration(text)).toBeUndefined();
});

describe('dates', () => {
  it.each([
    '2026-01-01T00:01:00Z',
    '2026-01-01T01:01:00+01:00',
    '2026-01-01t00:01:00.000z',
    '2025-12-31 16:01:00 -0800', // Ruby
    '2026-01-01 00:01:00 UTC',
    '2026-01-01 08:01:00 +0800 CST', // Go
    '2026-01-01 00:01:00+00', // Postgres
    'Thu, 01 Jan 2026 00:01:00 GMT',
    'Thu, 1 Jan 2026 01:01:00 +0100', // RFC 5322
    'Thursday, 01-Jan-26 00:01:00 GMT',
    'Thu Jan  1 00:01:00 2026', // asctime is UTC, whatever Date.parse thinks
    'Thu Jan 01 2026 01:01:00 GMT+0100 (Central European Standard Time)',
  ])('reads %s', (text) => {
    expect(parseDate(text)).toBe(NEW_YEAR + 60_000);
  });

  it.each([
    '2026',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00 CST',
    '2026-01-01 00:00:00Z CST',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T25:00:00Z',
    'Thu, 31 Feb 2026 00:00:00 GMT',
    'Thu, 01 Foo 2026 00:00:00 GMT',
    'Thu, 01 Jan 2026 00:00:00 CEST',
    'soon',
  ])('does not understand %s', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });

  property(
    'are read as Date.parse reads them where it is right',
    [fc.date({ min: new Date(0), max: new Date('2069-12-31T00:00:00Z'), noInvalidDate: true })],
    (date) => {
      expect(parseDate(date.toISOString())).toBe(date.getTime());
      expect(parseDate(date.toUTCString())).toBe(Math.floor(date.getTime() / 1000) * 1000);
    },
  );
});

describe('waits', () => {
  it('go by magnitude: epoch milliseconds, epoch seconds, delta', () => {
    expect(parseWait('1767225630000', anchor, unitless)).toBe(30_000);
    expect(parseWait('1767225630', anchor, unitless)).toBe(30_000);
    expect(parseWait('30', anchor, seconds)).toBe(30_000);
    expect(parseWait('0.234', anchor, seconds)).toBe(234);
  });

  it('take no bare number where no unit is known, but zero is zero in any', () => {
    expect(parseWait('30', anchor, unitless)).toBeUndefined();
    expect(parseWait('0', anchor, unitless)).toBe(0);
  });

  it('read a date before a number', () => {
    expect(parseWait('2026-01-01T00:00:05Z', anchor, seconds)).toBe(5000);
  });

  it('are 0 when the instant is past', () => {
    expect(parseWait('2025-12-31T00:00:00Z', anchor, seconds)).toBe(0);
  });

  it('beyond 400 days are not believed', () => {
    expect(parseWait('999999999', anchor, seconds)).toBeUndefined();
    expect(parseWait('99999999999999999', anchor, seconds)).toBeUndefined();
    expect(parseWait('9999h', anchor, seconds)).toBeUndefined();
  });

  property(
    'are never negative, NaN or fractional',
    [
      fc.oneof(fc.string(), fc.stringMatching(/^-?[\d.,:hmsTZ -]{0,24}$/)),
      fc.constantFrom(seconds, unitless),
    ],
    (text, unit) => {
      const wait = parseWait(text, anchor, unit) ?? 0;
      expect(Number.isInteger(wait) && wait >= 0).toBe(true);
    },
  );
});
