import { expect, it } from 'vitest';
import { collectHeaders } from '../../src/limits/collect-headers.js';

const vocabulary = new Map([
  ['date', Infinity],
  ['b-limit', 1],
  ['a-limit', 0],
]);

it('keeps what is listed, and what names a limit; the rest is not looked at', () => {
  const { header, unlisted, ranked } = collectHeaders(
    new Headers({ Date: 'today', 'B-Limit': '1', 'X-Other-Limit': '2', Cookie: 'secret' }),
    vocabulary,
  );
  expect(header('date')).toBe('today');
  expect(header('x-other-limit')).toBe('2');
  expect(header('cookie')).toBeUndefined();
  expect(unlisted).toEqual(['x-other-limit']);
  expect(ranked).toBe(1);
});

it('ranks by the first family of several', () => {
  expect(collectHeaders({ 'b-limit': '1', 'a-limit': '1' }, vocabulary).ranked).toBe(0);
  expect(collectHeaders({ 'a-limit': '' }, vocabulary).ranked).toBe(Infinity);
});

it('reads records, maps and what can only be asked, in any case', () => {
  const asked = { get: (name: string) => (name === 'b-limit' ? '5' : null) };
  const sources = [{ 'B-LIMIT': '5' }, { 'b-limit': ['5'] }, new Map([['B-Limit', '5']]), asked];
  for (const source of sources) {
    expect(collectHeaders(source, vocabulary).header('b-limit')).toBe('5');
  }
});

it('prefers the copies of the upstream’s headers to the gateway’s own', () => {
  const { header, isRelayed, ranked } = collectHeaders(
    {
      'llm_provider-date': 'theirs',
      'llm_provider-a-limit': '1',
      'llm_provider-cookie': 'secret',
      date: 'ours',
      'b-limit': '2',
    },
    vocabulary,
  );
  expect(isRelayed).toBe(true);
  expect(header('date')).toBe('theirs');
  expect(header('b-limit')).toBe('2');
  expect(header('cookie')).toBeUndefined();
  expect(ranked).toBe(0);
});

it('keeps the gateway’s own where its upstream sent no limits', () => {
  const { header, isRelayed } = collectHeaders(
    { 'llm_provider-date': 'theirs', date: 'ours' },
    vocabulary,
  );
  expect(isRelayed).toBe(false);
  expect(header('date')).toBe('ours');
});

it('looks at a bounded number of headers', () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`x-limit-${at}`, '1']));
  expect(collectHeaders(many, vocabulary).unlisted.length).toBeLessThanOrEqual(1000);
  const endless = {
    get: () => null,
    *[Symbol.iterator]() {
      for (;;) yield ['x-limit', '1'];
    },
  };
  expect(collectHeaders(endless, vocabulary).header('x-limit')).toBe('1');
});
