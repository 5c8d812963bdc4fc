import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.js';

interface Capture {
  id: string;
  provider: string;
  status: number;
  headers: Record<string, string>;
  body: unknown;
  class: string;
  retryAfterMs?: number;
}

const file = new URL('../../../shared/captures/error-responses.json', import.meta.url);
const now = Date.UTC(2026, 0, 1);

describe.skipIf(!existsSync(file))('captured errors', () => {
  const captures: Capture[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];

  it.each(captures.map((each) => [each.id, each] as const))('%s is told', (_, capture) => {
    const failure = classify({ ...capture, now });
    expect(failure.class).toBe(capture.class);
    if (capture.retryAfterMs === undefined) return;
    expect(Math.abs((failure.retryAfterMs ?? 0) - capture.retryAfterMs)).toBeLessThanOrEqual(1);
  });

  it.each(captures.map((each) => [each.id, each] as const))(
    '%s is told from text',
    (_, capture) => {
      const body = typeof capture.body === 'string' ? capture.body : JSON.stringify(capture.body);
      expect(classify({ ...capture, body, now }).class).toBe(capture.class);
    },
  );
});
