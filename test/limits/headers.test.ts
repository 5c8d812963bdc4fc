import { expect, it } from 'vitest';
import { headerReader } from '../../src/limits/headers.js';

it('finds names in any case, in a record and in a Headers object', () => {
  expect(headerReader({ 'Retry-AFTER': ' 5 ' })('retry-after')).toBe('5');
  expect(headerReader(new Headers({ 'Retry-After': '5' }))('retry-after')).toBe('5');
});

it('joins repeated values as Headers does', () => {
  expect(headerReader({ remaining: ['99', '98'] })('remaining')).toBe('99, 98');
});

it('takes the empty, the oversized and the mistyped for absent', () => {
  const header = headerReader({ a: '', b: '1'.repeat(5000), c: true, d: null, e: {} });
  for (const name of ['a', 'b', 'c', 'd', 'e', 'constructor']) expect(header(name)).toBeUndefined();
});

it('hides one value that throws, not the others', () => {
  const source = {
    get broken(): string {
      throw new Error('no');
    },
    whole: '1',
  };
  expect(headerReader(source)('broken')).toBeUndefined();
  expect(headerReader(source)('whole')).toBe('1');
});
