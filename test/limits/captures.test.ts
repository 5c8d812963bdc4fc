import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLimits } from '../../src/limits/read-limits.js';

interface Expectation {
  limit?: number;
  remaining?: number;
  resetMs?: number;
  resetAtEpochMs?: number;
  windowMs?: number;
}

interface Capture {
  id: string;
  provider: string;
  status: number;
  now: string | null;
  headers: Record<string, string>;
  expect: Record<string, Expectation | undefined> & { retryAfterMs?: number };
}

const file = new URL('../../../shared/captures/rate-limit-headers.json', import.meta.url);
const DIMENSIONS = ['requests', 'tokens', 'inputTokens', 'outputTokens'] as const;
const OURS = /^(?:anthropic|openai|azure|litellm)/;

describe.skipIf(!existsSync(file))('captured responses', () => {
  const captures: Capture[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];

  it.each(
    captures.filter(({ provider }) => OURS.test(provider)).map((each) => [each.id, each] as const),
  )('%s is read whole and right', (_, capture) => {
    const now = Date.parse(capture.now ?? '2026-01-01T00:00:00Z');
    const update = readLimits({ ...capture, now });
    expect(near(update.retryAfterMs, capture.expect.retryAfterMs)).toBe(true);
    for (const dimension of DIMENSIONS) {
      const expected = capture.expect[dimension] ?? {};
      const reading = update[dimension] ?? {};
      expect(reading.limit).toBe(expected.limit);
      expect(reading.remaining).toBe(expected.remaining);
      const resetMs = reading.resetAt === undefined ? undefined : reading.resetAt - now;
      expect(near(resetMs, expected.resetMs)).toBe(true);
      if (expected.windowMs !== undefined) expect(reading.windowMs).toBe(expected.windowMs);
    }
  });
});

/** Within the second that `Date` and most resets are rounded to. */
function near(actual: number | undefined, expected: number | undefined): boolean {
  if (actual === undefined || expected === undefined) return actual === expected;
  return Math.abs(actual - expected) <= 1000;
}
