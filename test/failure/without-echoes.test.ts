import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.js';
import type { Failure } from '../../src/failure/failure.js';
import { withoutEchoes } from '../../src/failure/without-echoes.js';
import { property } from '../helpers/proof.js';

/** An answer that quotes the caller (`echo`) or another's error (`quoted`), in the style of many. */
interface Quoting {
  readonly id: string;
  readonly status: number;
  readonly body: unknown;
  readonly class: Failure['class'];
}

const file = new URL('quoting-errors.json', import.meta.url);
const quoting: readonly Quoting[] = JSON.parse(readFileSync(file, 'utf8'));
const now = Date.UTC(2026, 0, 1);

describe('a quotation', () => {
  it.each(quoting.map((each) => [each.id, each] as const))(
    '%s is told',
    (_, { body, ...facts }) => {
      expect(classify({ ...facts, headers: {}, body, now }).class).toBe(facts.class);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      expect(classify({ ...facts, headers: {}, body: text, now }).class).toBe(facts.class);
    },
  );

  it('of the caller’s is left to the caller’s own rules', () => {
    const rules = [{ class: 'overloaded', text: /busy bee/ }] as const;
    const body = { error: { message: 'Unknown tool: "busy bee"' } };
    expect(classify({ status: 400, headers: {}, body, now, rules }).class).toBe('overloaded');
  });
});

it.each([
  ['Unknown tool: "API key expired".', "Unknown tool: ''."],
  ['Unknown tool: "a" API key expired "b".', "Unknown tool: ''."],
  ['Unknown tool: "API key exp', "Unknown tool: ''"],
  ["The tool 'a' is not 'API key exp", "The tool ''"],
  ['The provider said: "API key expired"', 'The provider said: "API key expired"'],
  ['The provider said: "Unknown tool: \'x\'"', "The provider said: ''"],
  ['Your account can’t be used, nor the users’ keys', undefined],
])('%j leaves %j', (text, left) => {
  expect(withoutEchoes([text], 400)).toEqual([left ?? text]);
});

it('a status that blames the key is not excused by a quotation', () => {
  for (const status of [401, 402, 429, 500]) {
    expect(withoutEchoes(['Unknown tool: "x"'], status)).toEqual(['Unknown tool: "x"']);
  }
});

const WORDS = ['API key expired', '"', "'", '`', '{', ' ', ': ', 'error', '400'];

property(
  'nothing that a complaint quotes is left, whatever marks it has itself',
  [fc.array(fc.constantFrom(...WORDS)).map((words) => words.join(''))],
  (sent) => {
    const body = { error: { message: `String should match pattern '^a$', got '${sent}'.` } };
    expect(classify({ status: 400, headers: {}, body, now }).class).toBe('bad_request');
  },
);
