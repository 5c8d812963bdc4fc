import type { Random } from '../../src/testing/fake-provider/random.js';

/** Pieces that have broken parsers. */
export const PIECES = [
  ...['0', '-0', '1', '-1', '60', '100', '1e3', '0x10', '0.0', '0.00', '1.000', '1.5', '30,000'],
  ...['9'.repeat(15), '9'.repeat(20), '9'.repeat(400), '1767225630', '1767225630000', '1e999'],
  ...['NaN', 'Infinity', 'null', 'undefined', '٣', '', ' ', '\t', '-', '+5', '١٢'],
  ...['6m0s', '1h1h', '24h6m34s', `${'9'.repeat(30)}h`, '1ns', 'PT1M30S', `P${'9'.repeat(20)}D`],
  ...[
    '2026-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '2026-13-45T99:99:99Z',
  ],
  ...[
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Thu Jan  1 00:01:00 2026',
    'Thursday, 01-Jan-26 00:01:00 GMT',
  ],
  ...['"a";r=5;t=9', '"a";q=5;w=60', '"a";q=-5;w=-60', 'limit=1, remaining=2, reset=3', '100;w=60'],
  ...[
    '"',
    '""',
    '\\"',
    ';',
    ';;',
    '=',
    ',',
    ', , ,',
    ';w=',
    ';q=',
    ':c2Vj:',
    '@1',
    '?1',
    '%"x"',
    '(1 2)',
  ],
  ...['burst:100;rate:10', '1/40', '40/1', '/', '1/', '100, 100;w=60', '__proto__', 'constructor'],
];

/** Cuts, doubles, swaps or splices one place of a text. */
export function damage(random: Random, text: string): string {
  const at = random.integer([0, text.length]);
  const end = random.integer([at, text.length]);
  const [before, inner, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
  const choices = [
    before,
    before + after,
    before + inner + inner + after,
    before + pick(random, PIECES) + after,
    before + pick(random, PIECES) + inner + after,
    inner + before + after,
    text.toUpperCase(),
    text.repeat(3),
  ];
  return pick(random, choices);
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random.next() * items.length)] as Item;
}
