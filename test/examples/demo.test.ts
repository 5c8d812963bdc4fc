import { describe, expect, it } from 'vitest';
import { bindings, callsAllowed, shareUsed } from '../../examples/demo/capacity.js';
import { number, percent, seconds, table } from '../../examples/demo/format.js';
import { objections } from '../../examples/demo/verdict.js';

const pool = {
  name: 'keypool',
  early429: 0,
  late429: 0,
  otherAnswers: 0,
  refused: 0,
  share: 0.99,
};
const rival = { ...pool, name: 'round robin', early429: 40, late429: 900, refused: 940 };

describe('the demo’s verdict', () => {
  it('has nothing to say against a pool that kept its promises', () => {
    expect(objections(pool, rival)).toEqual([]);
  });

  it('allows two early 429s and exactly 97 % of the capacity', () => {
    expect(objections({ ...pool, early429: 2, refused: 2, share: 0.97 }, rival)).toEqual([]);
  });

  it.each([
    { fault: { late429: 1, refused: 1 }, words: "1 429s after their group's first reading, not 0" },
    {
      fault: { early429: 3, refused: 3 },
      words: "3 429s before their group's first reading, not 2 at most",
    },
    { fault: { share: 0.9699 }, words: '96.9 % of the capacity used, not 97.0 % at least' },
    { fault: { share: Number.NaN }, words: 'NaN % of the capacity used, not 97.0 % at least' },
    { fault: { otherAnswers: 1 }, words: '1 answers neither good nor a 429, not 0' },
    { fault: { refused: 5 }, words: '0 429s seen, but 5 sent by the provider' },
  ])('objects to $fault', ({ fault, words }) => {
    expect(objections({ ...pool, ...fault }, rival)).toEqual([words]);
  });

  it('objects to a load that is no trouble for round robin either', () => {
    const words = 'round robin met no 429: the load is too small to show anything';
    expect(objections(pool, { ...rival, early429: 0, late429: 0, refused: 0 })).toEqual([words]);
  });

  it('names every objection, not only the first', () => {
    expect(objections({ ...pool, late429: 7, share: 0 }, rival)).toHaveLength(3);
  });
});

describe('the demo’s capacity', () => {
  const mean = { requests: 1, inputTokens: 100, outputTokens: 10, tokens: 110 };
  const all = bindings(
    [
      { organisation: 'a', dimension: 'requests', allowed: 30, used: 30 },
      { organisation: 'a', dimension: 'inputTokens', allowed: 9_000, used: 3_000 },
      { organisation: 'b', dimension: 'requests', allowed: 50, used: 5 },
      { organisation: 'b', dimension: 'outputTokens', allowed: 100, used: 50 },
    ],
    mean,
  );

  it('takes each organisation by the limit that allows the fewest calls', () => {
    expect(all).toEqual([
      { organisation: 'a', dimension: 'requests', share: 1, calls: 30 },
      { organisation: 'b', dimension: 'outputTokens', share: 0.5, calls: 10 },
    ]);
  });

  it('weighs organisations by the calls they allow', () => {
    expect(callsAllowed(all)).toBe(40);
    expect(shareUsed(all)).toBe(0.875);
  });
});

describe('the demo’s tables', () => {
  it('align names to the left and figures to the right', () => {
    const rows = [
      ['key', 'calls'],
      ['key-1', '7'],
      ['key-10', '1,024'],
    ];
    expect(table(rows)).toBe(
      ['key      calls', '──────   ─────', 'key-1        7', 'key-10   1,024'].join('\n'),
    );
  });

  it('never round a share up', () => {
    expect(percent(0.96999)).toBe('96.9 %');
    expect(number(12_345)).toBe('12,345');
    expect(seconds(1_250)).toBe('1.25 s');
  });
});
