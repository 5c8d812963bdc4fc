import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.js';
import type { Failure } from '../../src/failure/failure.js';

/** An answer from public documentation or an issue, and what it means. */
interface Recorded extends Pick<Failure, 'class' | 'allModels' | 'dimension' | 'retryAfterMs'> {
  readonly id: string;
  readonly provider: string;
  readonly source: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
  readonly scope?: Failure['scope'];
}

const file = new URL('recorded-errors.json', import.meta.url);
const recorded: readonly Recorded[] = JSON.parse(readFileSync(file, 'utf8'));
const cases = recorded.map((each) => [each.id, each] as const);
const now = Date.UTC(2026, 0, 1);
const DEAD = ['invalid_key', 'budget_exceeded'];

describe('recorded errors', () => {
  it.each(cases)('%s is told', (_, response) => {
    const failure = classify({ ...response, now });
    expect(failure.class).toBe(response.class);
    if (response.scope !== undefined) expect(failure.scope).toBe(response.scope);
    if (response.allModels !== undefined) {
      expect(failure.allModels ?? false).toBe(response.allModels);
    }
    if (response.dimension !== undefined) expect(failure.dimension).toBe(response.dimension);
    if (response.retryAfterMs === undefined) return;
    expect(Math.abs((failure.retryAfterMs ?? -1) - response.retryAfterMs)).toBeLessThanOrEqual(1);
  });

  it.each(cases)('%s is told from text', (_, response) => {
    const { body } = response;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(classify({ ...response, body: text, now }).class).toBe(response.class);
  });

  // Whoever uses no preset must not lose a key for it.
  it.each(cases.filter(([, each]) => !DEAD.includes(each.class)))(
    '%s costs no key where nobody names the provider',
    (_, { status, headers, body }) => {
      expect(DEAD).not.toContain(classify({ status, headers, body, now }).class);
    },
  );
});
