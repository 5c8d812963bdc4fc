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

type Expectations = Record<string, Expectation | undefined> & { retryAfterMs?: number };

interface Capture {
  id: string;
  provider: string;
  status: number;
  now: string | null;
  headers: Record<string, string>;
  body?: string;
  expect: Expectations;
}

const DIMENSIONS = ['requests', 'tokens', 'inputTokens', 'outputTokens'] as const;

/**
 * Responses from public recordings and documentation. An entry without a source was found in an index
 * that kept no address. The second set is not published.
 */
const FILES = ['./recorded-headers.json', '../../../shared/captures/rate-limit-headers.json'];

describe.each(FILES)('responses of %s', (path) => {
  const file = new URL(path, import.meta.url);
  const captures: Capture[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  if (captures.length === 0) it.skip('are not here', () => undefined);

  it.each(captures.map((each) => [each.id, each] as const))(
    '%s is read whole and right',
    (_, capture) => {
      const now = nowOf(capture);
      const update = readLimits({ ...capture, now });
      expect(near(update.retryAfterMs, capture.expect.retryAfterMs)).toBe(true);
      for (const dimension of DIMENSIONS) {
        const { resetAtEpochMs, resetMs, ...expected } = capture.expect[dimension] ?? {};
        const reading = update[dimension] ?? {};
        expect(reading).toMatchObject(expected);
        expect([reading.limit, reading.remaining]).toEqual([expected.limit, expected.remaining]);
        const resetAt = resetAtEpochMs ?? (resetMs === undefined ? undefined : now + resetMs);
        expect(near(reading.resetAt, resetAt)).toBe(true);
      }
    },
  );
});

/** Where the instant is not recorded, absolute resets lie half a minute ahead. */
function nowOf({ now, expect: expected }: Capture): number {
  if (now !== null) return Date.parse(now);
  const resets = DIMENSIONS.map((dimension) => expected[dimension]?.resetAtEpochMs);
  const known = resets.filter((reset) => reset !== undefined);
  return known.length > 0 ? Math.min(...known) - 30_000 : Date.parse('2026-01-01T00:00:00Z');
}

/** Within the second that `Date` and most resets are rounded to. */
function near(actual: number | undefined, expected: number | undefined): boolean {
  if (actual === undefined || expected === undefined) return actual === expected;
  return Math.abs(actual - expected) <= 1000;
}
